"""What a tenant's users can begin a sign-in with beside the password."""

from urllib.parse import urlsplit

from django.conf import settings

from tenants.first_factors import Place, usable
from tenants.models import Tenant
from tenants.models.pool_settings import options_of


def place_of(tenant: Tenant) -> Place:
    """Return where a tenant's users sign in; load the tenant with its pool and the pool's settings."""
    host = urlsplit(settings.SIGNIN_URL).hostname or ""
    return Place(options=options_of(tenant.pool), shared=tenant.pool.is_shared, host=host)


def allowed_ways(tenant: Tenant) -> tuple[str, ...]:
    """Return what its policy allows as far as nothing is in the way, as `FirstFactor`s in order.

    A provider can take away from a pool what tenants allow; their policies say so still, and pages do not offer it.
    """
    policy = tenant.policy
    return usable(policy.first_factors, policy.mfa, place_of(tenant)) if policy.first_factors else ()


def offered_ways(tenant: Tenant) -> tuple[str, ...]:
    """Return what its sign-in page offers beside the password: of what is allowed, what Cognito has followed in."""
    return tuple(way for way in allowed_ways(tenant) if way in tenant.policy.ready_factors)
