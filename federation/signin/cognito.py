"""From our rows to the sign-in port, and the tenant check on what comes back from it."""

import hashlib
import hmac
import uuid

from django.conf import settings
from pydantic import SecretStr

from identity import auth
from identity.cells import pool_ref
from identity.cognito_tokens import CognitoUse, verify_cognito_token
from identity.jwt_checks import TokenInvalid
from identity.models import AppClient, DirectoryUser, UserStatus
from tenants.models import Tenant, UserPool


class TenantMismatch(Exception):
    """Cognito accepted somebody who is not this tenant's to let in; `reason` is for the audit log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def client_ref(client: AppClient) -> auth.AppClientRef:
    """Return a tenant's app client as the sign-in port takes it."""
    pool = pool_ref(client.pool)
    return auth.AppClientRef(pool.endpoint, pool.pool_id, client.client_id, SecretStr(client.secret))


def decoy_username(tenant: Tenant, email: str) -> str:
    """Return the name to try for an address that nobody has: always the same one for it, in the shape of a real one.

    Cognito answers it as it answers a real user's wrong password (PreventUserExistenceErrors), with the same salt
    each time.
    """
    message = f"{tenant.pk}\x1f{email}".encode()
    digest = hmac.new(settings.SECRET_KEY.encode(), b"lifeguard.decoy\x1f" + message, hashlib.sha256).digest()
    return f"{tenant.key}.{uuid.UUID(bytes=digest[:16], version=4)}"


def check_tenant(tenant: Tenant, client: AppClient, result: auth.SignedIn) -> DirectoryUser:
    """Return the directory user whom Cognito signed in, if everything says that they are this tenant's.

    Signature, issuer, use and client of both tokens; the username's prefix; and an active row with that very `sub`
    (docs/architecture.md, "A sign-in", step 3).

    Raises:
        TenantMismatch: something does not fit; nothing may leave.
        KeysUnavailable: the pool's keys cannot be fetched now.
    """
    try:
        access = verify_cognito_token(
            result.access_token.get_secret_value(), pool=client.pool, use=CognitoUse.ACCESS, client_id=client.client_id
        )
        identity = verify_cognito_token(
            result.id_token.get_secret_value(), pool=client.pool, use=CognitoUse.ID, client_id=client.client_id
        )
    except TokenInvalid as error:
        raise TenantMismatch(f"Cognito's token: {error.reason}") from error
    if client.tenant_id != tenant.pk:
        raise TenantMismatch("the app client is another tenant's")
    if (access.subject, access.username) != (identity.subject, identity.username):
        raise TenantMismatch("Cognito's two tokens are about two users")
    return _active_user(tenant, client.pool, access.username, access.subject)


def _active_user(tenant: Tenant, pool: UserPool, username: str, subject: str) -> DirectoryUser:
    # A dedicated pool is the tenant's alone, and so are the names that others gave there.
    if pool.is_shared and not username.startswith((f"{tenant.key}.", f"{tenant.key}-")):
        raise TenantMismatch("a user of another tenant")
    found = list(DirectoryUser.objects.filter(tenant=tenant, cognito_sub=subject))
    for row in found:
        row.tenant = tenant
    # Pools do not tell upper from lower case in names.
    user = next((row for row in found if subject and row.username.casefold() == username.casefold()), None)
    if user is None:
        raise TenantMismatch("not a user of the directory")
    if user.status != UserStatus.ACTIVE:
        raise TenantMismatch("the user is not active")
    return user
