"""How an app client proves itself, and what it may do."""

import base64
import hashlib
import hmac

from local.cognito.errors import not_authorized
from local.cognito.model import Doc

# What a client supports that names no flows (B:CreateUserPoolClientRequest, ExplicitAuthFlows).
_DEFAULT_FLOWS = ("ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH")


def active_secrets(client: Doc) -> list[str]:
    """The secrets that a client may use: none of a public one, at most two (B:AddUserPoolClientSecret)."""
    first, second = client.get("ClientSecret"), client.get("SecondSecret")
    return [str(value) for value in (first, None if second is None else second["value"]) if value is not None]


def check_secret_hash(client: Doc, username: str, given: object) -> None:
    """Raise unless SECRET_HASH is Base64(HMAC-SHA256(secret, username + client id)).

    `username` is what the same request names the user by. A public client needs no hash, and one that is sent is
    refused (reference section 4).
    """
    secrets = active_secrets(client)
    if not secrets:
        if given is not None:
            raise not_authorized(
                f"Client {client['ClientId']} is not configured with a secret but SECRET_HASH was received"
            )
        return
    if given is None:
        raise not_authorized(f"Client {client['ClientId']} is configured with secret but SECRET_HASH was not received")
    message = f"{username}{client['ClientId']}".encode()
    hashes = [base64.b64encode(hmac.digest(secret.encode(), message, hashlib.sha256)) for secret in secrets]
    if not any(hmac.compare_digest(expected, str(given).encode()) for expected in hashes):
        raise not_authorized(f"SecretHash does not match for the client: {client['ClientId']}")


def check_plain_secret(client: Doc, given: object) -> None:
    """Raise unless the secret itself was sent, as RevokeToken and GetTokensFromRefreshToken want it."""
    secrets = active_secrets(client)
    sent = str(given or "").encode()
    if secrets and not any(hmac.compare_digest(secret.encode(), sent) for secret in secrets):
        raise not_authorized(f"Unable to verify secret for client {client['ClientId']}")


def hides_existence(client: Doc) -> bool:
    """Whether answers must not tell if a user exists (DG:cognito-user-pool-managing-errors)."""
    return bool(client.get("PreventUserExistenceErrors") == "ENABLED")


def allows_flow(client: Doc, flow: str) -> bool:
    """Whether the client's ExplicitAuthFlows permit AuthFlow `flow`."""
    flows = client.get("ExplicitAuthFlows") or _DEFAULT_FLOWS
    legacy = {"ADMIN_USER_PASSWORD_AUTH": "ADMIN_NO_SRP_AUTH", "USER_PASSWORD_AUTH": "USER_PASSWORD_AUTH"}
    # SRP and refreshing were always on for clients with legacy settings.
    if flow in ("USER_SRP_AUTH", "REFRESH_TOKEN_AUTH") and not any(str(name).startswith("ALLOW_") for name in flows):
        return True
    return f"ALLOW_{flow}" in flows or legacy.get(flow) in flows
