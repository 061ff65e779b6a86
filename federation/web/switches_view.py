"""Cognito's certificates, and the addresses of bookmarks, as pages show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from federation.connections.service_provider import OurKeys
from federation.dashboard_login.application import CLIENT_ID
from federation.guides import OurValue
from federation.metadata import Certificate
from federation.models import Connection
from federation.signin.bookmarks import can_be_begun
from federation.web.guide_view import Download
from tenants.addresses import bookmark
from tenants.models import Application, Tenant
from tenants.selectors import applications_of

SIGNING, ENCRYPTION = "signing", "encryption"
# PEM, as most products want it, and DER, as Windows opens it.
FORMS = ("pem", "cer")


@dataclass(frozen=True)
class CertificateView:
    """A certificate of Cognito's, with the files in which it can be had."""

    fingerprint: str
    not_after: datetime
    downloads: tuple[Download, ...]


@dataclass(frozen=True)
class BookmarkView:
    """The address of a bookmark that leads to an application; empty where a sign-in cannot be begun from outside."""

    application: str
    url: str


def certificate_views(connection: Connection, keys: OurKeys, slug: str) -> dict[str, CertificateView]:
    """Return what is known of Cognito's certificates, by their use."""
    known = {SIGNING: keys.signing, ENCRYPTION: keys.encryption}
    return {use: _view(connection, slug, use, found) for use, found in known.items() if found is not None}


def downloads_of(certificates: Mapping[str, CertificateView]) -> dict[OurValue, tuple[Download, ...]]:
    """Return the files of certificates by the words that guides have for them."""
    words = {SIGNING: OurValue.SIGNING_CERTIFICATE, ENCRYPTION: OurValue.ENCRYPTION_CERTIFICATE}
    return {words[use]: view.downloads for use, view in certificates.items()}


def bookmarks_of(connection: Connection, tenant: Tenant) -> list[BookmarkView]:
    """Return where bookmarks lead: one address for each application that the tenant's people may use."""
    return [
        BookmarkView(each.name, _bookmark(connection, tenant, each) if can_be_begun(each) else "")
        for each in [*applications_of(tenant), *Application.objects.filter(client_id=CLIENT_ID)]
    ]


def _bookmark(connection: Connection, tenant: Tenant, application: Application) -> str:
    return bookmark(tenant.slug, connection.pk, "" if application.is_builtin else application.client_id)


def _view(connection: Connection, slug: str, use: str, certificate: Certificate) -> CertificateView:
    digits = certificate.fingerprint.upper()
    return CertificateView(
        fingerprint=":".join(digits[at : at + 2] for at in range(0, len(digits), 2)),
        not_after=certificate.not_after,
        downloads=tuple(
            Download(
                _("Download as .%(form)s") % {"form": form},
                reverse("tenant:connection-certificate", args=[slug, connection.pk, f"{use}.{form}"]),
            )
            for form in FORMS
        ),
    )
