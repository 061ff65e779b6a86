"""The state of a resource as a page shows it. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from identity.models import ResourceState, SyncedResource
from identity.sync.drift import is_decided
from identity.sync.family import Fact, Step
from tenants.models import OutboxEntry
from tenants.models.outbox import WAITING

# The worst first: what a tenant as a whole is said to be in.
_SEVERITY = (
    ResourceState.BLOCKED,
    ResourceState.FAILING,
    ResourceState.DRIFTED,
    ResourceState.SYNCING,
    ResourceState.PENDING,
    ResourceState.IN_SYNC,
)


@dataclass(frozen=True)
class ResourceView:
    """One resource: what it is, what it is to be, and how far that has got.

    It is `awaited` while somebody has asked for a sync of its key and no worker has answered, whatever its state.
    """

    family: str
    kind: str
    name: str
    state: ResourceState
    facts: tuple[Fact, ...]
    detail: str = ""
    remedy: str = ""
    remote_id: str = ""
    next_attempt_at: datetime | None = None
    updated_at: datetime | None = None
    awaited: bool = False


@dataclass(frozen=True)
class SyncSummary:
    """Several resources as one: the worst state, and what to do about it."""

    state: ResourceState
    in_sync: int
    total: int
    remedy: str = ""
    next_attempt_at: datetime | None = None
    awaited: bool = False

    @property
    def is_settled(self) -> bool:
        """Say whether nothing moves any more, so that a page need not look again soon."""
        return not self.awaited and self.state in (ResourceState.IN_SYNC, ResourceState.BLOCKED, ResourceState.DRIFTED)


def view_of(step: Step, row: SyncedResource | None, entry: OutboxEntry | None) -> ResourceView:
    """Return what to show of one resource.

    Args:
        step: what it should be.
        row: its record; None while no worker has seen it.
        entry: the outbox row of its key; None when nothing was ever asked for.
    """
    family = step.family.family
    kind, facts = str(family.label), step.family.facts(step.spec)
    troubled = entry is not None and entry.is_owed and entry.last_error_code not in ("", WAITING)
    if row is None or (row.state == ResourceState.PENDING and not row.detail):
        if entry is not None and troubled:
            # It never came to this resource: the reason is with the key as a whole.
            state = ResourceState.BLOCKED if entry.remedy else ResourceState.FAILING
            return ResourceView(
                family, kind, step.name, state, facts, entry.last_error, entry.remedy,
                next_attempt_at=entry.next_attempt_at, updated_at=entry.updated_at,
            )  # fmt: skip
        return ResourceView(family, kind, step.name, ResourceState.PENDING, facts)
    state, detail = ResourceState(row.state), row.detail
    if state == ResourceState.IN_SYNC and not step.family.is_applied(step.spec, row.last_applied):
        state, detail = ResourceState.PENDING, "A change waits to be applied."
    if state == ResourceState.DRIFTED and is_decided(row):
        state, detail = ResourceState.PENDING, "What was decided about its drift waits to be carried out."
    return ResourceView(
        family, kind, step.name, state, facts, detail, row.remedy, row.remote_id, row.next_attempt_at, row.updated_at,
        awaited=entry is not None and entry.is_owed and not entry.scheduled and not troubled,
    )  # fmt: skip


def summarise(views: Sequence[ResourceView]) -> SyncSummary:
    """Return several resources as one."""
    state = min((view.state for view in views), key=_SEVERITY.index, default=ResourceState.IN_SYNC)
    worst = [view for view in views if view.state == state]
    return SyncSummary(
        state=state,
        in_sync=sum(view.state == ResourceState.IN_SYNC for view in views),
        total=len(views),
        remedy=next((view.remedy for view in worst if view.remedy), ""),
        next_attempt_at=_earliest(view.next_attempt_at for view in worst),
        awaited=any(view.awaited for view in views),
    )


def _earliest(times: Iterable[datetime | None]) -> datetime | None:
    return min((time for time in times if time is not None), default=None)
