"""How far Cognito has followed a tenant's connections."""

from identity.models import Family, ResourceState
from identity.selectors.own import own_resources
from identity.sync.views import ResourceView
from tenants.models import Tenant

_MOVING = (ResourceState.PENDING, ResourceState.SYNCING)


def identity_providers_of(tenant: Tenant) -> dict[str, ResourceView]:
    """Return the state of each of the tenant's identity providers that Cognito has or is to have, by its name there."""
    return {view.name: view for view in own_resources(tenant) if view.family == Family.IDENTITY_PROVIDER}


def is_moving(view: ResourceView) -> bool:
    """Say whether its state is about to change by itself, so that a page looks again soon."""
    return view.awaited or view.state in _MOVING
