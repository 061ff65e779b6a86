"""Asking a provider about itself: its discovery document, then its keys."""

from dataclasses import replace
from urllib.parse import urlsplit

from federation.fetching import FetchError, FetchFailed, fetch
from federation.metadata.addresses import is_web_address
from federation.oidc_discovery import document, keys
from federation.oidc_discovery.model import Discovered, DiscoveryError
from federation.oidc_discovery.sayings import finding, refusal
from federation.sayings import Finding, Severity

# Documents have about two kilobytes, sets of keys some more.
_MOST_BYTES = 256 * 1024
_WELL_KNOWN = "/.well-known/openid-configuration"


def discover(issuer: str) -> Discovered:
    """Return what a provider says about itself, judged by what Cognito needs.

    Args:
        issuer: the provider's issuer; the address of its discovery document is taken for it too.

    Raises:
        DiscoveryError: there is no discovery document, or it is another issuer's.
        FetchRefused: the address is none that we ask.
        FetchFailed: the provider does not answer.
    """
    # OpenID Connect Discovery 1.0, section 4.1: a slash at the end is removed before the path is added.
    name = issuer.strip().removesuffix(_WELL_KNOWN)
    if not is_web_address(name) or urlsplit(name).query or "?" in name:
        raise refusal("issuer_invalid")
    url = name.rstrip("/") + _WELL_KNOWN
    # Who pastes the document's address has lost the slash that an issuer may end with.
    pasted = issuer.strip().endswith(_WELL_KNOWN)
    try:
        fetched = fetch(url, limit_bytes=_MOST_BYTES)
    except FetchFailed as error:
        if error.code != "status":
            raise
        raise refusal("no_document", url=url, reason=error.message) from None
    found = document.read_object(fetched.content, url=url)
    exact = f"{name}/" if pasted and found.get("issuer") == f"{name}/" else name
    provider = document.judged(exact, found, url=url)
    said = [*provider.findings, *_about_keys(provider)]
    said.sort(key=lambda item: item.severity is not Severity.ERROR)
    return replace(provider, findings=tuple(said))


def _about_keys(provider: Discovered) -> list[Finding]:
    if not is_web_address(provider.jwks_url):
        return []  # This was said already.
    try:
        fetched = fetch(provider.jwks_url, limit_bytes=_MOST_BYTES)
        return keys.judged(document.read_object(fetched.content, url=provider.jwks_url))
    except FetchError as error:
        return [finding("keys_unreachable", reason=error.message)]
    except DiscoveryError:
        return [finding("keys_invalid")]
