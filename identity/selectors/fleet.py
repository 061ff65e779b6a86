"""How far Cognito has followed, over the whole fleet; and whom a tenant began with."""

from dataclasses import dataclass

from identity.models import DirectoryUser, ResourceState, SyncedResource
from identity.sync.activity import ActivityRow, activity_rows, find_entries
from tenants.counting import count_up_to_limit
from tenants.models import OutboxEntry, Tenant
from tenants.models.outbox import NEWEST_FIRST, Standing
from tenants.permissions import TenantRole


@dataclass(frozen=True)
class FleetSync:
    """How many things are owed to Cognito, and how they stand.

    Args:
        owed: every change that is not applied yet, the next two included.
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
    """Count what is owed, each up to `counting.LIMIT`. Every page asks, so each count has an index of its own."""
    number = {
        standing: count_up_to_limit(OutboxEntry.objects.filter(standing=standing))
        for standing in (Standing.PENDING, Standing.BLOCKED, Standing.FAILING)
    }
    drifted = count_up_to_limit(SyncedResource.objects.filter(state=ResourceState.DRIFTED))
    return FleetSync(sum(number.values()), number[Standing.BLOCKED], number[Standing.FAILING], drifted)


def troubles(limit: int) -> list[ActivityRow]:
    """Return what is blocked, then what is failing."""
    found = [
        entry
        for state in (ResourceState.BLOCKED, ResourceState.FAILING)
        for entry in find_entries(state=state).order_by(*NEWEST_FIRST)[:limit]
    ]
    return activity_rows(found[:limit])


def first_owner(tenant: Tenant) -> DirectoryUser | None:
    """Return the owner who was there first: the one that onboarding invited, unless that one was deleted."""
    owners = DirectoryUser.objects.filter(tenant=tenant, role=TenantRole.OWNER).exclude(status="deleting")
    return owners.order_by("created_at", "pk").first()
