"""Which pool a new tenant gets."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from tenants.models import PoolKind, UserPool
from tenants.services.placement import FILL_AT_MOST, TENANTS_PER_SHARED_POOL, PoolLoad, choose_shared_pool, place
from tests.factories import CellFactory, TenantFactory, UserPoolFactory

LOADS = st.lists(st.builds(PoolLoad, st.uuids(), st.integers(min_value=0, max_value=TENANTS_PER_SHARED_POOL)))


def test_a_pool_is_full_at_four_fifths() -> None:
    assert FILL_AT_MOST == TENANTS_PER_SHARED_POOL * 0.8
    assert PoolLoad(uuid.uuid4(), FILL_AT_MOST - 1).has_room
    assert not PoolLoad(uuid.uuid4(), FILL_AT_MOST).has_room


@given(LOADS)
def test_the_fullest_pool_with_room_is_chosen(loads: list[PoolLoad]) -> None:
    chosen = choose_shared_pool(loads)
    with_room = [load for load in loads if load.tenants < FILL_AT_MOST]
    if chosen is None:
        assert with_room == []
    else:
        assert next(load.tenants for load in with_room if load.pool_id == chosen) == max(
            load.tenants for load in with_room
        )


def test_a_shared_pool_is_opened_once_and_then_filled(db: None) -> None:
    cell = CellFactory.create()
    first = place(cell, PoolKind.SHARED)
    TenantFactory.create(pool=first)
    assert place(cell, PoolKind.SHARED) == first


def test_pools_of_other_cells_and_dedicated_ones_are_left_alone(db: None) -> None:
    cell = CellFactory.create()
    others = [
        UserPoolFactory.create(kind=PoolKind.SHARED),
        UserPoolFactory.create(cell=cell, kind=PoolKind.DEDICATED),
    ]
    assert place(cell, PoolKind.SHARED) not in others


def test_a_dedicated_pool_is_always_a_new_one(db: None) -> None:
    cell = CellFactory.create()
    assert place(cell, PoolKind.DEDICATED) != place(cell, PoolKind.DEDICATED)
    assert UserPool.objects.filter(cell=cell).count() == 2
