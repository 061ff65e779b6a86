"""How far Cognito has followed, in the words that pages show."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from identity.models import ResourceState, SyncedResource
from tenants.models import OutboxEntry, SyncKind
from tenants.models.outbox import WAITING

# The worst first: what a key with several resources is shown as once nothing is owed.
_WORST = (
    ResourceState.BLOCKED, ResourceState.FAILING, ResourceState.DRIFTED, ResourceState.SYNCING, ResourceState.PENDING,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SyncView:
    """The state of one key.

    Args:
        state: a `ResourceState`.
        settled: whether nothing more will happen by itself, so that a page need not ask again.
        detail: what went wrong, as a sentence; empty when nothing did.
        remedy: what to do about it; empty when nobody has to.
        next_attempt_at: when it is tried again, while something is owed and was tried.
    """

    state: ResourceState
    settled: bool
    detail: str = ""
    remedy: str = ""
    next_attempt_at: datetime | None = None


def reconcile_state(kind: SyncKind, key: uuid.UUID) -> SyncView | None:
    """Return the state of one key; None for one that Cognito was never asked about."""
    return reconcile_states(kind, [key]).get(key)


def reconcile_states(kind: SyncKind, keys: Iterable[uuid.UUID]) -> Mapping[uuid.UUID, SyncView]:
    """Return the states of several keys, in two queries; keys that were never asked for are left out."""
    wanted = list(keys)
    resources: dict[uuid.UUID, list[SyncedResource]] = {}
    for resource in SyncedResource.objects.filter(scope=kind, key__in=wanted):
        resources.setdefault(resource.key, []).append(resource)
    now = timezone.now()
    return {
        entry.key: _view(entry, resources.get(entry.key, []), now)
        for entry in OutboxEntry.objects.filter(kind=kind, key__in=wanted)
    }


def _view(entry: OutboxEntry, resources: list[SyncedResource], now: datetime) -> SyncView:
    if not entry.is_owed:
        return _settled(resources)
    if entry.scheduled and entry.last_error_code in ("", WAITING):
        # Only the schedule wants to look again, or looks right now; nothing was changed since it was settled.
        return _settled(resources)
    if entry.lease_until is not None and entry.lease_until > now:
        return SyncView(state=ResourceState.SYNCING, settled=False)
    if entry.last_error_code in ("", WAITING):
        return SyncView(state=ResourceState.PENDING, settled=False, detail=entry.last_error)
    # A remedy is what somebody has to do first: the worker tries again, and expects the same answer until then.
    blocked = bool(entry.remedy)
    return SyncView(
        state=ResourceState.BLOCKED if blocked else ResourceState.FAILING,
        settled=blocked,
        detail=entry.last_error,
        remedy=entry.remedy,
        next_attempt_at=entry.next_attempt_at,
    )


def _settled(resources: list[SyncedResource]) -> SyncView:
    for state in _WORST:
        for resource in resources:
            if resource.state == state:
                return SyncView(state=state, settled=True, detail=resource.detail, remedy=resource.remedy)
    return SyncView(state=ResourceState.IN_SYNC, settled=True)
