"""Passkeys of a user: what is kept of them, and where they belong (B:WebAuthnConfigurationType)."""

import base64
from collections.abc import Sequence

from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestationConveyancePreference,
    AttestedCredentialData,
    PublicKeyCredentialDescriptor,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialType,
    UserVerificationRequirement,
)

from local.cognito.errors import ServiceError
from local.cognito.model import Doc
from local.cognito.operations import Call
from local.cognito.users import User

_MULTI_FACTOR = "MULTI_FACTOR_WITH_USER_VERIFICATION"


def relying_party(call: Call, pool: Doc) -> str:
    """The pool's relying party id: the configured one, else the custom domain, else the prefix domain.

    Raises:
        ServiceError: WebAuthnConfigurationMissingException where it has none of them.
    """
    configured = pool.get("WebAuthnConfiguration", {}).get("RelyingPartyId")
    if configured:
        return str(configured)
    domains = call.store.select("domains", pool_id=str(pool["Id"]))
    for domain in domains:
        if "CustomDomainConfig" in domain:
            return str(domain["Domain"])
    if not domains:
        message = "The user pool has neither a relying party id nor a domain."
        raise ServiceError("WebAuthnConfigurationMissingException", message)
    return f"{domains[0]['Domain']}.auth.{str(pool['Id']).partition('_')[0]}.amazoncognito.com"


def offers_passkeys(pool: Doc) -> bool:
    """Whether people may begin a sign-in with one."""
    return "WEB_AUTHN" in pool["Policies"]["SignInPolicy"]["AllowedFirstAuthFactors"]


def satisfies_mfa(pool: Doc) -> bool:
    """Whether a passkey with user verification is as good as two factors."""
    return bool(pool.get("WebAuthnConfiguration", {}).get("FactorConfiguration") == _MULTI_FACTOR)


def verification(pool: Doc, *, demanded: bool = False) -> UserVerificationRequirement:
    """What is asked of the authenticator; `demanded` where the passkey is to stand for two factors."""
    configured = pool.get("WebAuthnConfiguration", {}).get("UserVerification", "preferred")
    return UserVerificationRequirement("required" if demanded else configured)


def server_of(rp_id: str) -> Fido2Server:
    """The verifying side of a relying party; what an authenticator attests is ignored, as Cognito does."""
    return Fido2Server(PublicKeyCredentialRpEntity(name=rp_id, id=rp_id), AttestationConveyancePreference.NONE)


def passkeys_of(call: Call, user: User, rp_id: str | None = None) -> list[Doc]:
    """The user's passkeys, of one relying party where it is named."""
    found = call.store.select("passkeys", sub=user.sub)
    return [doc for doc in found if rp_id in (None, doc["rp_id"])]


def credential_of(passkey: Doc) -> AttestedCredentialData:
    """The credential, with its public key."""
    return AttestedCredentialData(base64.b64decode(passkey["credential"]))


def descriptors(passkeys: Sequence[Doc]) -> list[PublicKeyCredentialDescriptor]:
    """How a browser is told of them."""
    return [
        PublicKeyCredentialDescriptor(
            type=PublicKeyCredentialType.PUBLIC_KEY,
            id=credential_of(passkey).credential_id,
            transports=passkey["transports"] or None,
        )
        for passkey in passkeys
    ]
