"""Reads of what came back from Cognito."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from identity.models import DirectoryUser, EventSecret, PullState, UnclaimedUser, UserConflict
from identity.selectors.sync import SyncView, reconcile_states
from tenants.errors import NotFound
from tenants.models import Cell, SyncKind, UserPool


@dataclass(frozen=True)
class PulledPool:
    """A pool and how far it has been read back.

    Args:
        pool: the pool.
        state: its sweep; None before it is due for the first time.
        sync: how the sweep stands; None where none was ever asked for.
        unclaimed: how many users of the pool are in no tenant's directory.
    """

    pool: UserPool
    state: PullState | None
    sync: SyncView | None
    unclaimed: int


@dataclass(frozen=True)
class EventsState:
    """Whether a cell's account sends events: since when there is a secret, and when the last event came."""

    rotated_at: datetime | None
    last_event_at: datetime | None


def get_pool(pool_id: uuid.UUID) -> UserPool:
    """Return a pool with its cell.

    Raises:
        NotFound: there is no such pool.
    """
    pool = UserPool.objects.select_related("cell").filter(pk=pool_id).first()
    if pool is None:
        raise NotFound
    return pool


def pools_of(cell: Cell) -> QuerySet[UserPool]:
    """Return the pools of a cell that Cognito has, in no order yet."""
    return UserPool.objects.filter(cell=cell).exclude(cognito_id="")


def pulled(pools: Sequence[UserPool]) -> list[PulledPool]:
    """Return how far pools have been read back, in a query for each kind of row."""
    keys = [pool.pk for pool in pools]
    states = {state.pk: state for state in PullState.objects.filter(pk__in=keys)}
    syncs = reconcile_states(SyncKind.PULL, keys)
    counts = _unclaimed(keys)
    return [PulledPool(pool, states.get(pool.pk), syncs.get(pool.pk), counts.get(pool.pk, 0)) for pool in pools]


def _unclaimed(keys: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    rows = UnclaimedUser.objects.filter(pool_id__in=keys).exclude(username="").order_by()
    return dict(rows.values_list("pool_id").annotate(number=Count("pk")))


def unclaimed_users(pool: UserPool) -> QuerySet[UnclaimedUser]:
    """Return the users of a pool who are in no tenant's directory, in no order yet."""
    return UnclaimedUser.objects.filter(pool=pool).exclude(username="")


def events_of(cell: Cell) -> EventsState:
    """Return whether a cell's account sends events."""
    row = EventSecret.objects.filter(cell=cell).values_list("rotated_at", "last_event_at").first()
    return EventsState(*row) if row else EventsState(None, None)


def conflicts_of(user: DirectoryUser, limit: int) -> list[UserConflict]:
    """Return the newest times that Cognito and the directory disagreed about a user."""
    return list(UserConflict.objects.filter(user=user, tenant=user.tenant).order_by("-created_at", "-pk")[:limit])
