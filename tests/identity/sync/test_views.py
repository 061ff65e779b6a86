"""What pages are told: states, previews, activity; and the command."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from identity.models import Family, ResourceState, WorkerHeartbeat
from identity.sync import activity, registry, selectors
from identity.sync.attempt import Attempt
from identity.sync.preview import TenantDraft, planned_resources
from identity.sync.tasks import heartbeat, reconcile, sweep
from tenants.models import Cell, MfaPolicy, OutboxEntry, PoolKind, SyncKind, Tenant, UserPool
from tenants.services import outbox
from tests.factories import CellFactory, TenantFactory, UserPoolFactory
from tests.support.cognito import LocalCognito
from tests.support.sync import Onboard, entry_of, make_due, run_tenant

DRAFT = TenantDraft(name="Acme", slug="acme", mfa=MfaPolicy.REQUIRED, password_min_length=16)


@pytest.fixture
def cell(db: None) -> Cell:
    """A cell that nothing is asked of."""
    return CellFactory.create(region="eu-west-1")


def rows_in(state: ResourceState | None = None, limit: int = 50) -> list[activity.ActivityRow]:
    """Return what was asked of the workers, the last touched first."""
    return activity.activity_page(activity.find_entries(state=state), cursor="", size=limit).rows


@pytest.mark.parametrize("kind", list(PoolKind))
def test_the_preview_says_what_is_created(cognito: LocalCognito, onboard: Onboard, kind: PoolKind) -> None:
    """The same families in the same order, and the same facts, as the tenant then has."""
    tenant = onboard(kind)
    draft = TenantDraft(name=tenant.name, slug=tenant.slug)
    planned = planned_resources(kind, draft, None, cell=tenant.pool.cell)
    run_tenant(tenant)
    shown = selectors.resources_for_tenant(Tenant.objects.get(pk=tenant.pk))
    assert [resource.family for resource in planned] == [view.family for view in shown]
    assert [resource.facts for resource in planned if resource.family != Family.DOMAIN] == [
        view.facts for view in shown if view.family != Family.DOMAIN
    ]
    assert all(resource.is_new for resource in planned)


def test_the_preview_follows_the_draft_and_creates_nothing(cell: Cell) -> None:
    """A name that is drawn at random later shows as an ellipsis."""
    planned = {resource.family: resource for resource in planned_resources(PoolKind.DEDICATED, DRAFT, None, cell=cell)}
    assert planned["pool"].name == "lg-…"
    assert planned["client"].name == "…-signin"
    assert planned["domain"].facts[0].value == "https://lg-….auth.eu-west-1.amazoncognito.com"
    assert "16 characters or more" in planned["pool"].facts[0].value
    assert planned["mfa"].facts[0].value == "required"
    assert not UserPool.objects.exists()


def test_the_preview_of_a_place_in_a_shared_pool(cell: Cell) -> None:
    """The pool is there already, and does not follow one tenant's policy."""
    pool = UserPoolFactory.create(cell=cell, kind=PoolKind.SHARED)
    planned = planned_resources(PoolKind.SHARED, DRAFT, pool, cell=cell)
    assert [resource.is_new for resource in planned] == [False, False, False, True]
    assert planned[0].name == pool.name
    assert planned[1].facts[0].value == "optional"


def test_a_failure_shows_with_what_to_do(cognito: LocalCognito, onboard: Onboard) -> None:
    """On the resource, in the summary, and in the fleet's activity; a tenant that waits for its pool says so."""
    tenant = onboard(PoolKind.DEDICATED)
    UserPool.objects.filter(pk=tenant.pool_id).update(cognito_id="us-east-1_gonegone1")
    run_tenant(tenant)
    summary = selectors.tenant_sync_summary(Tenant.objects.get(pk=tenant.pk))
    assert summary.state == ResourceState.BLOCKED
    assert summary.remedy
    assert summary.is_settled
    blocked = rows_in(state=ResourceState.BLOCKED)
    assert {row.label: row.affects for row in blocked}[tenant.pool.name] == tenant.name
    assert all(row.remedy and row.last_error and row.next_attempt_at for row in blocked)


def test_activity_by_state(cognito: LocalCognito, onboard: Onboard) -> None:
    """Newest first; what is leased is being worked on."""
    done, waiting, working = (onboard(PoolKind.SHARED) for _ in range(3))
    run_tenant(done)
    assert outbox.take_lease(SyncKind.POOL, working.pool_id) is not None
    assert activity.activity_counts() == {
        ResourceState.IN_SYNC: 2,
        ResourceState.SYNCING: 1,
        ResourceState.PENDING: 3,
    }
    (syncing,) = rows_in(state=ResourceState.SYNCING)
    assert (syncing.kind, syncing.label, syncing.attempts) == ("User pool", working.pool.name, 1)
    assert {row.key for row in rows_in(state=ResourceState.IN_SYNC)} == {done.pk, done.pool_id}
    newest = rows_in(limit=2)
    assert [row.updated_at for row in newest] == sorted((row.updated_at for row in newest), reverse=True)
    assert waiting.pk in {row.key for row in rows_in(state=ResourceState.PENDING)}


def test_many_tenants_cost_as_many_queries_as_one(cognito: LocalCognito, onboard: Onboard) -> None:
    """The list of tenants shows a state each."""
    for _ in range(3):
        onboard(PoolKind.DEDICATED)
    tenants = list(Tenant.objects.select_related("pool__cell", "policy"))
    with CaptureQueriesContext(connection) as for_one:
        selectors.tenant_sync_summaries(tenants[:1])
    with CaptureQueriesContext(connection) as for_all:
        summaries = selectors.tenant_sync_summaries(tenants)
    assert len(for_all) == len(for_one)
    assert {summary.state for summary in summaries.values()} == {ResourceState.PENDING}
    assert {summary.total for summary in summaries.values()} == {4}


def test_no_tenants_have_no_summaries(db: None) -> None:
    """And not those of everybody."""
    assert selectors.tenant_sync_summaries([]) == {}


@pytest.fixture
def broken_handler(monkeypatch: pytest.MonkeyPatch) -> None:
    """A handler with a fault in it, in place of the one for tenants."""

    def fail(attempt: Attempt) -> None:
        raise ZeroDivisionError("in the middle")

    monkeypatch.setitem(registry._handlers, SyncKind.TENANT, fail)  # noqa: SLF001  # There is no way to unregister.


@pytest.mark.usefixtures("broken_handler")
def test_a_fault_in_the_program_loses_nothing(
    cognito: LocalCognito, onboard: Onboard, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged with its traceback and tried again; pages say that it fails."""
    tenant = onboard(PoolKind.SHARED)
    run_tenant(tenant)
    entry = entry_of(SyncKind.TENANT, tenant)
    assert (entry.is_owed, entry.attempts, entry.last_error_code) == (True, 1, "ZeroDivisionError")
    assert entry.lease_until is None
    assert any(record.exc_info and record.exc_info[0] is ZeroDivisionError for record in caplog.records)
    views = {view.family: view for view in selectors.resources_for_tenant(Tenant.objects.get(pk=tenant.pk))}
    assert views["client"].state == ResourceState.FAILING


def test_a_kind_has_one_handler() -> None:
    """A second one is a mistake in the program, as is a kind without any."""

    def other(attempt: Attempt) -> None:
        """Do nothing."""

    with pytest.raises(ValueError, match="handler already"):
        registry.register(SyncKind.POOL, other)


def test_the_tasks(cognito: LocalCognito, onboard: Onboard) -> None:
    """Called as Celery calls them: a message too many does nothing, the sweep wakes what is due, the heart beats."""
    tenant = onboard(PoolKind.DEDICATED)
    reconcile(str(SyncKind.POOL), str(tenant.pool_id))
    reconcile(str(SyncKind.TENANT), str(tenant.pk))
    cognito.forget_calls()
    reconcile(str(SyncKind.TENANT), str(tenant.pk))
    assert cognito.calls() == []
    sweep()
    assert selectors.worker_last_seen() is None
    heartbeat()
    heartbeat()
    seen = selectors.worker_last_seen()
    assert seen is not None
    assert seen > timezone.now() - timedelta(minutes=1)
    assert WorkerHeartbeat.objects.count() == 1


def test_due_is_what_can_be_done_now(onboard: Onboard) -> None:
    """The longest waiting first, and no more than asked for."""
    first, second = onboard(PoolKind.SHARED), onboard(PoolKind.SHARED)
    assert outbox.due(2) == [(SyncKind.POOL, first.pool_id), (SyncKind.TENANT, first.pk)]
    OutboxEntry.objects.filter(key=first.pk).update(next_attempt_at=timezone.now() + timedelta(hours=1))
    assert (SyncKind.TENANT, first.pk) not in outbox.due(10)
    make_due()
    assert len(outbox.due(10)) == 4
    assert second.pk in {key for _, key in outbox.due(10)}


def test_owing_belongs_to_a_transaction(transactional_db: None) -> None:
    """Otherwise a crash between the change and the request would lose it."""
    with pytest.raises(transaction.TransactionManagementError):
        outbox.request_sync(SyncKind.TENANT, TenantFactory.create().pk)


def test_a_domain_is_where_the_cell_has_its_hosted_pages(cell: Cell) -> None:
    """An emulator's pages are not at the host name of AWS."""
    cell.hosted_base_url = "http://localhost:4566"
    planned = planned_resources(PoolKind.DEDICATED, DRAFT, None, cell=cell)
    domain = next(resource for resource in planned if resource.family == Family.DOMAIN)
    assert domain.facts[0].value == "http://localhost:4566"
