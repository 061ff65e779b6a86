"""ProviderDetails by type (B:CreateIdentityProviderRequest): which keys, and what they must be."""

import base64
import datetime
import xml.etree.ElementTree as ElementTree
from urllib.parse import urlsplit

from cryptography import x509

from local.cognito.errors import invalid
from local.cognito.model import Doc

_MD = "{urn:oasis:names:tc:SAML:2.0:metadata}"
_REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
_LONGEST_CERTIFICATE = 4096
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_URL_KEYS = ("oidc_issuer", "authorize_url", "token_url", "attributes_url", "jwks_uri", "MetadataURL")
_SOCIAL_KEYS = ("client_id", "client_secret", "authorize_scopes")
_REQUIRED = {
    "OIDC": ("client_id", "client_secret", "authorize_scopes", "attributes_request_method", "oidc_issuer"),
    "SAML": (),
    "Google": _SOCIAL_KEYS,
    "Facebook": _SOCIAL_KEYS,
    "LoginWithAmazon": _SOCIAL_KEYS,
    "SignInWithApple": ("client_id", "team_id", "key_id", "private_key", "authorize_scopes"),
}
_OPTIONAL = {
    "OIDC": ("authorize_url", "token_url", "attributes_url", "jwks_uri", "attributes_url_add_attributes"),
    "SAML": ("MetadataURL", "MetadataFile", "IDPSignout", "IDPInit", "EncryptedResponses", "RequestSigningAlgorithm"),
    "Facebook": ("api_version",),
}
# Returned by describe, ignored when sent back (reference 3.1); the certificate is refused (below).
_DERIVED = ("SSORedirectBindingURI", "SLORedirectBindingURI")


def checked_details(kind: str, given: Doc) -> Doc:
    """The details to store for a provider of type `kind`, with what Cognito derives from them."""
    details = {name: value for name, value in given.items() if name not in _DERIVED}
    required = _REQUIRED[kind]
    for name in required:
        if not details.get(name):
            raise invalid(f"Provider detail {name} is required for {kind}.")
    unknown = sorted(details.keys() - {*required, *_OPTIONAL.get(kind, ())})
    if unknown:
        # GH:hashicorp/terraform-provider-aws#36311, where it was ActiveEncryptionCertificate that was sent back.
        raise invalid(f"{unknown[0]} is not a valid key for {kind} identity provider details.")
    for name in _URL_KEYS:
        if name in details:
            _check_url(name, str(details[name]))
    if kind == "OIDC":
        return _oidc(details)
    return _saml(details) if kind == "SAML" else details


def _check_url(name: str, url: str) -> None:
    """HTTPS on port 443, as Cognito demands; a loopback address may be anything, so that local providers work."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise invalid(f"{name} is not a URL.") from error
    if host in _LOOPBACK and parts.scheme in ("http", "https"):
        return
    if parts.scheme != "https" or not host or port not in (None, 443):
        raise invalid(f"{name} must be an https URL on port 443.")


def _oidc(details: Doc) -> Doc:
    if details["attributes_request_method"] not in ("GET", "POST"):
        raise invalid("attributes_request_method must be GET or POST.")
    if "openid" not in str(details["authorize_scopes"]).split():
        raise invalid("authorize_scopes must contain openid.")
    return {"attributes_url_add_attributes": "false", **details}


def _saml(details: Doc) -> Doc:
    if bool(details.get("MetadataURL")) == bool(details.get("MetadataFile")):
        raise invalid("Give either MetadataURL or MetadataFile.")
    for name in ("IDPSignout", "IDPInit", "EncryptedResponses"):
        if details.get(name, "true") not in ("true", "false"):
            raise invalid(f"{name} must be true or false.")
    if details.get("RequestSigningAlgorithm", "rsa-sha256") != "rsa-sha256":
        raise invalid("RequestSigningAlgorithm must be rsa-sha256.")
    if "MetadataFile" in details:
        return {**details, **_endpoints(str(details["MetadataFile"]))}
    return details


def _endpoints(metadata: str) -> Doc:
    """SSO and SLO redirect addresses from a metadata document, which must be one (SAML 2.0 metadata, 2.4.3)."""
    if "<!DOCTYPE" in metadata:
        raise invalid("Metadata must not have a document type.")
    try:
        # Without a document type there are no entities to expand, so the standard parser is safe here.
        root = ElementTree.fromstring(metadata)  # noqa: S314  # As said.
    except ElementTree.ParseError as error:
        raise invalid(f"Error parsing SAML metadata: {error}") from error
    if root.tag != f"{_MD}EntityDescriptor" or not root.get("entityID"):
        raise invalid("Metadata must be one EntityDescriptor with an entityID.")
    descriptor = root.find(f"{_MD}IDPSSODescriptor")
    if descriptor is None or descriptor.find(".//{*}X509Certificate") is None:
        raise invalid("Metadata must describe an identity provider with a certificate.")
    for certificate in descriptor.iterfind(".//{*}X509Certificate"):
        _check_certificate("".join((certificate.text or "").split()))
    found: Doc = {}
    for element, name in (("SingleSignOnService", "SSO"), ("SingleLogoutService", "SLO")):
        for service in descriptor.findall(f"{_MD}{element}"):
            if service.get("Binding") == _REDIRECT:
                found[f"{name}RedirectBindingURI"] = service.get("Location", "")
    if "SSORedirectBindingURI" not in found:
        # GH:ssoready/dummyidp#10
        raise invalid("No SingleSignOn Http redirect binding location found in metadata.")
    return found


def _check_certificate(encoded: str) -> None:
    """A certificate has at most 4,096 characters and is in force when the provider is set up (reference 3.1)."""
    if len(encoded) > _LONGEST_CERTIFICATE:
        raise invalid(f"A certificate of the metadata has more than {_LONGEST_CERTIFICATE} characters.")
    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode(encoded))
    except ValueError:
        # What is no certificate verifies no signature; whether AWS looks at it here is not documented.
        return
    if certificate.not_valid_after_utc < datetime.datetime.now(datetime.UTC):
        raise invalid("A certificate of the metadata has expired.")
