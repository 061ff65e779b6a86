"""Reads of whose passkey a browser could offer by itself."""

from federation.services.known_devices import trusted_devices
from federation.tokens import hash_token
from identity.models import DirectoryUser, UserStatus
from tenants.models import Tenant


def remembered_account(tenant: Tenant, device_token: str) -> DirectoryUser | None:
    """Return who signed in with this browser last of those who have a passkey; None where there is nobody.

    Cognito asks for a passkey of somebody and not of anybody, so that only an account that a browser is known to be of
    can be asked about before its address is typed. A browser from before somebody was signed out everywhere is known of
    them no longer.

    Args:
        tenant: whose page it is.
        device_token: by which the browser is known at the tenant; empty for one that is not.
    """
    if not device_token:
        return None
    known = (
        trusted_devices()
        .select_related("user__tenant")
        .filter(tenant=tenant, token_hash=hash_token(device_token))
        .filter(user__has_passkey=True, user__status=UserStatus.ACTIVE)
        .order_by("-last_seen_at")
        .first()
    )
    return known.user if known is not None else None
