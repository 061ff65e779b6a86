"""Writing the one EntityDescriptor that goes to Cognito."""

from collections.abc import Sequence

from lxml import etree

from federation.metadata import certificates, names
from federation.metadata.model import Certificate


def write(
    entity_id: str,
    *,
    services: Sequence[tuple[str, str, str]],
    kept: Sequence[Certificate],
    name_id_formats: Sequence[str],
    wants_signed_requests: bool,
) -> str:
    """Return an EntityDescriptor as text: the same text for the same content.

    It is canonical XML without a declaration, because the text is handed on as text, in which an encoding would mean
    nothing. Nothing of the original is copied: signature, extensions and dates are left out with what they were about.

    Args:
        entity_id: the identity provider's.
        services: tag, binding and address of each service.
        kept: the signing certificates.
        name_id_formats: in the order of the identity provider.
        wants_signed_requests: whether it takes signed requests alone.
    """
    root = etree.Element(names.ENTITY, {"entityID": entity_id}, nsmap={"md": names.METADATA, "ds": names.SIGNATURE})
    role = etree.SubElement(
        root,
        names.IDP,
        {
            "WantAuthnRequestsSigned": "true" if wants_signed_requests else "false",
            "protocolSupportEnumeration": names.PROTOCOL,
        },
    )
    for certificate in kept:
        key = etree.SubElement(role, names.KEY, {"use": "signing"})
        data = etree.SubElement(etree.SubElement(key, names.KEY_INFO), names.X509_DATA)
        etree.SubElement(data, names.X509_CERTIFICATE).text = certificates.body(certificate)
    # The order of these is the schema's: sign-out, formats, sign-in.
    _add_services(role, names.SLO, services)
    for name_id_format in name_id_formats:
        etree.SubElement(role, names.NAME_ID_FORMAT).text = name_id_format
    _add_services(role, names.SSO, services)
    return etree.tostring(root, method="c14n").decode("utf-8")


def _add_services(role: etree._Element, tag: str, services: Sequence[tuple[str, str, str]]) -> None:
    for kind, binding, location in services:
        if kind == tag:
            etree.SubElement(role, tag, {"Binding": binding, "Location": location})
