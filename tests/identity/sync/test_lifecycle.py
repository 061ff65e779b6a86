"""Suspending, deleting, bringing back and removing tenants, beside neighbours who notice nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from identity.cells import endpoint_of, pool_ref
from identity.cognito import app_clients, pools, users
from identity.models import AppClient, DirectoryUser, SyncedResource
from identity.services import tenant_lifecycle
from identity.sync import engine
from tenants.actor import Actor, system
from tenants.audit_actions import Action
from tenants.errors import Conflict, NotFound, ValidationFailed
from tenants.models import AuditEvent, FleetSettings, OutboxEntry, PoolKind, SyncKind, Tenant, TenantStatus, UserPool
from tenants.permissions import TenantRole
from tenants.services import audit, outbox
from tests.factories import DirectoryUserFactory, MemberFactory, TenantFactory
from tests.support.cognito import LocalCognito
from tests.support.sync import PRIORITY, Onboard, let_grace_pass, make_due, nothing_is_owed, run_tenant

ACTOR = system("test")


@pytest.fixture
def tenant(onboard: Onboard) -> Tenant:
    """A tenant in a shared pool, with two users."""
    return populated(onboard(PoolKind.SHARED))


def populated(tenant: Tenant) -> Tenant:
    """Bring a tenant into sync and put two users into it."""
    run_tenant(tenant)
    tenant = Tenant.objects.select_related("pool__cell", "policy").get(pk=tenant.pk)
    for user in DirectoryUserFactory.create_batch(2, tenant=tenant):
        users.create_user(pool_ref(tenant.pool), user.username, {"email": user.email}, priority=PRIORITY)
    return tenant


def neighbour_of(tenant: Tenant) -> Tenant:
    """Another tenant in the same pool, with two users and a key that ends alike."""
    # No key that is made has vowels, so that this one is nobody's.
    neighbour: Tenant = TenantFactory.create(slug="next-door", key="aa" + tenant.key[2:], pool=tenant.pool)
    with transaction.atomic():
        outbox.request_sync(SyncKind.TENANT, neighbour.pk)
    return populated(neighbour)


def flows_of(tenant: Tenant) -> list[str]:
    """The ways in that the tenant's app client has in Cognito."""
    client_id = AppClient.objects.get(tenant=tenant).client_id
    document = app_clients.describe_client(pool_ref(tenant.pool), client_id, priority=PRIORITY).document
    return sorted(document["ExplicitAuthFlows"])


def remove(tenant: Tenant) -> None:
    """Delete a tenant, let the retention time pass, and do the workers' work until nothing is owed."""
    tenant_lifecycle.delete_tenant(tenant.pk, confirm_slug=tenant.slug, actor=ACTOR)
    engine.run(SyncKind.TENANT, tenant.pk)
    Tenant.objects.filter(pk=tenant.pk).update(purge_after=timezone.now())
    tenant_lifecycle.request_due_removals()
    finish(tenant)


def finish(tenant: Tenant) -> None:
    """Do the workers' work for a tenant until nothing is owed."""
    for _ in range(6):
        make_due()
        run_tenant(tenant)
    assert nothing_is_owed()


def test_a_suspended_tenant_is_closed_and_opens_again(cognito: LocalCognito, tenant: Tenant) -> None:
    """Also towards Cognito itself; sessions do not come back with it."""
    before = flows_of(tenant)
    owner = DirectoryUserFactory.create(tenant=tenant, role=TenantRole.OWNER)
    dashboard = Client()
    dashboard.force_login(MemberFactory.create(user=owner))
    assert dashboard.get(f"/t/{tenant.slug}/").status_code == 200
    tenant_lifecycle.suspend_tenant(tenant.pk, actor=ACTOR)
    engine.run(SyncKind.TENANT, tenant.pk)
    assert flows_of(tenant) == ["ALLOW_REFRESH_TOKEN_AUTH"]
    assert not DirectoryUser.objects.filter(tenant=tenant, signed_out_at=None).exists()
    assert dashboard.get(f"/t/{tenant.slug}/").status_code == 302
    tenant_lifecycle.resume_tenant(tenant.pk, actor=ACTOR)
    engine.run(SyncKind.TENANT, tenant.pk)
    assert flows_of(tenant) == before
    assert dashboard.get(f"/t/{tenant.slug}/").status_code == 302
    actions = AuditEvent.objects.filter(tenant=tenant).values_list("action", flat=True)
    assert [Action(action) for action in actions] == [Action.TENANT_RESUMED, Action.TENANT_SUSPENDED]


def test_a_deleted_tenant_comes_back_as_it_was(cognito: LocalCognito, tenant: Tenant) -> None:
    """Nothing is removed within the fleet's retention time."""
    FleetSettings.objects.create(retention_days=7)
    before = flows_of(tenant)
    deleted = tenant_lifecycle.delete_tenant(tenant.pk, confirm_slug=tenant.slug, actor=ACTOR)
    assert deleted.purge_after is not None
    assert timedelta(days=6) < deleted.purge_after - timezone.now() < timedelta(days=7)
    assert tenant_lifecycle.request_due_removals() == 0
    engine.run(SyncKind.TENANT, tenant.pk)
    tenant_lifecycle.restore_tenant(tenant.pk, actor=ACTOR)
    engine.run(SyncKind.TENANT, tenant.pk)
    assert flows_of(tenant) == before
    assert len(list(users.list_by_prefix(pool_ref(tenant.pool), f"{tenant.key}.", priority=PRIORITY))) == 2


def test_a_tenant_that_was_suspended_comes_back_suspended(tenant: Tenant) -> None:
    """Deleting it was not meant to let anybody in again."""
    tenant_lifecycle.suspend_tenant(tenant.pk, actor=ACTOR)
    tenant_lifecycle.delete_tenant(tenant.pk, confirm_slug=tenant.slug, actor=ACTOR)
    assert tenant_lifecycle.restore_tenant(tenant.pk, actor=ACTOR).status == TenantStatus.SUSPENDED
    tenant_lifecycle.resume_tenant(tenant.pk, actor=ACTOR)
    tenant_lifecycle.delete_tenant(tenant.pk, confirm_slug=tenant.slug, actor=ACTOR)
    assert tenant_lifecycle.restore_tenant(tenant.pk, actor=ACTOR).status == TenantStatus.ACTIVE


def test_a_removed_partition_leaves_its_neighbour_alone(cognito: LocalCognito, tenant: Tenant) -> None:
    """Users, app client and rows go; the audit log and the neighbour stay."""
    neighbour = neighbour_of(tenant)
    slug, ref = tenant.slug, pool_ref(tenant.pool)
    cognito.forget_calls()
    remove(tenant)
    left = [user.username for user in users.list_by_prefix(ref, "", priority=PRIORITY)]
    assert len(left) == 2
    assert all(name.startswith(f"{neighbour.key}.") for name in left)
    assert [client.name for client in app_clients.list_clients(ref, priority=PRIORITY)] == [
        neighbour.client_name(AppClient.SIGN_IN)
    ]
    written = [call for call in cognito.calls() if call.is_write]
    assert not [call for call in written if call.key is not None and neighbour.key in call.key]
    assert not Tenant.objects.filter(pk=tenant.pk).exists()
    assert not DirectoryUser.objects.filter(tenant_id=tenant.pk).exists()
    assert not SyncedResource.objects.filter(key=tenant.pk).exists()
    Tenant.objects.create(slug=slug, name="Again", pool=tenant.pool)
    assert AuditEvent.objects.filter(tenant_id=tenant.pk, action=Action.TENANT_REMOVED).exists()
    assert [link for link in map(audit.verify, audit.chains()) if link is not None] == []


def test_a_removed_dedicated_tenant_takes_its_pool_along(cognito: LocalCognito, onboard: Onboard) -> None:
    """Deletion protection is taken off, the domain goes first, and nothing is left to compare."""
    tenant = populated(onboard(PoolKind.DEDICATED))
    remove(tenant)
    listed = pools.list_pools(endpoint_of(tenant.pool.cell), priority=PRIORITY)
    assert tenant.pool.name not in [pool.name for pool in listed]
    assert not UserPool.objects.filter(pk=tenant.pool_id).exists()
    assert not SyncedResource.objects.filter(key__in=[tenant.pk, tenant.pool_id]).exists()
    assert not OutboxEntry.objects.filter(kind=SyncKind.POOL).exists()


def test_a_tenant_that_was_never_set_up_can_be_removed(cognito: LocalCognito, onboard: Onboard) -> None:
    """Nothing was made for it, so that nothing has to go."""
    tenant = onboard(PoolKind.DEDICATED)
    OutboxEntry.objects.all().delete()
    remove(tenant)
    assert cognito.writes() == []


@pytest.mark.usefixtures("long_grace")
def test_what_cognito_does_not_show_yet_is_not_left_behind(cognito: LocalCognito, onboard: Onboard) -> None:
    """A tenant that is removed as soon as it is made: its client is there, and not seen by the first who look."""
    cognito.hide_created("CreateUserPoolClient", reads=2)
    tenant = onboard(PoolKind.SHARED)
    run_tenant(tenant)
    Tenant.objects.filter(pk=tenant.pk).update(status=TenantStatus.DELETED, purge_after=timezone.now())
    tenant_lifecycle.request_due_removals()
    finish(tenant)
    tenant.pool.refresh_from_db()
    clients = app_clients.list_clients(pool_ref(tenant.pool), priority=PRIORITY)
    assert [client.name for client in clients if client.name.startswith(tenant.key)] == []


@pytest.mark.parametrize("operation", ["DeleteUserPool", "DeleteUserPoolDomain"])
def test_a_lost_answer_to_a_deletion_is_no_obstacle(cognito: LocalCognito, onboard: Onboard, operation: str) -> None:
    """What is gone is gone."""
    tenant = populated(onboard(PoolKind.DEDICATED))
    let_grace_pass()
    cognito.fault(operation, "timeout_after")
    remove(tenant)
    assert not UserPool.objects.filter(pk=tenant.pool_id).exists()


@pytest.mark.parametrize(
    ("status", "act"),
    [
        (TenantStatus.ACTIVE, tenant_lifecycle.resume_tenant),
        (TenantStatus.ACTIVE, tenant_lifecycle.restore_tenant),
        (TenantStatus.SUSPENDED, tenant_lifecycle.suspend_tenant),
        (TenantStatus.DELETED, tenant_lifecycle.suspend_tenant),
        (TenantStatus.DELETED, tenant_lifecycle.resume_tenant),
    ],
)
def test_what_the_state_does_not_allow_is_refused(
    tenant: Tenant, status: TenantStatus, act: Callable[..., Tenant]
) -> None:
    """A page may be out of date."""
    Tenant.objects.filter(pk=tenant.pk).update(status=status)
    with pytest.raises(Conflict):
        act(tenant.pk, actor=ACTOR)


def test_a_tenant_whose_removal_has_begun_cannot_come_back(tenant: Tenant) -> None:
    """Half of it may be gone."""
    tenant_lifecycle.delete_tenant(tenant.pk, confirm_slug=tenant.slug, actor=ACTOR)
    tenant_lifecycle.remove_tenant_now(tenant.pk, confirm_slug=tenant.slug, actor=ACTOR)
    with pytest.raises(Conflict):
        tenant_lifecycle.restore_tenant(tenant.pk, actor=ACTOR)


@pytest.mark.parametrize("act", [tenant_lifecycle.delete_tenant])
def test_the_slug_has_to_be_typed(tenant: Tenant, act: Callable[..., Tenant]) -> None:
    """Nothing happens otherwise."""
    with pytest.raises(ValidationFailed):
        act(tenant.pk, confirm_slug="another", actor=ACTOR)
    tenant.refresh_from_db()
    assert tenant.status == TenantStatus.ACTIVE


def test_a_removed_tenant_cannot_be_found(cognito: LocalCognito, tenant: Tenant) -> None:
    """Not even to be removed again."""
    remove(tenant)
    actor: Actor = ACTOR
    with pytest.raises(NotFound):
        tenant_lifecycle.suspend_tenant(tenant.pk, actor=actor)
