"""Saying what is right and wrong with one identity provider, and making the document for Cognito."""

from collections.abc import Iterable
from datetime import UTC, datetime

from federation.metadata import certificates, document, names
from federation.metadata.addresses import is_encrypted, is_web_address, shown
from federation.metadata.collecting import RawEntity, RawRole, RawService
from federation.metadata.findings import finding, refusal
from federation.metadata.model import Certificate, ParsedMetadata
from federation.sayings import Finding, Severity

# SAML V2.0 core, 8.3.6: an entity identifier "MUST be no more than 1024 characters".
LONGEST_ENTITY_ID = 1024
# Amazon Cognito developer guide: the entity ID of a user pool is `urn:amazon:cognito:sp:<userPoolId>`.
_OWN_ENTITY_ID = "urn:amazon:cognito:sp:"
_BINDINGS = "urn:oasis:names:tc:SAML:2.0:bindings:"
_MOST_FORMATS = 20


def judged(entity: RawEntity, said: list[Finding], now: datetime) -> ParsedMetadata:
    """Return an identity provider with everything that is to be said about it.

    Args:
        entity: what was read of it; has a role at least.
        said: what was said already.
        now: the time to judge dates by.

    Raises:
        MetadataError: it has no usable entity ID, so that there is nothing to speak of.
    """
    _check_entity_id(entity.entity_id)
    role, findings = _role(entity)
    findings = [*said, *findings, *_limits(entity, role, now)]
    sso, more = _sign_in(role)
    findings += more
    slo, more = _sign_out(role)
    findings += more
    kept, more = _certificates(role, now)
    findings += more
    formats = _formats(role)
    findings += _habits(role, formats)
    findings.sort(key=lambda item: item.severity is not Severity.ERROR)
    works = not any(item.severity is Severity.ERROR for item in findings)
    redirect, sign_out = _redirect(sso), _redirect(slo)
    return ParsedMetadata(
        entity_id=entity.entity_id,
        sso_url=redirect.location if redirect else "",
        sso_binding=redirect.binding if redirect else "",
        slo_url=sign_out.location if sign_out else "",
        certificates=kept,
        name_id_formats=formats,
        wants_signed_requests=role.wants_signed_requests,
        findings=tuple(dict.fromkeys(findings)),
        document=_document(entity.entity_id, role, sso, slo, kept, formats) if works else "",
    )


def refuse_own(entity_id: str) -> None:
    """Refuse what describes us rather than an identity provider.

    Raises:
        MetadataError: the entity ID is a Cognito user pool's.
    """
    if entity_id.startswith(_OWN_ENTITY_ID):
        raise refusal("own_metadata", entity_id=shown(entity_id))


def _document(
    entity_id: str,
    role: RawRole,
    sso: list[RawService],
    slo: list[RawService],
    kept: tuple[Certificate, ...],
    formats: tuple[str, ...],
) -> str:
    services = [(names.SSO, item.binding, item.location) for item in sso]
    services += [(names.SLO, item.binding, item.location) for item in slo]
    return document.write(
        entity_id,
        services=services,
        kept=kept,
        name_id_formats=formats,
        wants_signed_requests=role.wants_signed_requests,
    )


def _check_entity_id(entity_id: str) -> None:
    if not entity_id:
        raise refusal("entity_id_missing")
    if len(entity_id) > LONGEST_ENTITY_ID or not entity_id.isprintable() or " " in entity_id:
        raise refusal("entity_id_invalid", limit=LONGEST_ENTITY_ID)
    refuse_own(entity_id)


def _role(entity: RawEntity) -> tuple[RawRole, list[Finding]]:
    fit = [role for role in entity.roles if names.PROTOCOL in role.protocols.split()]
    if not fit:
        return entity.roles[0], [finding("saml1_only")]
    return fit[0], [finding("several_roles", count=len(entity.roles))] if len(fit) > 1 else []


def _limits(entity: RawEntity, role: RawRole, now: datetime) -> list[Finding]:
    """The earliest `validUntil` of the role, the entity and what it is in ("Metadata for SAML V2.0", 2.3)."""
    ends, said = [], []
    for text in filter(None, (*entity.limits, role.valid_until)):
        end = _moment(text)
        if end is None:
            said.append(finding("valid_until_unreadable"))
        else:
            ends.append(end)
    if ends and min(ends) < now:
        said.append(finding("metadata_expired", when=f"{min(ends):%Y-%m-%d %H:%M} UTC"))
    return said


def _moment(text: str) -> datetime | None:
    """Return an xs:dateTime, which SAML has in UTC also where it does not say so (core, 1.3.3)."""
    try:
        moment = datetime.fromisoformat(text.strip())
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _sign_in(role: RawRole) -> tuple[list[RawService], list[Finding]]:
    """The address that Cognito redirects to, and one for HTTP-POST where there is one."""
    usable, said = [], []
    for service in _first_of_each(role.sso):
        if is_web_address(service.location):
            usable.append(service)
            said += _encryption("sign-in address", service)
        elif service.binding == names.REDIRECT:
            said.append(finding("url_invalid", what="sign-in address", url=shown(service.location)))
    if not role.sso:
        said.append(finding("sso_missing"))
    elif not _redirect(role.sso):
        said.append(finding("sso_no_redirect", bindings=_spoken(role.sso)))
    return usable, said


def _sign_out(role: RawRole) -> tuple[list[RawService], list[Finding]]:
    """Signing out is not needed for signing in: what is wrong with it is left out, and said."""
    usable, said = [], []
    for service in _first_of_each(role.slo):
        if is_web_address(service.location):
            usable.append(service)
            said += _encryption("sign-out address", service)
        elif service.binding == names.REDIRECT:
            said.append(finding("slo_url_invalid", url=shown(service.location)))
    if role.slo and not _redirect(role.slo):
        said.append(finding("slo_no_redirect", bindings=_spoken(role.slo)))
    return usable, said


def _first_of_each(services: list[RawService]) -> list[RawService]:
    """One service of each binding, so that every reader of the document finds the same one."""
    by_binding = {service.binding: service for service in reversed(services)}
    return [by_binding[binding] for binding in (names.REDIRECT, names.POST) if binding in by_binding]


def _redirect(services: Iterable[RawService]) -> RawService | None:
    return next((service for service in services if service.binding == names.REDIRECT), None)


def _encryption(what: str, service: RawService) -> list[Finding]:
    return [] if is_encrypted(service.location) else [finding("http_url", what=what, url=shown(service.location))]


def _spoken(services: list[RawService]) -> str:
    bindings = dict.fromkeys(shown(service.binding.removeprefix(_BINDINGS))[:80] for service in services)
    return ", ".join(list(bindings)[:5])


def _certificates(role: RawRole, now: datetime) -> tuple[tuple[Certificate, ...], list[Finding]]:
    """A key without `use` is for both purposes ("Metadata for SAML V2.0", 2.4.1.1)."""
    signing = [key for key in role.keys if key.use in {"", "signing"}]
    texts = [text for key in signing for text in key.certificates]
    if texts:
        return certificates.judge(texts, now)
    if signing:
        return (), [finding("key_without_certificate")]
    return (), [finding("only_encryption_certificate" if role.keys else "no_signing_certificate")]


def _formats(role: RawRole) -> tuple[str, ...]:
    formats = dict.fromkeys(text for text in role.name_id_formats if text and text.isprintable() and len(text) <= 256)
    return tuple(formats)[:_MOST_FORMATS]


def _habits(role: RawRole, formats: tuple[str, ...]) -> list[Finding]:
    """Cognito makes a user for each NameID: "Things to know about SAML IdPs" asks for one that stays."""
    said = []
    if names.TRANSIENT in formats and set(formats) <= names.FLEETING:
        said.append(finding("only_transient_name_ids"))
    if role.wants_signed_requests:
        said.append(finding("wants_signed_requests"))
    return said
