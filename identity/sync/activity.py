"""What the workers owe and do, for the fleet page."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Now

from identity.models import DirectoryUser, ResourceState
from identity.sync.failures import WAITING
from tenants.models import Invitation, OutboxEntry, SyncKind, Tenant, UserPool
from tenants.paging import Page, keyset_page

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class _Annotations(TypedDict):
        state: str

    EntryWithState = WithAnnotations[OutboxEntry, _Annotations]


_NAMES_SHOWN = 3


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
        entries = entries.filter(state=state)
    page = keyset_page(entries, order=("-updated_at", "-pk"), cursor=cursor, size=size)
    labels, tenants = _labels(page.rows), _tenants_of_pools(page.rows)
    rows = [_row(entry, labels, tenants) for entry in page.rows]
    return ActivityPage(rows, Page(list(page.rows), page.next_cursor, page.previous_cursor))


def activity_counts() -> dict[ResourceState, int]:
    """Return how many keys are in each state; states without any are left out."""
    counted = _with_state().order_by().values_list("state").annotate(number=Count("pk"))
    return {ResourceState(state): number for state, number in counted}


def _with_state() -> QuerySet[EntryWithState]:
    """Outbox rows with `state`: only a failure that a person must mend has a remedy."""
    owed = Q(done_gen__lt=F("wanted_gen"))
    states = Case(
        When(~owed, then=Value(ResourceState.IN_SYNC.value)),
        When(lease_until__gt=Now(), then=Value(ResourceState.SYNCING.value)),
        When(last_error_code__in=("", WAITING), then=Value(ResourceState.PENDING.value)),
        When(~Q(remedy=""), then=Value(ResourceState.BLOCKED.value)),
        default=Value(ResourceState.FAILING.value),
        output_field=CharField(),
    )
    return OutboxEntry.objects.annotate(state=states)


def _row(
    entry: EntryWithState, labels: dict[tuple[str, uuid.UUID], str], tenants: dict[uuid.UUID, list[str]]
) -> ActivityRow:
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
        affects=_first_names(tenants.get(entry.key, [])),
    )


def _tenants_of_pools(entries: Sequence[EntryWithState]) -> dict[uuid.UUID, list[str]]:
    """The names of the tenants in each pool among the keys, in one query."""
    pools = [entry.key for entry in entries if entry.kind == SyncKind.POOL]
    found: dict[uuid.UUID, list[str]] = {}
    for pool_id, name in Tenant.objects.filter(pool_id__in=pools).order_by("name").values_list("pool_id", "name"):
        found.setdefault(pool_id, []).append(name)
    return found


def _first_names(names: Sequence[str]) -> str:
    """Some names as one text, with how many more there are."""
    shown = ", ".join(names[:_NAMES_SHOWN])
    rest = len(names) - _NAMES_SHOWN
    return f"{shown} and {rest} more" if rest > 0 else shown


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
