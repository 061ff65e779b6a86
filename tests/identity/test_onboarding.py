"""Onboarding: what one transaction makes, what it refuses, and what happens when two come at once."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any, TypeVar

import pytest
from django.db import connection

from identity.models import DirectoryUser, UserStatus
from identity.services.onboarding import TenantDraft, check_draft, onboard_tenant
from tenants.actor import Actor
from tenants.errors import ValidationFailed
from tenants.models import (
    AuditEvent,
    Cell,
    Invitation,
    OutboxEntry,
    PoolKind,
    SyncKind,
    Tenant,
    TenantApplication,
    UserPool,
)
from tenants.models.audit import FLEET_CHAIN
from tenants.services import audit
from tenants.services.placement import FILL_AT_MOST
from tests.factories import ApplicationFactory, CellFactory, OperatorFactory, TenantFactory, UserPoolFactory, actor_of

Result = TypeVar("Result")


def draft_for(cell: Cell, **changes: Any) -> TenantDraft:
    draft = TenantDraft(
        id=uuid.uuid4(),
        name="Acme Robotics",
        slug="acme-robotics",
        cell_id=cell.pk,
        isolation=PoolKind.DEDICATED,
        admin_email="Ada@Acme.Example",
    )
    return replace(draft, **changes)


@pytest.fixture
def cell(db: None) -> Cell:
    return CellFactory.create()


@pytest.fixture
def actor(db: None) -> Actor:
    return actor_of(OperatorFactory.create())


@pytest.mark.parametrize("isolation", PoolKind)
def test_everything_is_made_at_once(cell: Cell, actor: Actor, isolation: PoolKind) -> None:
    application = ApplicationFactory.create()
    draft = draft_for(cell, isolation=isolation, application_ids=(application.pk,))
    tenant = onboard_tenant(draft=draft, actor=actor)
    assert (tenant.pk, tenant.slug, tenant.name) == (draft.id, "acme-robotics", "Acme Robotics")
    assert (tenant.pool.cell, tenant.pool.kind) == (cell, isolation)
    assert tenant.branding.display_name == "Acme Robotics"
    assert tenant.policy.mfa == "optional"
    assert TenantApplication.objects.get(tenant=tenant).application == application
    owner = DirectoryUser.objects.get(tenant=tenant)
    assert (owner.email, owner.role, owner.status) == ("ada@acme.example", "owner", UserStatus.INVITED)
    invitation = Invitation.objects.get(tenant=tenant, user_id=owner.pk)
    assert set(OutboxEntry.objects.values_list("kind", "key")) == {
        (SyncKind.POOL, tenant.pool_id),
        (SyncKind.TENANT, tenant.pk),
        (SyncKind.INVITATION, invitation.pk),
    }


def test_both_logs_tell_of_it(cell: Cell, actor: Actor) -> None:
    tenant = onboard_tenant(draft=draft_for(cell), actor=actor)
    events = AuditEvent.objects.filter(action="tenant.onboarded")
    assert {event.tenant_id for event in events} == {tenant.pk, None}
    assert {event.actor_id for event in events} == {actor.id}
    assert audit.verify(str(tenant.pk)) is None
    assert audit.verify(FLEET_CHAIN) is None


def test_the_same_draft_twice_is_one_tenant(cell: Cell, actor: Actor) -> None:
    draft = draft_for(cell)
    assert onboard_tenant(draft=draft, actor=actor) == onboard_tenant(draft=draft, actor=actor)
    assert (Tenant.objects.count(), UserPool.objects.count(), DirectoryUser.objects.count()) == (1, 1, 1)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"slug": "oauth2"}, "slug"),
        ({"slug": "No Slug"}, "slug"),
        ({"slug": "taken"}, "slug"),
        ({"cell_id": uuid.uuid4()}, "cell"),
        ({"admin_email": "ada"}, "admin_email"),
        ({"admin_email": "ada@acme.example\nBcc: eve@evil.example"}, "admin_email"),
        ({"application_ids": (uuid.uuid4(),)}, "applications"),
    ],
)
def test_what_cannot_be_used_changes_nothing(cell: Cell, actor: Actor, changes: dict[str, Any], field: str) -> None:
    TenantFactory.create(slug="taken")
    before = (Tenant.objects.count(), UserPool.objects.count(), AuditEvent.objects.count(), OutboxEntry.objects.count())
    for attempt in (check_draft, lambda draft: onboard_tenant(draft=draft, actor=actor)):
        with pytest.raises(ValidationFailed) as refused:
            attempt(draft_for(cell, **changes))
        assert set(refused.value.fields) == {field}
    after = (Tenant.objects.count(), UserPool.objects.count(), AuditEvent.objects.count(), OutboxEntry.objects.count())
    assert after == before


def test_every_fault_is_told_at_once(cell: Cell) -> None:
    with pytest.raises(ValidationFailed) as refused:
        check_draft(draft_for(cell, name="", slug="www", admin_email="ada"))
    assert set(refused.value.fields) == {"name", "slug", "admin_email"}


def test_the_dashboard_is_no_application_to_give(cell: Cell, actor: Actor) -> None:
    builtin = ApplicationFactory.create(is_builtin=True)
    with pytest.raises(ValidationFailed):
        onboard_tenant(draft=draft_for(cell, application_ids=(builtin.pk,)), actor=actor)


def test_a_shared_pool_is_used_until_it_is_four_fifths_full(cell: Cell, actor: Actor) -> None:
    pool = UserPoolFactory.create(cell=cell, kind=PoolKind.SHARED)
    Tenant.objects.bulk_create(
        Tenant(slug=f"full-{number}", name="Full", pool=pool) for number in range(FILL_AT_MOST - 1)
    )
    last = onboard_tenant(draft=draft_for(cell, isolation=PoolKind.SHARED), actor=actor)
    assert last.pool == pool
    next_one = onboard_tenant(draft=draft_for(cell, isolation=PoolKind.SHARED, slug="next-one"), actor=actor)
    assert next_one.pool != pool


def together(count: int, work: Callable[[int], Result]) -> list[Result | ValidationFailed]:
    """Run `work` in threads that start at the same moment, each with a connection of its own."""
    start = Barrier(count)

    def run(number: int) -> Result | ValidationFailed:
        start.wait()
        try:
            return work(number)
        except ValidationFailed as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_two_clicks_at_once_are_one_tenant(transactional_db: None) -> None:
    cell, actor = CellFactory.create(), actor_of(OperatorFactory.create())
    draft = draft_for(cell)
    results = together(4, lambda number: onboard_tenant(draft=draft, actor=actor))
    assert {result.pk for result in results if isinstance(result, Tenant)} == {draft.id}
    assert (Tenant.objects.count(), UserPool.objects.count(), Invitation.objects.count()) == (1, 1, 1)


def test_one_slug_in_two_cells_at_once_goes_to_one(transactional_db: None) -> None:
    cells, actor = [CellFactory.create() for _ in range(3)], actor_of(OperatorFactory.create())
    results = together(3, lambda number: onboard_tenant(draft=draft_for(cells[number]), actor=actor))
    refused = [result for result in results if isinstance(result, ValidationFailed)]
    assert [set(error.fields) for error in refused] == [{"slug"}, {"slug"}]
    assert (Tenant.objects.count(), UserPool.objects.count()) == (1, 1)


def test_the_last_place_of_a_pool_is_given_once(transactional_db: None) -> None:
    cell, actor = CellFactory.create(), actor_of(OperatorFactory.create())
    pool = UserPoolFactory.create(cell=cell, kind=PoolKind.SHARED)
    Tenant.objects.bulk_create(
        Tenant(slug=f"full-{number}", name="Full", pool=pool) for number in range(FILL_AT_MOST - 1)
    )

    def onboard(number: int) -> Tenant:
        return onboard_tenant(draft=draft_for(cell, slug=f"racer-{number}", isolation=PoolKind.SHARED), actor=actor)

    assert all(isinstance(result, Tenant) for result in together(3, onboard))
    assert pool.tenants.count() == FILL_AT_MOST
    assert UserPool.objects.filter(kind=PoolKind.SHARED).count() == 2
    assert audit.verify(FLEET_CHAIN) is None
