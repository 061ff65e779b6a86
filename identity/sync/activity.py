"""What the workers owe and do, for the fleet page."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Now

from identity.models import ResourceState, SyncedResource
from identity.sync.labels import labels_of, tenants_of_pools
from tenants.counting import count_up_to_limit
from tenants.models import OutboxEntry, SyncKind
from tenants.models.outbox import NEWEST_FIRST, Standing
from tenants.paging import Page, keyset_page

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Annotations(TypedDict):
        state: str

    EntryWithState = WithAnnotations[OutboxEntry, _Annotations]


# While a worker holds a row it is syncing, whatever else is known of it.
_HELD = Q(done_gen__lt=F("wanted_gen"), lease_until__gt=Now())
_FREE = Q(lease_until__isnull=True) | Q(lease_until__lte=Now())
_AT_REST = {
    ResourceState.BLOCKED: Standing.BLOCKED,
    ResourceState.FAILING: Standing.FAILING,
    ResourceState.PENDING: Standing.PENDING,
    ResourceState.IN_SYNC: Standing.AT_REST,
}
_OPEN = (Standing.BLOCKED, Standing.FAILING, Standing.PENDING)


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


def find_entries(
    *, state: ResourceState | None, is_open: bool = False, kind: str = "", only: Q | None = None
) -> QuerySet[EntryWithState]:
    """Return what was asked of the workers, in no order yet.

    Args:
        state: only what is in this state; None for everything.
        is_open: only what is not settled.
        kind: only a `SyncKind`; empty for all.
        only: a condition on the rows beside; None for none.
    """
    entries = _with_state()
    if state is not None:
        entries = entries.filter(_standing(state))
    if is_open:
        entries = entries.filter(_HELD | Q(standing__in=_OPEN))
    if kind:
        entries = entries.filter(kind=kind)
    return entries.filter(only) if only is not None else entries


def activity_page(entries: QuerySet[EntryWithState], *, cursor: str, size: int) -> ActivityPage:
    """Return one page of what was asked of the workers, the last touched first.

    Args:
        entries: what `find_entries` returned.
        cursor: from an earlier page; empty for the first one.
        size: rows a page, at most.

    Raises:
        ValidationFailed: the cursor does not come from here.
    """
    page = keyset_page(entries, order=NEWEST_FIRST, cursor=cursor, size=size)
    return ActivityPage(activity_rows(page.rows), Page(list(page.rows), page.next_cursor, page.previous_cursor))


def activity_rows(entries: Sequence[EntryWithState]) -> list[ActivityRow]:
    """Return what `find_entries` found in words, in a fixed number of queries."""
    labels = labels_of([(entry.kind, entry.key) for entry in entries])
    tenants = tenants_of_pools([entry.key for entry in entries if entry.kind == SyncKind.POOL])
    settled = [entry.key for entry in entries if entry.state == ResourceState.IN_SYNC]
    drifted = set(
        SyncedResource.objects.filter(state=ResourceState.DRIFTED, key__in=settled).values_list("scope", "key")
    )
    return [_row(entry, labels, tenants, is_drifted=(entry.kind, entry.key) in drifted) for entry in entries]


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


def _row(
    entry: EntryWithState,
    labels: dict[tuple[str, uuid.UUID], str],
    tenants: dict[uuid.UUID, str],
    *,
    is_drifted: bool,
) -> ActivityRow:
    state = ResourceState.DRIFTED if is_drifted else ResourceState(entry.state)
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
