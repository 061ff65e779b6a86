"""Reading a discovery document, and judging it by what Cognito needs. Pure."""

import json
import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from federation.metadata.addresses import is_web_address
from federation.oidc_discovery.model import Discovered, DiscoveryError
from federation.oidc_discovery.sayings import finding, refusal
from federation.sayings import Finding

# Those that Cognito needs; the third is optional in the standard.
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
# What may be repeated of a document: an address as it stands, and nothing else.
_ADDRESS = re.compile(r"https?://[A-Za-z0-9\-._~:/\[\]@%{}]{1,200}")
# Microsoft's document for several organisations has this in place of a directory's ID.
_PLACEHOLDER = re.compile(r"\{[a-z]+\}")
_OF_ALL = re.compile(r"/(common|organizations|consumers)(?=/|$)")


def read_object(data: bytes, *, url: str) -> Mapping[str, object]:
    """Return a JSON object.

    Args:
        data: any bytes.
        url: where they are from, for messages.

    Raises:
        DiscoveryError: they are none.
    """
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise _no_json(data, url) from None
    if not isinstance(value, dict):
        raise refusal("not_json", url=url)
    return value


def _no_json(data: bytes, url: str) -> DiscoveryError:
    start = data[:1000].lower()
    if b"<html" in start or b"<!doctype html" in start:
        return refusal("html", url=url)
    return refusal("saml_metadata" if start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") else "not_json", url=url)


def judged(issuer: str, document: Mapping[str, object], *, url: str) -> Discovered:
    """Return a provider with everything that is to be said about its document.

    Args:
        issuer: as it was entered.
        document: what the provider says.
        url: where that is, for messages.

    Raises:
        DiscoveryError: the document is another issuer's (OpenID Connect Discovery 1.0, section 4.3).
    """
    _check_issuer(issuer, document.get("issuer"), url)
    endpoints = {name: _text(document.get(name)) for name in ENDPOINTS}
    said = [item for name, value in endpoints.items() for item in _endpoint(name, value, issuer)]
    said += _abilities(document)
    return Discovered(
        issuer=issuer,
        authorize_url=endpoints["authorization_endpoint"],
        token_url=endpoints["token_endpoint"],
        userinfo_url=endpoints["userinfo_endpoint"],
        jwks_url=endpoints["jwks_uri"],
        scopes=_texts(document.get("scopes_supported")) or (),
        findings=tuple(said),
    )


def _check_issuer(issuer: str, found: object, url: str) -> None:
    if not isinstance(found, str) or not found:
        raise refusal("issuer_missing", url=url)
    if found == issuer:
        return
    if _PLACEHOLDER.search(found):
        part = _OF_ALL.search(issuer)
        raise refusal("issuer_of_all", part=part.group(1) if part else "common")
    raise refusal("issuer_differs", found=found if _ADDRESS.fullmatch(found) else "…", issuer=issuer)


def _endpoint(name: str, value: str, issuer: str) -> list[Finding]:
    """Endpoints are https at its usual port, because Cognito asks no others.

    An issuer that is not could be read only because the installation named its network; then its endpoints need not be.
    """
    if not value:
        return [finding("endpoint_missing", name=name)]
    if not is_web_address(value):
        return [finding("endpoint_invalid", name=name)]
    own, parts = urlsplit(issuer), urlsplit(value)
    if own.scheme != "https" or own.port not in {None, 443}:
        return []
    if parts.scheme != "https":
        return [finding("endpoint_not_https", name=name)]
    return [] if parts.port in {None, 443} else [finding("endpoint_port", name=name, port=parts.port)]


def _abilities(document: Mapping[str, object]) -> list[Finding]:
    """What is left out means the default of OpenID Connect Discovery 1.0, section 3."""
    said = []
    response_types = _texts(document.get("response_types_supported"))
    if response_types is not None and "code" not in response_types:
        said.append(finding("no_code_flow"))
    grants = _texts(document.get("grant_types_supported"))
    if grants is not None and "authorization_code" not in grants:
        said.append(finding("no_code_grant"))
    methods = _texts(document.get("token_endpoint_auth_methods_supported"))
    if methods is None:
        said.append(finding("auth_methods_unsaid"))
    elif "client_secret_post" not in methods:
        said.append(finding("no_client_secret_post"))
    algorithms = _texts(document.get("id_token_signing_alg_values_supported"))
    if algorithms is not None and "RS256" not in algorithms:
        said.append(finding("no_rs256"))
    return said + _scopes(_texts(document.get("scopes_supported")))


def _scopes(scopes: tuple[str, ...] | None) -> list[Finding]:
    if scopes is None:
        return []
    if "openid" not in scopes:
        return [finding("no_openid_scope")]
    return [] if "email" in scopes else [finding("no_email_scope")]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...] | None:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else None
