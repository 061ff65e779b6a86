"""Whether what somebody changed in Cognito by hand is undone, or shown and left to a person."""

from tenants.models import DriftMode, FleetSettings, Tenant


def drift_mode(tenant: Tenant | None) -> DriftMode:
    """Return REPORT or REPAIR: the tenant's own choice, or the fleet's for who made none and for shared pools.

    Args:
        tenant: whose resource it is; None for a shared pool.
    """
    own = DriftMode(tenant.drift_mode) if tenant is not None else DriftMode.INHERIT
    return own if own is not DriftMode.INHERIT else DriftMode(FleetSettings.current().drift_mode)
