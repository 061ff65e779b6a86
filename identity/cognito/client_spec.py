"""What an app client should look like, and the requests that say so. Pure."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class AppClientSpec:
    """The settings of an app client that Lifeguard decides.

    Arguments:
        auth_flows: ``ALLOW_USER_SRP_AUTH`` and the like.
        identity_providers: names of the pool's identity providers; ``COGNITO`` is the pool's own users.
        callback_urls, logout_urls: exact URLs.
        oauth_flows, oauth_scopes: ``code``, ``openid`` and the like; empty switches OAuth off for the client.
        read_attributes, write_attributes: always explicit. Cognito's default lets a user's own access token write
            custom attributes.
        access_token_minutes, id_token_minutes: 5 to 1440.
        refresh_token_minutes: 60 to 10 years.
        confidential: whether Cognito generates a secret for it, which cannot be changed later.
        rotation_grace_seconds: how long a refresh token that was exchanged still works, 0 to 60; None switches the
            rotation off.
        session_minutes: how long a sign-in may wait for the answer to a challenge, 3 to 15.
    """

    name: str
    auth_flows: tuple[str, ...] = ("ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH")
    identity_providers: tuple[str, ...] = ("COGNITO",)
    callback_urls: tuple[str, ...] = ()
    logout_urls: tuple[str, ...] = ()
    oauth_flows: tuple[str, ...] = ()
    oauth_scopes: tuple[str, ...] = ()
    read_attributes: tuple[str, ...] = ("email", "email_verified", "name")
    write_attributes: tuple[str, ...] = ("name",)
    access_token_minutes: int = 60
    id_token_minutes: int = 60
    refresh_token_minutes: int = 1440
    session_minutes: int = 3
    confidential: bool = True
    rotation_grace_seconds: int | None = None


def client_settings(spec: AppClientSpec) -> dict[str, Any]:
    """The members of UpdateUserPoolClient that ``spec`` decides: the ``changes`` for ``merge.merge_client_update``."""
    return {
        "ClientName": spec.name,
        "ExplicitAuthFlows": list(spec.auth_flows),
        "SupportedIdentityProviders": list(spec.identity_providers),
        "CallbackURLs": list(spec.callback_urls),
        "LogoutURLs": list(spec.logout_urls),
        "AllowedOAuthFlows": list(spec.oauth_flows),
        "AllowedOAuthScopes": list(spec.oauth_scopes),
        # OAuth settings are refused without this switch.
        "AllowedOAuthFlowsUserPoolClient": bool(spec.oauth_flows),
        "ReadAttributes": list(spec.read_attributes),
        "WriteAttributes": list(spec.write_attributes),
        "AccessTokenValidity": spec.access_token_minutes,
        "IdTokenValidity": spec.id_token_minutes,
        "RefreshTokenValidity": spec.refresh_token_minutes,
        "TokenValidityUnits": {"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "minutes"},
        "AuthSessionValidity": spec.session_minutes,
        "PreventUserExistenceErrors": "ENABLED",
        "EnableTokenRevocation": True,
        **_rotation(spec),
    }


def _rotation(spec: AppClientSpec) -> dict[str, Any]:
    if spec.rotation_grace_seconds is None:
        # An update leaves out what is to be off; what an update leaves out is reset.
        return {"RefreshTokenRotation": None}
    settings = {"Feature": "ENABLED", "RetryGracePeriodSeconds": spec.rotation_grace_seconds}
    return {"RefreshTokenRotation": settings}


def create_client_request(pool_id: str, spec: AppClientSpec) -> dict[str, Any]:
    """The CreateUserPoolClient request for ``spec``."""
    settings = {name: value for name, value in client_settings(spec).items() if value is not None}
    return {**settings, "UserPoolId": pool_id, "GenerateSecret": spec.confidential}
