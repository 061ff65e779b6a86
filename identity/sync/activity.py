"""What the workers owe and do, for the fleet page."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import Now, RowNumber

from identity.models import DirectoryUser, ResourceState
from tenants.counting import count_up_to_limit
from tenants.models import Invitation, OutboxEntry, SyncKind, Tenant, UserPool
from tenants.models.outbox import NEWEST_FIRST, Standing
from tenants.paging import Page, keyset_page

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Annotations(TypedDict):
        state: str

    EntryWithState = WithAnnotations[OutboxEntry, _Annotations]


_NAMES_SHOWN = 3
# While a worker holds a row it is syncing, whatever else is known of it.
_HELD = Q(done_gen__lt=F("wanted_gen"), lease_until__gt=Now())
_FREE = Q(lease_until__isnull=True) | Q(lease_until__lte=Now())
_AT_REST = {
    ResourceState.BLOCKED: Standing.BLOCKED,
    ResourceState.FAILING: Standing.FAILING,
    ResourceState.PENDING: Standing.PENDING,
    ResourceState.IN_SYNC: Standing.AT_REST,
}


@dataclass(frozen=True)
class ActivityRow:
    """One outbox row in words. `affects` names the tenants of a pool, of which people know the names."""

    sync_kind: SyncKind
    key: uuid.UUID
    label: str
    state: ResourceState
    attempts: int
    last_error: str
    remedy: str
    next_attempt_at: datetime | None
    updated_at: datetime
    affects: str = ""

    @property
    def kind(self) -> str:
        """The kind of key in words."""
        return str(self.sync_kind.label)


@dataclass(frozen=True)
class ActivityPage:
    """Some rows, and the cursors of the pages beside them."""

    rows: list[ActivityRow]
    page: Page[OutboxEntry]


def activity(*, state: ResourceState | None = None, limit: int = 50) -> list[ActivityRow]:
    """Return what was asked of the workers, the last touched first.

    Args:
        state: only what is in this state.
        limit: how many to return at most.
    """
    return activity_page(state=state, cursor="", size=limit).rows


def activity_page(*, state: ResourceState | None, cursor: str, size: int) -> ActivityPage:
    """Return one page of what was asked of the workers, the last touched first.

    Args:
        state: only what is in this state; None for everything.
        cursor: from an earlier page; empty for the first one.
        size: rows a page, at most.

    Raises:
        ValidationFailed: the cursor does not come from here.
    """
    entries = _with_state()
    if state is not None:
        entries = entries.filter(_standing(state))
    page = keyset_page(entries, order=NEWEST_FIRST, cursor=cursor, size=size)
    labels, tenants = _labels(page.rows), _tenants_of_pools(page.rows)
    rows = [_row(entry, labels, tenants) for entry in page.rows]
    return ActivityPage(rows, Page(list(page.rows), page.next_cursor, page.previous_cursor))


def activity_counts() -> dict[ResourceState, int]:
    """Return how many keys are in each state, each counted up to `counting.LIMIT`; empty states are left out."""
    held = OutboxEntry.objects.filter(_HELD).order_by().values_list("standing")
    moving = dict(held.annotate(number=Count("pk")))
    counted = {
        state: count_up_to_limit(OutboxEntry.objects.filter(standing=standing)) - moving.get(standing.value, 0)
        for state, standing in _AT_REST.items()
    }
    counted[ResourceState.SYNCING] = sum(moving.values())
    return {state: number for state, number in counted.items() if number > 0}


def _standing(state: ResourceState) -> Q:
    """Rows in a state; none in a state that only resources have."""
    if state == ResourceState.SYNCING:
        return _HELD
    return Q(standing=_AT_REST[state]) & _FREE if state in _AT_REST else Q(pk__in=[])


def _with_state() -> QuerySet[EntryWithState]:
    """Outbox rows with `state`."""
    held = When(_HELD, then=Value(ResourceState.SYNCING.value))
    at_rest = (When(standing=standing, then=Value(state.value)) for state, standing in _AT_REST.items())
    return OutboxEntry.objects.annotate(state=Case(held, *at_rest, output_field=CharField()))


def _row(entry: EntryWithState, labels: dict[tuple[str, uuid.UUID], str], tenants: dict[uuid.UUID, str]) -> ActivityRow:
    state = ResourceState(entry.state)
    return ActivityRow(
        sync_kind=SyncKind(entry.kind),
        key=entry.key,
        label=labels.get((entry.kind, entry.key), str(entry.key)),
        state=state,
        attempts=entry.attempts,
        last_error=entry.last_error if entry.is_owed else "",
        remedy=entry.remedy if entry.is_owed else "",
        next_attempt_at=entry.next_attempt_at if entry.is_owed and state != ResourceState.SYNCING else None,
        updated_at=entry.updated_at,
        affects=tenants.get(entry.key, ""),
    )


def _tenants_of_pools(entries: Sequence[EntryWithState]) -> dict[uuid.UUID, str]:
    """The first names of the tenants in each pool among the keys, and how many more there are; in one query."""
    pools = [entry.key for entry in entries if entry.kind == SyncKind.POOL]
    ranked = Tenant.objects.filter(pool_id__in=pools).annotate(
        rank=Window(RowNumber(), partition_by="pool_id", order_by="name"),
        size=Window(Count("pk"), partition_by="pool_id"),
    )
    names: dict[uuid.UUID, list[str]] = {}
    sizes: dict[uuid.UUID, int] = {}
    first = ranked.filter(rank__lte=_NAMES_SHOWN).order_by("rank")
    for pool_id, name, size in first.values_list("pool_id", "name", "size"):
        names.setdefault(pool_id, []).append(name)
        sizes[pool_id] = size
    return {pool_id: _first_names(shown, sizes[pool_id]) for pool_id, shown in names.items()}


def _first_names(shown: Sequence[str], size: int) -> str:
    """Some names as one text, with how many more there are."""
    rest = size - len(shown)
    return f"{', '.join(shown)} and {rest} more" if rest > 0 else ", ".join(shown)


def _labels(entries: Sequence[EntryWithState]) -> dict[tuple[str, uuid.UUID], str]:
    """What the keys name, in one query a kind. A key whose row is gone has no label."""
    sources: dict[str, QuerySet[UserPool] | QuerySet[Tenant] | QuerySet[DirectoryUser] | QuerySet[Invitation]] = {
        SyncKind.POOL: UserPool.objects.all(),
        SyncKind.TENANT: Tenant.objects.all(),
        SyncKind.USER: DirectoryUser.objects.all(),
        SyncKind.INVITATION: Invitation.objects.select_related("tenant"),
    }
    keys = {kind: [entry.key for entry in entries if entry.kind == kind] for kind in sources}
    return {
        (kind, row.pk): str(row)
        for kind, source in sources.items()
        if keys[kind]
        for row in source.filter(pk__in=keys[kind])
    }
