"""Security keys and passkeys that Lifeguard keeps of somebody."""

from typing import cast
from urllib.parse import urlsplit

from django.conf import settings

from federation.models import OwnKey
from federation.webauthn import Known, Party, is_at_or_below, origin_of
from identity.models import DirectoryUser
from tenants.models import Tenant
from tenants.models.pool_settings import options_of


def keys_of(user: DirectoryUser) -> list[OwnKey]:
    """Return a user's keys that count, the oldest first.

    One that was reset does not; nor one of a host under which sign-in is no longer, because no browser would use it.
    """
    rows = OwnKey.objects.filter(tenant=user.tenant_id, user=user.pk, resets=user.mfa_reset_wanted)
    return [key for key in rows.order_by("created_at", "pk") if is_at_or_below(_host(), key.rp_id)]


def known(key: OwnKey) -> Known:
    """Return what a browser is told of a key, and what its answers are checked against."""
    return Known(key.credential, tuple(key.transports))


def party_for(tenant: Tenant, keys: list[OwnKey]) -> Party:
    """Return whom somebody's keys are for.

    All of one person's belong to one host, so that any of them can answer: that of those they have; for the first, the
    one that the operator set for passkeys of the pool, where sign-in is there; else the sign-in host.
    """
    chosen = options_of(tenant.pool).passkey_rp_id
    host = _host()
    rp_id = keys[0].rp_id if keys else chosen if chosen and is_at_or_below(host, chosen) else host
    return Party(rp_id, origin_of(settings.SIGNIN_URL), tenant.branding.display_name)


def _host() -> str:
    return cast(str, urlsplit(settings.SIGNIN_URL).hostname)
