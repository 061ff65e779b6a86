"""Everything that can be said about discovery: one table. docs/sso-metadata.md shows it, a test compares the two.

What Cognito needs is from the Amazon Cognito developer guide, "Using OIDC identity providers with a user pool": HTTPS
at port 443 or 80, the client secret sent in the body (`client_secret_post`), a `kid` with each key, and a userInfo
endpoint.
What a document has to say is from OpenID Connect Discovery 1.0, sections 3 and 4.
"""

from django.utils.translation import gettext_lazy as _

from federation.oidc_discovery.model import DiscoveryError
from federation.sayings import NOTHING_TO_DO, Finding, Saying, error, finding_of, refused, warning

_ISSUER = _("Look for “Issuer”, “Issuer URL” or “Authority” in the identity provider and copy it exactly.")
_VENDOR = _("This cannot be set on our side. Look for it in the identity provider, or connect it by SAML.")

SAYINGS: dict[str, Saying] = {
    # There is nothing to read.
    "issuer_invalid": refused(_("This is no issuer: it must be an https address without “?” and “#”."), _ISSUER),
    "no_document": refused(_("There is no discovery document at “{url}”. {reason}"), _ISSUER),
    "html": refused(_("“{url}” is a web page instead of a discovery document."), _ISSUER),
    "saml_metadata": refused(
        _("“{url}” is XML, as SAML has it, instead of a discovery document."),
        _("Choose the SAML guide of your identity provider, or enter the issuer of its OpenID Connect application."),
    ),
    "not_json": refused(_("“{url}” is no discovery document: it is not JSON, or damaged."), _ISSUER),
    "issuer_missing": refused(_("The document at “{url}” names no issuer."), _ISSUER),
    "issuer_differs": refused(
        _("The provider calls itself “{found}”, not “{issuer}”. Tokens would be refused because of that."),
        _("If that is your provider, enter “{found}” exactly so. A slash at the end makes a difference."),
    ),
    "issuer_of_all": refused(
        _("This is the issuer for accounts of all organisations, so that no single one can be recognised by it."),
        _("Enter the issuer of your own directory: the same address with its ID in place of “{part}”."),
    ),
    # It cannot work.
    "endpoint_missing": error(_("The provider names no “{name}”, which Cognito needs."), _VENDOR),
    "endpoint_invalid": error(_("The provider's “{name}” is no web address that Cognito can use."), _VENDOR),
    "endpoint_not_https": error(_("The provider's “{name}” is not https. Cognito asks no other."), _VENDOR),
    "endpoint_port": error(
        _("The provider's “{name}” is at the port {port}. Cognito asks port 443 alone."),
        _("Have the provider answer at the usual port for https."),
    ),
    "no_code_flow": error(
        _("The provider does not offer the authorization code flow (“response_types_supported” without “code”)."),
        _VENDOR,
    ),
    "no_code_grant": error(
        _("The provider does not offer the grant “authorization_code” (“grant_types_supported”)."), _VENDOR
    ),
    "no_client_secret_post": error(
        _("The provider does not take the client secret in the body of a request (“client_secret_post”)."),
        _("Cognito sends it in no other way. Look for “token endpoint authentication method” at the provider."),
    ),
    "no_rs256": error(
        _("The provider does not sign ID tokens with RS256 (“id_token_signing_alg_values_supported”)."),
        _("Switch the signature of ID tokens to RS256 in the identity provider."),
    ),
    "no_openid_scope": error(_("The provider does not offer the scope “openid”."), _VENDOR),
    "keys_unreachable": error(_("The provider's keys (“jwks_uri”) cannot be read: {reason}"), _VENDOR),
    "keys_invalid": error(_("What the provider has at “jwks_uri” is no set of keys."), _VENDOR),
    "no_usable_key": error(
        _("There is no RSA key for signatures among the provider's keys."),
        _("Switch the signature of ID tokens to RS256 in the identity provider."),
    ),
    "key_without_id": error(_("The provider's RSA keys have no “kid”, by which Cognito tells them apart."), _VENDOR),
    "private_key_published": error(
        _("The provider publishes a private key. Whoever reads it can sign in as anybody."),
        _("Replace the key at the identity provider at once, and publish the public part alone."),
    ),
    # It works, but.
    "auth_methods_unsaid": warning(
        _("It is not said how the provider takes the client secret. By the standard that is “client_secret_basic”."),
        _("Cognito sends it in the body (“client_secret_post”). If the test fails, look for that at the provider."),
    ),
    "no_email_scope": warning(
        _("The provider does not offer the scope “email”."),
        _("People need an e-mail address: make sure that it is sent with another scope."),
    ),
    "key_weak": warning(
        _("One of the provider's RSA keys has {bits} bits only."),
        _("Plan a key of 2048 bits or more at the identity provider."),
    ),
    "keys_without_id_beside": warning(
        _("Some of the provider's RSA keys have no “kid”. Cognito can use the others alone."), NOTHING_TO_DO
    ),
}


def finding(code: str, **found: object) -> Finding:
    """Return what is to be said about something; `found` has the values for the places in the texts."""
    return finding_of(SAYINGS, code, found)


def refusal(code: str, **found: object) -> DiscoveryError:
    """Return why nothing could be read; `found` has the values for the places in the texts."""
    return DiscoveryError(code, *SAYINGS[code].filled(found))
