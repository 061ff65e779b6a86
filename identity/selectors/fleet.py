"""How far Cognito has followed, over the whole fleet."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, F, Q

from identity.models import ResourceState, SyncedResource
from identity.selectors.sync import SyncView, reconcile_states
from tenants.models import OutboxEntry, SyncKind, Tenant

# What needs somebody most comes first.
_BY_URGENCY = (
    ResourceState.BLOCKED, ResourceState.FAILING, ResourceState.DRIFTED, ResourceState.SYNCING, ResourceState.PENDING,
    ResourceState.IN_SYNC,
)  # fmt: skip


@dataclass(frozen=True)
class FleetSync:
    """How many things are owed to Cognito, and how they stand.

    Args:
        owed: everything that is not applied yet, the next two included.
        blocked: what waits for a person.
        failing: what failed and is tried again.
        drifted: resources that differ in Cognito from what was applied.
    """

    owed: int
    blocked: int
    failing: int
    drifted: int

    @property
    def state(self) -> ResourceState:
        """The state of the fleet: that of whatever needs somebody most."""
        if self.blocked:
            return ResourceState.BLOCKED
        if self.failing:
            return ResourceState.FAILING
        if self.owed:
            return ResourceState.SYNCING
        return ResourceState.DRIFTED if self.drifted else ResourceState.IN_SYNC


def fleet_sync() -> FleetSync:
    """Count what is owed, in two queries."""
    owed = OutboxEntry.objects.filter(done_gen__lt=F("wanted_gen")).aggregate(
        total=Count("pk"),
        blocked=Count("pk", filter=~Q(remedy="")),
        failing=Count("pk", filter=Q(remedy="") & ~Q(last_error="")),
    )
    drifted = SyncedResource.objects.filter(state=ResourceState.DRIFTED).count()
    return FleetSync(owed["total"], owed["blocked"], owed["failing"], drifted)


def tenant_states(tenants: Iterable[Tenant]) -> Mapping[uuid.UUID, SyncView]:
    """Return the state of each tenant with its pool, by tenant id; the one of the two that needs somebody most."""
    tenants = list(tenants)
    own = reconcile_states(SyncKind.TENANT, [tenant.pk for tenant in tenants])
    pools = reconcile_states(SyncKind.POOL, {tenant.pool_id for tenant in tenants})
    return {tenant.pk: _most_urgent([own.get(tenant.pk), pools.get(tenant.pool_id)]) for tenant in tenants}


def _most_urgent(views: Iterable[SyncView | None]) -> SyncView:
    known = [view for view in views if view is not None]
    if not known:
        return SyncView(state=ResourceState.PENDING, settled=True)
    worst = min(known, key=lambda view: _BY_URGENCY.index(view.state))
    return SyncView(
        state=worst.state,
        settled=all(view.settled for view in known),
        detail=worst.detail,
        remedy=worst.remedy,
        next_attempt_at=worst.next_attempt_at,
    )
