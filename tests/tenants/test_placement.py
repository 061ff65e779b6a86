"""Which pool a new tenant gets."""

import uuid

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tenants.errors import ValidationFailed
from tenants.models import PoolKind, TenantStatus, UserPool
from tenants.services.placement import (
    FILL_AT_MOST,
    TENANTS_PER_SHARED_POOL,
    PoolLoad,
    choose_shared_pool,
    place,
    require_room,
    shared_pool_loads,
)
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


@pytest.mark.parametrize(
    ("pools", "dedicated", "shared"), [(7, True, True), (8, False, True), (9, False, True), (10, False, False)]
)
def test_the_last_fifth_of_a_regions_pools_is_for_shared_ones(
    pools: int, dedicated: bool, shared: bool, db: None
) -> None:
    cell = CellFactory.create(user_pool_quota=10)
    UserPoolFactory.create_batch(pools, cell=cell, kind=PoolKind.DEDICATED)
    for kind, is_possible in ((PoolKind.DEDICATED, dedicated), (PoolKind.SHARED, shared)):
        if is_possible:
            require_room(cell, kind)
            continue
        with pytest.raises(ValidationFailed) as refused:
            place(cell, kind)
        assert str(pools) in refused.value.fields["cell"]


def test_what_was_removed_takes_no_room(db: None) -> None:
    cell = CellFactory.create(user_pool_quota=1)
    UserPoolFactory.create(cell=cell, removed_at=timezone.now())
    require_room(cell, PoolKind.SHARED)
    pool = UserPoolFactory.create(cell=cell, kind=PoolKind.SHARED)
    TenantFactory.create(pool=pool)
    TenantFactory.create(pool=pool, status=TenantStatus.REMOVED)
    assert shared_pool_loads(cell) == [PoolLoad(pool.pk, 1)]


def test_a_place_in_a_pool_that_is_there_needs_no_room_for_another(db: None) -> None:
    cell = CellFactory.create(user_pool_quota=1)
    pool = UserPoolFactory.create(cell=cell, kind=PoolKind.SHARED)
    assert place(cell, PoolKind.SHARED) == pool


def test_a_dedicated_pool_is_always_a_new_one(db: None) -> None:
    cell = CellFactory.create()
    assert place(cell, PoolKind.DEDICATED) != place(cell, PoolKind.DEDICATED)
    assert UserPool.objects.filter(cell=cell).count() == 2
