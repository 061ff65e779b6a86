"""What a SAML provider's metadata says that sign-in needs (SAML 2.0 metadata, section 2.4)."""

import time
from dataclasses import dataclass

import httpx
from lxml import etree

from local.cognito.hosted.answers import Refusal
from local.cognito.hosted.providers import http_client
from local.cognito.model import Doc

_NAMES = {"md": "urn:oasis:names:tc:SAML:2.0:metadata", "ds": "http://www.w3.org/2000/09/xmldsig#"}
_REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
_CACHE_SECONDS = 6 * 3600  # reference 3.1


@dataclass(frozen=True)
class IdentityProvider:
    """The remote party.

    Attributes:
        sso_url, slo_url: where it takes requests by the redirect binding; no `slo_url` where it has no single logout.
        certificates: Base64 of DER; any of them may sign.
    """

    entity_id: str
    sso_url: str
    slo_url: str | None
    certificates: tuple[str, ...]


def read_metadata(document: bytes) -> IdentityProvider:
    """The one EntityDescriptor of a document; ValueError where it says too little."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError("the metadata is no XML") from error
    descriptor = root.find("md:IDPSSODescriptor", _NAMES)
    if descriptor is None or not root.get("entityID"):
        raise ValueError("the metadata describes no identity provider")
    sso_url, slo_url = (_redirect_address(descriptor, f"md:Single{kind}Service") for kind in ("SignOn", "Logout"))
    certificates = tuple(
        "".join((element.text or "").split())
        for key in descriptor.findall("md:KeyDescriptor", _NAMES)
        if key.get("use") in (None, "signing")
        for element in key.iterfind(".//ds:X509Certificate", _NAMES)
    )
    if not sso_url or not certificates:
        raise ValueError("the metadata has no redirect address or no signing certificate")
    return IdentityProvider(str(root.get("entityID")), sso_url, slo_url, certificates)


def _redirect_address(descriptor: etree._Element, path: str) -> str | None:
    """The first address of a service by the redirect binding."""
    services = descriptor.findall(path, _NAMES)
    return next((service.get("Location") for service in services if service.get("Binding") == _REDIRECT), None)


class Metadata:
    """Metadata by file, or fetched from its address and kept for six hours."""

    def __init__(self) -> None:
        self._fetched: dict[str, tuple[float, IdentityProvider]] = {}

    async def of(self, provider: Doc) -> IdentityProvider:
        """The remote party of a SAML provider; Refusal where its metadata cannot be had."""
        details = provider["ProviderDetails"]
        try:
            if "MetadataFile" in details:
                return read_metadata(str(details["MetadataFile"]).encode())
            return await self._fetch(str(details["MetadataURL"]))
        except (ValueError, httpx.HTTPError) as error:
            raise Refusal("server_error", f"Error in SAML metadata: {error}") from error

    async def _fetch(self, url: str) -> IdentityProvider:
        kept = self._fetched.get(url)
        if kept is not None and time.monotonic() < kept[0] + _CACHE_SECONDS:
            return kept[1]
        async with http_client() as client:
            found = read_metadata((await client.get(url)).raise_for_status().content)
        self._fetched[url] = (time.monotonic(), found)
        return found
