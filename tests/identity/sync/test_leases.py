"""Leases: one worker a key, one writer a pool, and a worker that was overtaken writes nothing more."""

import threading
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.db import connection, transaction

from identity.cognito.errors import BudgetSpent
from identity.models import Family, ResourceState, SyncedResource, WriteLease
from identity.sync import engine
from identity.sync.attempt import Attempt
from identity.sync.changes import Change
from identity.sync.converge import Work, converge
from identity.sync.errors import Blocked, NotYet
from identity.sync.families.domain import DomainSpec
from identity.sync.family import Fact, ResourceFamily, Site, Step
from identity.sync.write_lease import pool_writer
from tenants.models import OutboxEntry, PoolKind, SyncKind, Tenant, UserPool
from tenants.services import outbox
from tests.support.cognito import LocalCognito
from tests.support.sync import (
    Onboard,
    assert_exactly_one_of_each,
    entry_of,
    let_leases_expire,
    make_due,
    request_tenant,
    run_tenant,
)
from tests.support.waiting import eventually


@pytest.fixture
def tenant(onboard: Onboard) -> Tenant:
    """A tenant that is owed everything."""
    return onboard(PoolKind.DEDICATED)


def lease_pool(tenant: Tenant) -> outbox.Lease:
    """Take the tenant's pool on."""
    lease = outbox.take_lease(SyncKind.POOL, tenant.pool_id)
    assert lease is not None
    return lease


def test_a_hundred_edits_are_one_reconcile(cognito: LocalCognito, tenant: Tenant) -> None:
    """The outbox holds one row a key, whatever is asked for."""
    for _ in range(100):
        request_tenant(tenant)
    run_tenant(tenant)
    assert cognito.applied("CreateUserPool") == 1
    assert not entry_of(SyncKind.POOL, tenant).is_owed
    cognito.forget_calls()
    run_tenant(tenant)
    assert cognito.calls() == []


def test_a_key_is_leased_once(tenant: Tenant) -> None:
    """Until it is given back or runs off."""
    lease_pool(tenant)
    assert outbox.take_lease(SyncKind.POOL, tenant.pool_id) is None
    let_leases_expire()
    assert outbox.take_lease(SyncKind.POOL, tenant.pool_id) is not None


def test_a_change_during_the_work_is_still_owed_after_it(tenant: Tenant) -> None:
    """What was read may be older than the change."""
    lease = lease_pool(tenant)
    request_tenant(tenant)
    outbox.settle(lease)
    assert entry_of(SyncKind.POOL, tenant).is_owed
    assert outbox.take_lease(SyncKind.POOL, tenant.pool_id) is not None


def test_a_change_during_the_work_is_not_put_off_by_its_failure(tenant: Tenant) -> None:
    """The failure was about older wishes."""
    lease = lease_pool(tenant)
    request_tenant(tenant)
    outbox.postpone(lease, delay=timedelta(hours=1), code="x", error="x")
    assert outbox.take_lease(SyncKind.POOL, tenant.pool_id) is not None


def test_a_failure_is_put_off(tenant: Tenant) -> None:
    """With its reason; the attempts are counted until a change or a success."""
    outbox.postpone(lease_pool(tenant), delay=timedelta(hours=1), code="Oops", error="It broke.", remedy="Mend it.")
    entry = entry_of(SyncKind.POOL, tenant)
    assert (entry.attempts, entry.last_error_code, entry.last_error, entry.remedy) == (
        1,
        "Oops",
        "It broke.",
        "Mend it.",
    )
    assert outbox.take_lease(SyncKind.POOL, tenant.pool_id) is None
    assert outbox.due(10) == [(SyncKind.TENANT, tenant.pk)]
    request_tenant(tenant)
    assert entry_of(SyncKind.POOL, tenant).attempts == 0


@pytest.mark.parametrize("ending", ["renew", "settle", "postpone"])
def test_an_overtaken_worker_is_told(tenant: Tenant, ending: str) -> None:
    """And changes nothing of the row that is another's now."""
    old = lease_pool(tenant)
    let_leases_expire()
    new = lease_pool(tenant)
    endings = {
        "renew": lambda: outbox.renew_lease(old),
        "settle": lambda: outbox.settle(old),
        "postpone": lambda: outbox.postpone(old, delay=timedelta(hours=1), code="x", error="x"),
    }
    with pytest.raises(outbox.LeaseLost):
        endings[ending]()
    entry = entry_of(SyncKind.POOL, tenant)
    assert entry.lease_token == new.token
    assert entry.last_error == ""


def test_a_lease_is_not_taken_inside_a_transaction(tenant: Tenant) -> None:
    """Nobody else would see it."""
    with transaction.atomic(), pytest.raises(RuntimeError):
        engine.run(SyncKind.POOL, tenant.pool_id)


def test_a_pool_has_one_writer(tenant: Tenant) -> None:
    """The next one comes back shortly; when the first is through, its row is gone."""
    attempt = Attempt(lease_pool(tenant))
    with pool_writer(attempt, tenant.pool), pytest.raises(NotYet), pool_writer(attempt, tenant.pool):
        pytest.fail("two writers")
    with pool_writer(attempt, tenant.pool):
        pass
    assert not WriteLease.objects.exists()


def work_while_a_tenant_waits(tenant: Tenant, failure: Exception | None = None) -> None:
    """Hold the pool's write lease while its tenant's key is tried, and let go, because of `failure` if there is one."""
    with pool_writer(Attempt(lease_pool(tenant)), tenant.pool):
        UserPool.objects.filter(pk=tenant.pool_id).update(cognito_id="us-east-1_elsewhere")
        engine.run(SyncKind.TENANT, tenant.pk)
        assert (SyncKind.TENANT, tenant.pk) not in outbox.due(10)
        if failure is not None:
            raise failure


def test_who_waits_for_a_pool_is_woken_when_its_writer_is_through(tenant: Tenant) -> None:
    """At once, and not by looking again and again: many may wait for one pool."""
    work_while_a_tenant_waits(tenant)
    assert (SyncKind.TENANT, tenant.pk) in outbox.due(10)


def test_nobody_is_woken_when_the_budget_is_spent(tenant: Tenant) -> None:
    """They would be put off too."""
    spent = BudgetSpent("UserPoolClientUpdate", "CreateUserPoolClient", 3.0)
    with pytest.raises(BudgetSpent):
        work_while_a_tenant_waits(tenant, spent)
    assert (SyncKind.TENANT, tenant.pk) not in outbox.due(10)


def test_a_writer_that_was_overtaken_is_told(tenant: Tenant) -> None:
    """Its lease ran off and another took it."""
    attempt = Attempt(lease_pool(tenant))
    with pool_writer(attempt, tenant.pool) as old:
        WriteLease.objects.update(expires_at="2020-01-01T00:00:00Z")
        with pool_writer(attempt, tenant.pool) as new:
            new.before_write()
            with pytest.raises(outbox.LeaseLost):
                old.before_write()


@pytest.mark.parametrize("operation", ["CreateUserPool", "SetUserPoolMfaConfig", "CreateUserPoolDomain"])
def test_a_paused_worker_writes_nothing_after_it_was_overtaken(
    cognito: LocalCognito, tenant: Tenant, operation: str
) -> None:
    """A worker stands still in a call, past its lease, while another does all the work; then it goes on."""
    cognito.fault(operation, "hold_after")
    paused = threading.Thread(target=_run_in_thread, args=(tenant,))
    paused.start()
    eventually(cognito.is_holding)
    let_leases_expire()
    for _ in range(2):
        run_tenant(tenant)
        make_due()
    assert_exactly_one_of_each(tenant)
    cognito.forget_calls()
    cognito.clear_faults()
    paused.join()
    assert cognito.writes() == []
    assert not OutboxEntry.objects.filter(last_error__gt="").exists()


def _run_in_thread(tenant: Tenant) -> None:
    try:
        engine.run(SyncKind.POOL, tenant.pool_id)
    finally:
        connection.close()


@pytest.mark.parametrize("fails", [True, False])
def test_an_overtaken_worker_leaves_the_record_alone(tenant: Tenant, fails: bool) -> None:
    """Neither its failure nor its success says anything about the resource any more."""
    attempt = Attempt(lease_pool(tenant))
    step = Step(_Overtaken(tenant, fails=fails), "name", DomainSpec("prefix", "https://prefix.example"))
    with pytest.raises(outbox.LeaseLost):
        converge(attempt, Work([step], tenant.pool, tenant), guard=attempt)
    assert SyncedResource.objects.get(name="name").state == ResourceState.PENDING


class _Overtaken(ResourceFamily[DomainSpec, str]):
    """A resource during whose observation another worker takes the key over."""

    family = Family.DOMAIN
    in_pool = False

    def __init__(self, tenant: Tenant, *, fails: bool) -> None:
        self._tenant = tenant
        self._fails = fails

    def facts(self, spec: DomainSpec) -> tuple[Fact, ...]:
        return ()

    def observe(self, site: Site, spec: DomainSpec) -> str:
        let_leases_expire()
        lease_pool(self._tenant)
        if self._fails:
            raise Blocked("Gone", "It is gone.", remedy="Look for it.")
        return "live"

    def diff(self, spec: DomainSpec, live: str) -> list[Change]:
        return []

    def update(self, site: Site, spec: DomainSpec, live: str, changes: Sequence[Change]) -> str:
        return live

    def remote_id(self, live: str) -> str:
        return live


def test_two_workers_for_one_key(cognito: LocalCognito, tenant: Tenant) -> None:
    """The same message twice, at once and again later: the work is done once."""
    workers = [threading.Thread(target=_run_in_thread, args=(tenant,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    engine.run(SyncKind.POOL, tenant.pool_id)
    assert cognito.operations().count("CreateUserPool") == 1
    assert cognito.operations().count("CreateUserPoolDomain") == 1
