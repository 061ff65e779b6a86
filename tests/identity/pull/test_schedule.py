"""When pools are swept."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone
from pytest_django import Settings

from identity.models import PullState
from identity.pull.schedule import AT_ONCE, plan
from identity.selectors.fleet import fleet_sync
from tenants.models import Cell, OutboxEntry, SyncKind, UserPool
from tests.factories import CellFactory, UserPoolFactory


@pytest.fixture
def cell(db: None) -> Cell:
    """A cell that nothing is asked of."""
    return CellFactory.create()


def pools(cell: Cell, number: int) -> list[UserPool]:
    """Pools that Cognito has."""
    return [UserPoolFactory.create(cell=cell, cognito_id=f"us-east-1_{cell.pk.hex[:6]}{n}") for n in range(number)]


def owed() -> int:
    """How many sweeps are asked for."""
    return OutboxEntry.objects.filter(kind=SyncKind.PULL, done_gen__lt=F("wanted_gen")).count()


def test_new_pools_are_read_for_the_first_time_at_different_times(cell: Cell, settings: Settings) -> None:
    settings.PULL_INTERVAL_SECONDS = 3600
    pools(cell, 40)
    UserPoolFactory.create(cell=cell)
    assert plan() == 0
    waits = [(state.next_at - timezone.now()).total_seconds() for state in PullState.objects.all()]
    assert len(waits) == 40
    assert min(waits) > 1700
    assert max(waits) <= 3600
    assert max(waits) - min(waits) > 600
    # Looking again moves nobody.
    before = set(PullState.objects.values_list("pk", "next_at"))
    plan()
    assert set(PullState.objects.values_list("pk", "next_at")) == before


def test_a_few_at_a_time_in_each_cell_the_longest_due_first(cell: Cell) -> None:
    other = CellFactory.create()
    mine, theirs = pools(cell, 5), pools(other, 1)
    now = timezone.now()
    for age, pool in enumerate([*mine, *theirs]):
        PullState.objects.create(pool=pool, next_at=now - timedelta(hours=10 - age))
    assert plan() == AT_ONCE + 1
    asked = set(OutboxEntry.objects.values_list("key", flat=True))
    assert asked == {*(pool.pk for pool in mine[:AT_ONCE]), theirs[0].pk}
    # What is still owed is not asked for again, and makes no room.
    assert plan() == 0
    OutboxEntry.objects.filter(key=mine[0].pk).update(done_gen=F("wanted_gen"))
    PullState.objects.filter(pool=mine[0]).update(next_at=now + timedelta(hours=6))
    assert plan() == 1
    assert owed() == AT_ONCE + 1


def test_a_blocked_pool_does_not_hold_up_the_others_of_its_cell(cell: Cell) -> None:
    due = pools(cell, AT_ONCE + 1)
    for pool in due:
        PullState.objects.create(pool=pool, next_at=timezone.now())
    plan()
    OutboxEntry.objects.update(last_error_code="ManyVanished", remedy="Find out.")
    assert plan() == 1


def test_nobody_waits_for_the_schedule(cell: Cell) -> None:
    """The pill of the fleet does not say "Syncing" all day."""
    (pool,) = pools(cell, 1)
    PullState.objects.create(pool=pool, next_at=timezone.now())
    plan()
    assert (owed(), fleet_sync().owed) == (1, 0)
