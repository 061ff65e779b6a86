"""From a connection to the identity provider that Cognito is to have. Pure."""

from collections.abc import Mapping

from pydantic import SecretStr

from federation.connections.mapping import Mapping as ClaimMapping
from federation.connections.settings import OidcSettings, SamlSettings, Settings, SocialSettings
from identity.cognito.identity_providers import IdentityProvider
from tenants.pool_options import GROUPS_ATTRIBUTE, METHODS_ATTRIBUTE

TYPES: Mapping[str, str] = {
    "saml": "SAML",
    "oidc": "OIDC",
    "google": "Google",
    "facebook": "Facebook",
    "amazon": "LoginWithAmazon",
    "apple": "SignInWithApple",
}


def provider_of(
    name: str, kind: str, settings: Settings, mapping: ClaimMapping, *, secret: str = ""
) -> IdentityProvider:
    """Return what CreateIdentityProvider is to be told.

    Args:
        name: the provider's, in Cognito.
        kind: a `ConnectionKind`.
        settings: complete ones.
        mapping: what is taken over of people.
        secret: the client secret, or Apple's private key.
    """
    return IdentityProvider(
        name=name,
        type=TYPES[kind],
        details=_details(settings),
        secret=SecretStr(secret) if secret else None,
        mapping=attribute_mapping(kind, mapping),
    )


def attribute_mapping(kind: str, mapping: ClaimMapping) -> dict[str, str]:
    """Return AttributeMapping: attributes of the pool, each with the claim that it is from.

    `email_verified` is not among them: what an identity provider says of an address proves nothing to us, and Cognito
    takes an address without it for unverified.
    """
    standard = {
        "email": mapping.email,
        "name": mapping.name,
        "given_name": mapping.given_name,
        "family_name": mapping.family_name,
        f"custom:{GROUPS_ATTRIBUTE}": mapping.groups,
        f"custom:{METHODS_ATTRIBUTE}": mapping.methods,
    }
    custom = {f"custom:{name}": claim for name, claim in mapping.custom.items()}
    # SAML says who somebody is by the NameID, and cannot have this; the others say it themselves when they are asked.
    subject = {"username": "sub"} if kind == "oidc" else {}
    return {name: claim for name, claim in {**subject, **standard, **custom}.items() if claim}


def attributes_of(mapping: ClaimMapping) -> set[str]:
    """Return the pool's own attributes that a mapping fills beside the groups', by Cognito's names."""
    methods = {f"custom:{METHODS_ATTRIBUTE}"} if mapping.methods else set()
    return {*methods, *(f"custom:{name}" for name in mapping.custom)}


def _details(settings: Settings) -> dict[str, str]:
    match settings:
        case SamlSettings():
            # The text and never its address: Cognito reads an address again whenever it likes, and would follow changes
            # that nobody has looked at.
            details = {"MetadataFile": settings.metadata}
            if settings.sign_requests:
                details["RequestSigningAlgorithm"] = "rsa-sha256"
            if settings.encrypt_assertions:
                details["EncryptedResponses"] = "true"
            if settings.ends_session_there:
                details["IDPSignout"] = "true"
            return details
        case OidcSettings():
            # All addresses, for the same reason: with the issuer alone Cognito discovers them anew.
            return {
                "client_id": settings.client_id,
                "authorize_scopes": settings.scopes,
                "attributes_request_method": settings.attributes_request_method,
                "oidc_issuer": settings.issuer,
                "authorize_url": settings.authorize_url,
                "token_url": settings.token_url,
                "attributes_url": settings.userinfo_url,
                "jwks_uri": settings.jwks_url,
            }
        case SocialSettings():
            details = {
                "client_id": settings.client_id,
                "authorize_scopes": settings.scopes,
                "api_version": settings.api_version,
                "team_id": settings.team_id,
                "key_id": settings.key_id,
            }
            return {name: text for name, text in details.items() if text}
