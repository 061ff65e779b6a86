"""What a removal must wait for, what it must not undo, and what must not be left behind."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from identity.cells import pool_ref
from identity.cognito import domains, pools, users
from identity.cognito.endpoint import PoolRef
from identity.models import DirectoryUser, SyncPlan, UnclaimedUser, UnmanagedResource
from identity.services import tenant_lifecycle
from identity.sync import engine
from identity.sync.families import partition
from identity.sync.removal import forget_settled, forget_tenant
from tenants.actor import system
from tenants.errors import Conflict
from tenants.models import Invitation, OutboxEntry, PoolKind, SyncKind, Tenant
from tenants.models.outbox import WAITING
from tenants.services import comparisons
from tenants.services.support import start_support_session
from tenants.services.tenants import set_tenant_applications
from tests.factories import DirectoryUserFactory
from tests.support.cognito import LocalCognito
from tests.support.sync import PRIORITY, Onboard, entry_of, make_due, run_tenant

ACTOR = system("test")


@pytest.fixture
def tenant(onboard: Onboard) -> Tenant:
    """A tenant in a shared pool, in sync, with three users."""
    tenant = onboard(PoolKind.SHARED)
    run_tenant(tenant)
    tenant = Tenant.objects.select_related("pool__cell", "policy").get(pk=tenant.pk)
    for user in DirectoryUserFactory.create_batch(3, tenant=tenant):
        users.create_user(pool_ref(tenant.pool), user.username, {"email": user.email}, priority=PRIORITY)
    return tenant


def end(tenant: Tenant) -> None:
    """Delete a tenant for good, as far as the person goes."""
    tenant_lifecycle.delete_tenant(tenant.pk, confirm_slug=tenant.slug, actor=ACTOR)
    tenant_lifecycle.remove_tenant_now(tenant.pk, confirm_slug=tenant.slug, actor=ACTOR)


def work(tenant: Tenant, times: int = 4) -> None:
    """Do a worker's work for its key."""
    for _ in range(times):
        make_due()
        engine.run(SyncKind.TENANT, tenant.pk)


def names(tenant: Tenant) -> list[str]:
    """The tenant's users in Cognito."""
    found = users.list_by_prefix(pool_ref(tenant.pool), f"{tenant.key}.", priority=PRIORITY)
    return [user.username for user in found]


def test_it_waits_for_an_invitation_that_is_being_accepted(tenant: Tenant) -> None:
    """The request is about to make a user whom nobody would find any more."""
    user = DirectoryUser.objects.filter(tenant=tenant).earliest("email")
    Invitation.objects.create(
        tenant=tenant,
        user_id=user.pk,
        email=user.email,
        expires_at=Now() + timedelta(days=1),
        claimed_until=Now() + timedelta(minutes=1),
    )
    end(tenant)
    work(tenant)
    assert len(names(tenant)) == 3
    assert entry_of(SyncKind.TENANT, tenant).last_error_code == WAITING
    Invitation.objects.update(claimed_until=None)
    work(tenant)
    assert names(tenant) == []
    assert not Tenant.objects.filter(pk=tenant.pk).exists()


def test_it_waits_for_a_worker_that_is_writing_a_user(tenant: Tenant) -> None:
    """Their key is leased until they are done."""
    user = DirectoryUser.objects.filter(tenant=tenant).earliest("email")
    OutboxEntry.objects.create(kind=SyncKind.USER, key=user.pk, lease_until=Now() + timedelta(minutes=1))
    end(tenant)
    work(tenant)
    assert len(names(tenant)) == 3
    OutboxEntry.objects.filter(key=user.pk).update(lease_until=None)
    work(tenant)
    assert names(tenant) == []
    assert not OutboxEntry.objects.filter(kind=SyncKind.USER).exists()


def test_who_was_overtaken_forgets_nobody(tenant: Tenant) -> None:
    """A worker that comes late finds the tenant brought back, or gone already."""
    forget_tenant(tenant.pk)
    tenant_lifecycle.delete_tenant(tenant.pk, confirm_slug=tenant.slug, actor=ACTOR)
    forget_tenant(tenant.pk)
    assert DirectoryUser.objects.filter(tenant=tenant).count() == 3
    tenant_lifecycle.remove_tenant_now(tenant.pk, confirm_slug=tenant.slug, actor=ACTOR)
    work(tenant)
    forget_tenant(tenant.pk)
    assert not Tenant.objects.filter(pk=tenant.pk).exists()


def test_nothing_is_changed_of_who_is_on_their_way_out(tenant: Tenant) -> None:
    """Neither are its applications chosen, nor is it visited; until it is removed for good, both go on."""
    tenant_lifecycle.delete_tenant(tenant.pk, confirm_slug=tenant.slug, actor=ACTOR)
    set_tenant_applications(tenant.pk, [], actor=ACTOR)
    tenant_lifecycle.remove_tenant_now(tenant.pk, confirm_slug=tenant.slug, actor=ACTOR)
    with pytest.raises(Conflict):
        set_tenant_applications(tenant.pk, [], actor=ACTOR)
    with pytest.raises(Conflict):
        start_support_session(tenant.pk, reason="Ticket 42", actor=ACTOR)


def test_nothing_is_owed_or_planned_for_who_is_gone(tenant: Tenant) -> None:
    """Else each removed tenant would be compared every day, and plans would tell its users' addresses."""
    user = DirectoryUser.objects.filter(tenant=tenant).earliest("email")
    SyncPlan.objects.create(scope=SyncKind.USER, key=user.pk)
    invitation = Invitation.objects.create(
        tenant=tenant, user_id=user.pk, email=user.email, expires_at=Now() + timedelta(days=1)
    )
    OutboxEntry.objects.create(kind=SyncKind.INVITATION, key=invitation.pk)
    end(tenant)
    forget_settled()
    assert entry_of(SyncKind.TENANT, tenant).is_owed
    work(tenant)
    forget_settled()
    assert list(OutboxEntry.objects.values_list("kind", "key")) == [(SyncKind.POOL, tenant.pool_id)]
    assert not SyncPlan.objects.filter(scope=SyncKind.USER).exists()


def test_who_was_nobodys_in_a_removed_pool_is_forgotten_too(cognito: LocalCognito, onboard: Onboard) -> None:
    """The row of a removed pool stays, and with it would what hangs on it."""
    tenant = onboard(PoolKind.DEDICATED)
    run_tenant(tenant)
    UnclaimedUser.objects.create(pool=tenant.pool, sub="s", username="somebody", first_seen_at=Now())
    UnmanagedResource.objects.create(pool=tenant.pool, family="group", name="theirs")
    OutboxEntry.objects.create(kind=SyncKind.PULL, key=tenant.pool_id)
    end(tenant)
    for _ in range(4):
        make_due()
        run_tenant(tenant)
    forget_settled()
    assert not Tenant.objects.filter(pk=tenant.pk).exists()
    assert not UnclaimedUser.objects.exists()
    assert not UnmanagedResource.objects.exists()
    assert not OutboxEntry.objects.exists()


def test_its_row_takes_a_slug_that_nobody_can_ask_for(tenant: Tenant) -> None:
    """Else somebody could have it already, and the removal would fail for ever."""
    Tenant.objects.create(slug=f"removed-{tenant.key}", name="In the way", pool=tenant.pool)
    end(tenant)
    work(tenant)
    assert not Tenant.objects.filter(pk=tenant.pk).exists()


def test_a_removal_that_waits_is_not_asked_for_again(cognito: LocalCognito, tenant: Tenant) -> None:
    """Else it would be tried at full speed, whatever went wrong."""
    end(tenant)
    cognito.fault("ListUsers", "access_denied")
    engine.run(SyncKind.TENANT, tenant.pk)
    before = entry_of(SyncKind.TENANT, tenant).next_attempt_at
    assert tenant_lifecycle.request_due_removals() == 0
    assert entry_of(SyncKind.TENANT, tenant).next_attempt_at == before


def test_batches_are_no_failures_and_let_others_in(monkeypatch: pytest.MonkeyPatch, tenant: Tenant) -> None:
    """After many of them a single fault is still the first, and who waits for the pool finds it free."""
    monkeypatch.setattr(partition, "_BATCH", 1)
    end(tenant)
    work(tenant, times=3)
    entry = entry_of(SyncKind.TENANT, tenant)
    assert (entry.attempts, entry.last_error_code) == (0, WAITING)
    assert entry.next_attempt_at is not None
    pause = entry.next_attempt_at - entry.updated_at
    assert pause > timedelta(seconds=1)


def test_a_pool_goes_though_its_domain_was_never_ours(cognito: LocalCognito, onboard: Onboard) -> None:
    """The prefix belongs to another pool: that is left alone, and is no reason to keep ours."""
    tenant = onboard(PoolKind.DEDICATED)
    cell = tenant.pool.cell
    other = onboard(PoolKind.DEDICATED)
    run_tenant(other)
    other = Tenant.objects.select_related("pool__cell").get(pk=other.pk)
    theirs: PoolRef = pool_ref(other.pool)
    domains.delete_domain(theirs, other.pool.domain_prefix, priority=PRIORITY)
    domains.create_domain(theirs, tenant.pool.domain_prefix, login_pages=domains.LoginPages.CLASSIC, priority=PRIORITY)
    run_tenant(tenant)
    end(tenant)
    for _ in range(6):
        make_due()
        run_tenant(tenant)
    assert not Tenant.objects.filter(pk=tenant.pk).exists()
    left = [pool.name for pool in pools.list_pools(theirs.endpoint, priority=PRIORITY)]
    assert cell == other.pool.cell
    assert (tenant.pool.name in left, other.pool.name in left) == (False, True)


def test_only_the_schedule_puts_the_next_comparison_off(tenant: Tenant) -> None:
    """It looks at more than a sync that somebody asked for, and a busy key would never be compared."""
    long_ago = "2020-01-01T00:00:00Z"
    OutboxEntry.objects.update(settled_at=long_ago)
    outbox_row = entry_of(SyncKind.TENANT, tenant)
    OutboxEntry.objects.filter(pk=outbox_row.pk).update(wanted_gen=100)
    make_due()
    engine.run(SyncKind.TENANT, tenant.pk)
    settled = entry_of(SyncKind.TENANT, tenant).settled_at
    assert settled is not None
    assert settled.year == 2020
    assert comparisons.owe_comparisons([SyncKind.TENANT], older_than=timedelta(hours=1), limit=1, spread=timedelta(0))
    engine.run(SyncKind.TENANT, tenant.pk)
    settled = entry_of(SyncKind.TENANT, tenant).settled_at
    assert settled is not None
    assert settled.year > 2020
