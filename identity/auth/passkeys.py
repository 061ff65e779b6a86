"""A person's passkeys: registering, listing and deleting them, all by the person's own access token.

Cognito has no operation by which an administrator could do any of it (developer guide, "Passkey sign-in"). The token
must carry ``aws.cognito.signin.user.admin``, as those of a sign-in by the API do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import SecretStr

from identity.auth.errors import AuthError
from identity.auth.translation import auth_errors
from identity.auth.types import AppClientRef
from identity.cognito import errors
from identity.cognito.calls import Priority
from identity.cognito.gate import call

# What the browser sent is at fault, or there is no room for another one; everything else is the pool's.
_REJECTED = frozenset(
    {
        "InvalidParameterException",
        "LimitExceededException",
        "ParamValidationError",
        "WebAuthnChallengeNotFoundException",
        "WebAuthnClientMismatchException",
        "WebAuthnCredentialNotSupportedException",
        "WebAuthnOriginNotAllowedException",
        "WebAuthnRelyingPartyMismatchException",
    }
)


class PasskeyRejected(AuthError):
    """What the browser made does not hold, or is there already; the person may try again."""


@dataclass(frozen=True, slots=True)
class Passkey:
    """One passkey. ``name`` is Cognito's, after the make of the authenticator; ``id`` is what it is deleted by."""

    id: str
    name: str
    created_at: datetime
    rp_id: str


def begin_passkey_registration(client: AppClientRef, access_token: SecretStr) -> dict[str, Any]:
    """Return PublicKeyCredentialCreationOptionsJSON (WebAuthn level 3, section 5.1.9) for the person's browser.

    Raises:
        SessionExpired: the access token is no longer valid.
        AuthUnavailable: Cognito cannot answer now; ``AuthMisconfigured`` when an operator must act.
    """
    with auth_errors():
        answer = _call(client, "StartWebAuthnRegistration", access_token)
    options: dict[str, Any] = answer["CredentialCreationOptions"]
    return options


def finish_passkey_registration(
    client: AppClientRef, access_token: SecretStr, credential: Mapping[str, Any], *, counts_as_two: bool
) -> None:
    """Keep the passkey that a browser made.

    Arguments:
        credential: RegistrationResponseJSON (WebAuthn level 3, section 5.1.8).
        counts_as_two: whether the pool takes a passkey for two factors, which each user has switched on besides.

    Raises:
        PasskeyRejected: it does not answer the options that were given out, or there are 20 already.
        SessionExpired, AuthUnavailable, AuthMisconfigured: as ``begin_passkey_registration``.
    """
    try:
        with auth_errors():
            _call(client, "CompleteWebAuthnRegistration", access_token, Credential=dict(credential))
            if counts_as_two:
                _call(client, "SetUserMFAPreference", access_token, WebAuthnMfaSettings={"Enabled": True})
    except AuthError as error:
        if isinstance(error.__cause__, errors.CognitoError) and error.__cause__.code in _REJECTED:
            raise PasskeyRejected("The passkey is not accepted.") from error
        raise


def list_passkeys(client: AppClientRef, access_token: SecretStr) -> tuple[Passkey, ...]:
    """Return the person's passkeys. A user has 20 at the most (developer guide, "Quotas"), which is one page.

    Raises:
        SessionExpired, AuthUnavailable, AuthMisconfigured: as ``begin_passkey_registration``.
    """
    with auth_errors():
        answer = _call(client, "ListWebAuthnCredentials", access_token, MaxResults=20)
    return tuple(
        Passkey(
            id=each["CredentialId"],
            name=each.get("FriendlyCredentialName", ""),
            created_at=each["CreatedAt"],
            rp_id=each["RelyingPartyId"],
        )
        for each in answer.get("Credentials", [])
    )


def delete_passkey(client: AppClientRef, access_token: SecretStr, passkey_id: str) -> None:
    """Delete a passkey; one that is not there is as good as deleted.

    Raises:
        SessionExpired, AuthUnavailable, AuthMisconfigured: as ``begin_passkey_registration``.
    """
    try:
        with auth_errors():
            _call(client, "DeleteWebAuthnCredential", access_token, CredentialId=passkey_id)
    except AuthError as error:
        if not isinstance(error.__cause__, errors.NotFound):
            raise


def _call(client: AppClientRef, operation: str, access_token: SecretStr, **parameters: Any) -> dict[str, Any]:
    request = {"AccessToken": access_token.get_secret_value(), **parameters}
    return call(client.endpoint, operation, request, priority=Priority.SIGN_IN, pool_id=client.pool_id)
