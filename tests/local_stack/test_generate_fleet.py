"""A generated fleet is one that the product could have made, and is never mixed with another."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.utils import timezone

from federation.models import AuthEvent, AuthOutcome
from federation.selectors.auth_events import AuthEventFilter, figures
from identity.models import BulkJob, DirectoryUser, PlanStep, ResourceState, RowState, SyncedResource, SyncPlan
from identity.selectors.drift import DRIFT_ORDER, DriftFilter, described, find_drifted, find_kept
from identity.sync.selectors import tenant_sync_summaries
from local.demo.fleet.shape import FleetShape
from local.demo.fleet.whole import write_fleet
from tenants.models import AuditEvent, OutboxEntry, PoolKind, Tenant, UserPool
from tenants.services import audit
from tenants.services.placement import FILL_AT_MOST
from tests.factories import TenantFactory

SHAPE = FleetShape(tenants=150, users=3000, events=1200, seed=7)


@pytest.fixture
def fleet(db: None) -> None:
    write_fleet(SHAPE, lambda line: None)


def test_it_is_as_large_as_asked_for_and_its_logs_are_whole(fleet: None) -> None:
    assert Tenant.objects.count() == SHAPE.tenants
    assert DirectoryUser.objects.count() == SHAPE.users
    assert AuditEvent.objects.count() == SHAPE.events
    assert [link for link in map(audit.verify, audit.chains()) if link is not None] == []


def test_every_tenant_has_an_owner_and_a_place_with_room(fleet: None) -> None:
    assert set(DirectoryUser.objects.filter(role="owner").values_list("tenant", flat=True)) == set(
        Tenant.objects.values_list("pk", flat=True)
    )
    for pool in UserPool.objects.all():
        assert pool.tenants.count() <= (FILL_AT_MOST if pool.kind == PoolKind.SHARED else 1)


def test_most_tenants_are_in_sync_and_some_are_not(fleet: None) -> None:
    tenants = list(Tenant.objects.select_related("pool__cell", "policy"))
    states = [summary.state for summary in tenant_sync_summaries(tenants).values()]
    assert states.count(ResourceState.IN_SYNC) > 0.9 * SHAPE.tenants
    assert set(OutboxEntry.objects.values_list("standing", flat=True)) > {"at_rest", "pending"}
    assert SyncedResource.objects.filter(state=ResourceState.IN_SYNC).exists()


def test_what_was_synced_drifted_or_changed_in_bulk_is_there(fleet: None) -> None:
    """So that pages about it can be measured: of each kind something, in numbers that follow the fleet's size."""
    assert set(SyncPlan.objects.values_list("scope", flat=True)) == {"pool", "tenant", "user"}
    assert SyncPlan.objects.exclude(scope="user").count() > 2 * SHAPE.tenants
    assert PlanStep.objects.exclude(changes=[]).exists()
    assert not SyncPlan.objects.filter(steps=None).exists()
    assert not SyncedResource.objects.filter(state=ResourceState.DRIFTED, drift=[]).exists()
    assert described(list(find_drifted(DriftFilter()).order_by(*DRIFT_ORDER)))
    assert described(list(find_kept(DriftFilter()).order_by(*DRIFT_ORDER)))
    jobs = BulkJob.objects.all()
    assert jobs.count() > SHAPE.tenants
    for job in jobs.filter(total__gt=20):
        assert job.rows.count() == job.total
        assert job.rows.filter(state=RowState.FAILED).count() == job.failed


def test_the_log_of_sign_ins_has_something_to_look_at(fleet: None) -> None:
    """In the days that its page shows, with each outcome; of whoever is known, it is somebody of that tenant's."""
    assert AuthEvent.objects.count() > 0.9 * SHAPE.events
    tenant = max(Tenant.objects.all(), key=lambda each: DirectoryUser.objects.filter(tenant=each).count())
    shown = figures(tenant, AuthEventFilter())
    assert len([day for day in shown.days if day.succeeded]) > 5
    assert shown.total.failed > 0
    assert set(AuthEvent.objects.values_list("outcome", flat=True)) == {*AuthOutcome}
    strangers = AuthEvent.objects.filter(user__isnull=False).exclude(user__tenant=F("tenant"))
    assert not strangers.exists()
    assert not AuthEvent.objects.filter(created_at__gt=timezone.now()).exists()


def test_a_seed_makes_the_same_sizes_again() -> None:
    again = FleetShape(tenants=150, users=3000, events=1200, seed=7)
    assert again.sizes() == SHAPE.sizes()
    assert sum(SHAPE.sizes()) == SHAPE.users
    assert min(SHAPE.sizes()) >= 1
    assert FleetShape(tenants=150, users=3000, events=1200, seed=8).sizes() != SHAPE.sizes()


def test_it_is_not_mixed_with_other_tenants(db: None) -> None:
    TenantFactory.create()
    with pytest.raises(CommandError, match="already"):
        call_command("generate_fleet", tenants=10, users=100, events=100)
    assert Tenant.objects.count() == 1


def test_asked_for_again_it_stays_as_it_is(fleet: None) -> None:
    said = StringIO()
    call_command("generate_fleet", tenants=SHAPE.tenants, users=SHAPE.users, events=SHAPE.events, stdout=said)
    assert "is there already" in said.getvalue()
    assert DirectoryUser.objects.count() == SHAPE.users
