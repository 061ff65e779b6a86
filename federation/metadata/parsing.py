"""From bytes, or from values entered one by one, to one identity provider."""

from collections.abc import Sequence
from datetime import datetime

from federation.metadata import names, reading, source
from federation.metadata.addresses import shown
from federation.metadata.certificates import split
from federation.metadata.collecting import RawEntity, RawKey, RawRole, RawService
from federation.metadata.findings import refusal
from federation.metadata.judging import judged, refuse_own
from federation.metadata.model import Choice, MetadataError, ParsedMetadata


def parse(data: bytes, *, entity_id: str = "", now: datetime) -> ParsedMetadata | Choice:
    """Return the identity provider that metadata describes, or the choice between several.

    Args:
        data: what was uploaded, pasted or fetched; any bytes whatever.
        entity_id: the one to take; "" takes the only one there is.
        now: the time to judge dates by; aware.

    Raises:
        MetadataError: nothing can be read from it, and why. No other exception leaves this function.
    """
    text, said = source.read_text(data)
    contents = reading.read(text, wanted=entity_id)
    if contents.providers > 1 and not entity_id:
        return Choice(tuple(contents.listed), contents.providers)
    if contents.kept is None:
        raise _nothing(contents, entity_id)
    if contents.times > 1:
        raise refusal("entity_twice", entity_id=shown(entity_id))
    return judged(contents.kept, said, now)


def build(
    entity_id: str,
    sso_url: str,
    slo_url: str = "",
    certificates: Sequence[str] = (),
    *,
    now: datetime,
    name_id_format: str = "",
    wants_signed_requests: bool = False,
) -> ParsedMetadata:
    """Return an identity provider from values that were entered field by field, as `parse` returns one.

    Args:
        entity_id: its entity ID.
        sso_url: its address for signing in, which has to take HTTP-Redirect.
        slo_url: its address for signing out, which has to take HTTP-Redirect; "" for none.
        certificates: texts with one signing certificate or more each, in any usual form.
        now: the time to judge dates by; aware.
        name_id_format: the NameID format that it sends; "" for none in particular.
        wants_signed_requests: whether it takes signed requests alone.

    Raises:
        MetadataError: the entity ID is missing or cannot be one.
    """
    keys = [RawKey("signing", [text for pasted in certificates for text in split(pasted)])]
    role = RawRole(
        protocols=names.PROTOCOL,
        wants_signed_requests=wants_signed_requests,
        valid_until="",
        keys=keys if keys[0].certificates else [],
        sso=_redirects(sso_url),
        slo=_redirects(slo_url),
        name_id_formats=[name_id_format.strip()] if name_id_format.strip() else [],
    )
    return judged(RawEntity(entity_id.strip(), (), roles=[role]), [], now)


def _redirects(url: str) -> list[RawService]:
    return [RawService(names.REDIRECT, url.strip())] if url.strip() else []


def _nothing(contents: reading.Contents, wanted: str) -> MetadataError:
    if contents.providers:
        found = ", ".join(f"“{shown(entity.entity_id)}”" for entity in contents.listed[:3])
        more = " …" if contents.providers > 3 else ""
        return refusal("entity_not_found", entity_id=shown(wanted), found=found + more)
    if contents.stray:
        element, namespace = contents.stray
        return refusal(
            "wrong_namespace", element=element, namespace=shown(namespace)[:100] or "–", expected=names.METADATA
        )
    if contents.service_provider is not None:
        refuse_own(contents.service_provider)
        return refusal("sp_metadata", entity_id=shown(contents.service_provider))
    return refusal("no_identity_provider")
