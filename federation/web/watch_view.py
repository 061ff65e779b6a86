"""What a connection's identity provider publishes, and when its certificates end, as pages say it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from federation.connections.published import last_certificate_ends
from federation.metadata.certificates import SOON
from federation.models import Connection, ConnectionKind
from federation.selectors.metadata_watch import Watched
from federation.web.stepper import WizardStep, step_url

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Notice:
    """Something that a person has to look at, as a badge in the list.

    Args:
        state: a state of `config.statuses`.
        label: in words.
        url: where to look at it.
    """

    state: str
    label: str
    url: str


@dataclass(frozen=True)
class Published:
    """That something else is published, as the connection's page says it.

    Args:
        title: what happened.
        text: what differs, in sentences.
        url: where to take it over.
        action: what that link is called.
    """

    title: str
    text: str
    url: str
    action: str


def notices(connection: Connection, watch: Watched | None, slug: str, *, now: datetime) -> list[Notice]:
    """Return what the list says beside a connection."""
    found = []
    if watch and watch.differences:
        saml = connection.kind == ConnectionKind.SAML
        label = _("New metadata published") if saml else _("New addresses published")
        found.append(Notice("published", label, take_over_url(connection, slug)))
    ends = last_certificate_ends(connection.settings)
    if ends is not None and ends < now + SOON:
        found.append(_ending(ends - now, step_url(connection, slug, WizardStep.VALUES)))
    return found


def take_over_url(connection: Connection, slug: str) -> str:
    """Return where what is published can be looked at and taken over."""
    if connection.kind == ConnectionKind.SAML:
        return reverse("tenant:connection-published", args=[slug, connection.pk])
    return step_url(connection, slug, WizardStep.VALUES)


def published(connection: Connection, watch: Watched | None, slug: str) -> Published | None:
    """Return what the connection's page says where something else is published; None where it is not."""
    if watch is None or not watch.differences:
        return None
    text = " ".join(each.message for each in watch.differences)
    url = take_over_url(connection, slug)
    if connection.kind == ConnectionKind.SAML:
        return Published(_("The identity provider has published new metadata"), text, url, _("Look and take it over"))
    text += " " + _("To take this over, enter the client secret again: it is never sent elsewhere by itself.")
    return Published(_("The identity provider has published other addresses"), text, url, _("Look at the values"))


def _ending(left: timedelta, url: str) -> Notice:
    if left <= timedelta(0):
        return Notice("certificate_expired", _("Certificate expired"), url)
    days = left // _DAY
    message = ngettext("Certificate expires in %d day", "Certificate expires in %d days", days) % days
    return Notice("certificate_expiring", message if days else _("Certificate expires within a day"), url)
