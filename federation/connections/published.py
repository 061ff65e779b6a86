"""What an identity provider publishes about itself, beside what is in use: the difference in words. Pure.

Certificates expire without anybody publishing anything. Both sides are therefore read at one time, so that a
certificate which is over is left out of both.
"""

import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

from federation.connections.settings import OidcSettings, SamlSettings, Settings
from federation.metadata import Certificate, Choice, ParsedMetadata, parse
from federation.metadata.certificates import read

# What an OpenID provider's discovery document names, and is kept of it.
ENDPOINTS = ("authorize_url", "token_url", "userinfo_url", "jwks_url")
_DAY = timedelta(days=1)
_FIRST_RETRY = timedelta(hours=1)
# Beyond it waiting longer than a day would be the next doubling.
_MOST_DOUBLINGS = 4


@dataclass(frozen=True)
class Difference:
    """One thing that is published otherwise than it is used.

    Args:
        code: stable name; docs/sso-metadata.md lists them.
        message: what it is, as a whole sentence.
    """

    code: str
    message: str


def asked_at(settings: Settings) -> str:
    """Return the address at which a connection's identity provider publishes itself; empty where we know of none."""
    if isinstance(settings, SamlSettings):
        return settings.metadata_url if settings.source == "url" else ""
    return settings.issuer if isinstance(settings, OidcSettings) else ""


def next_look(connection_id: uuid.UUID, failures: int, now: datetime) -> datetime:
    """Return when to look again: each day at the connection's own time, so that all of them are spread over the day.

    Args:
        connection_id: gives the time of day.
        failures: how many looks failed one after the other; the first ones are repeated sooner, at doubling distances.
        now: the time of the look; aware.
    """
    if 0 < failures <= _MOST_DOUBLINGS:
        return now + _FIRST_RETRY * (1 << (failures - 1))
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    moment = midnight + _DAY * (connection_id.int % 86_400 / 86_400)
    # The first one that is more than half a day away: a look may come late, or early after one that failed.
    while moment <= now + _DAY / 2:
        moment += _DAY
    return moment


def differences(settings: Settings, published: Mapping[str, str], *, now: datetime) -> tuple[Difference, ...]:
    """Return what is published otherwise than a connection's settings have it.

    Args:
        settings: what is in use.
        published: what is published: `metadata`, one EntityDescriptor; or the `ENDPOINTS`.
        now: the time at which both are read; aware.
    """
    if isinstance(settings, OidcSettings):
        return tuple(_of_endpoints(settings, published))
    found = read_published(published, now=now)
    used = _parsed(settings.metadata, now=now) if isinstance(settings, SamlSettings) else None
    if found is None or used is None or used.document == found.document:
        return ()
    return tuple(_of_metadata(used, found)) or (Difference("other", _("Some of its addresses are others.")),)


def read_published(published: Mapping[str, str], *, now: datetime) -> ParsedMetadata | None:
    """Return the metadata that is published; None where there is none."""
    return _parsed(published.get("metadata", ""), now=now)


def digest(published: Mapping[str, str]) -> str:
    """Return by what something published is known again."""
    return hashlib.sha256(json.dumps(published, sort_keys=True).encode()).hexdigest()


def last_certificate_ends(settings: Settings) -> datetime | None:
    """Return when the last of the certificates in use ends, with which sign-in ends; None where there are none."""
    pems = settings.certificates if isinstance(settings, SamlSettings) else ()
    return max((each.not_after for each in map(read, pems) if isinstance(each, Certificate)), default=None)


def _parsed(document: str, *, now: datetime) -> ParsedMetadata | None:
    found = parse(document.encode(), now=now) if document else None
    return None if isinstance(found, Choice) else found


def _of_metadata(used: ParsedMetadata, found: ParsedMetadata) -> Iterator[Difference]:
    yield from _of_certificates(used, found)
    if found.sso_url != used.sso_url:
        yield _moved("sso_url", _("People sign in at “%(now)s” instead of “%(then)s”."), used.sso_url, found.sso_url)
    if found.slo_url != used.slo_url:
        yield _moved("slo_url", _("People sign out at “%(now)s” instead of “%(then)s”."), used.slo_url, found.slo_url)
    if found.entity_id != used.entity_id:
        message = _("It calls itself “%(now)s” instead of “%(then)s” (entity ID).")
        yield _moved("entity_id", message, used.entity_id, found.entity_id)
    if found.wants_signed_requests != used.wants_signed_requests:
        signed = _("It takes signed requests only."), _("It takes requests that are not signed, too.")
        yield Difference("signed_requests", signed[0] if found.wants_signed_requests else signed[1])
    if found.name_id_formats != used.name_id_formats:
        yield Difference("name_id_formats", _("It offers other NameID formats."))


def _of_certificates(used: ParsedMetadata, found: ParsedMetadata) -> Iterator[Difference]:
    before = {each.fingerprint for each in used.certificates}
    after = {each.fingerprint for each in found.certificates}
    for each in found.certificates:
        if each.fingerprint not in before:
            message = _("There is a new signing certificate, “%(name)s”, valid from %(begin)s until %(end)s.")
            yield Difference("certificate_added", message % _facts(each))
    for each in used.certificates:
        if each.fingerprint not in after:
            message = _("The signing certificate “%(name)s”, valid until %(end)s, is not published any more.")
            yield Difference("certificate_removed", message % _facts(each))


def _facts(certificate: Certificate) -> dict[str, str]:
    return {
        "name": certificate.subject or certificate.fingerprint[:16],
        "begin": f"{certificate.not_before.astimezone(UTC):%Y-%m-%d}",
        "end": f"{certificate.not_after.astimezone(UTC):%Y-%m-%d}",
    }


def _of_endpoints(settings: OidcSettings, published: Mapping[str, str]) -> Iterator[Difference]:
    messages = {
        "authorize_url": _("People sign in at “%(now)s” instead of “%(then)s”."),
        "token_url": _("Codes are exchanged at “%(now)s” instead of “%(then)s”."),
        "userinfo_url": _("Attributes are read at “%(now)s” instead of “%(then)s”."),
        "jwks_url": _("Its keys are at “%(now)s” instead of “%(then)s”."),
    }
    for name in ENDPOINTS:
        now, then = published.get(name, ""), getattr(settings, name)
        if now and now != then:
            yield _moved(name, messages[name], then, now)


def _moved(code: str, message: str, then: str, now: str) -> Difference:
    return Difference(code, message % {"now": now or "–", "then": then or "–"})
