"""A bulk job whose starter may not go on with it: it pauses with the reason, and somebody else resumes it."""

from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from identity.actors import as_user
from identity.models import BulkJob, BulkKind, BulkState, DirectoryUser, UserStatus
from identity.services.bulk_input import Person
from identity.services.bulk_jobs import cancel_job, resume_job
from identity.services.tenant_lifecycle import resume_tenant, suspend_tenant
from identity.services.users import disable_user, set_user_role
from identity.sync.bulk import CHUNK
from tenants.actor import ANONYMOUS, Actor
from tenants.audit_actions import Action
from tenants.models import Account, AuditEvent, PoolKind, Tenant
from tenants.permissions import SUPPORT_PERMISSIONS, TENANT_PERMISSIONS, OperatorRole, TenantRole
from tests.factories import DirectoryUserFactory, OperatorFactory, actor_of
from tests.support.bulk import SYSTEM, carried_out, chunk, people, started, usernames_in
from tests.support.sync import Onboard, make_due, run_tenant

COUNT = CHUNK * 2 + 50


@pytest.fixture
def tenant(onboard: Onboard) -> Tenant:
    """A tenant in a shared pool, in sync, with an owner who stays."""
    tenant = onboard(PoolKind.SHARED)
    run_tenant(tenant)
    DirectoryUserFactory.create(tenant=tenant, role=TenantRole.OWNER)
    return Tenant.objects.select_related("pool__cell").get(pk=tenant.pk)


def acting(user: DirectoryUser) -> Actor:
    """The user in the dashboard."""
    return replace(as_user(ANONYMOUS, user), permissions=TENANT_PERMISSIONS[TenantRole(user.role)])


def member(tenant: Tenant, role: TenantRole) -> Actor:
    """Another user with a role."""
    return acting(DirectoryUserFactory.create(tenant=tenant, role=role))


def support(role: OperatorRole) -> Actor:
    """An operator on a visit."""
    return replace(actor_of(OperatorFactory.create(role=role)), permissions=SUPPORT_PERMISSIONS[role])


def begun(tenant: Tenant, actor: Actor) -> BulkJob:
    """A job of which one chunk a lane is done."""
    job = started(tenant, BulkKind.CREATE, people(COUNT), actor=actor)
    chunk(job)
    return job


def go_on(job: BulkJob) -> BulkJob:
    """Let workers come by again."""
    make_due()
    chunk(job)
    job.refresh_from_db()
    return job


def disabled(tenant: Tenant, actor: Actor) -> None:
    disable_user(tenant, DirectoryUser.objects.get(pk=actor.id).pk, actor=SYSTEM)


def demoted(tenant: Tenant, actor: Actor) -> None:
    set_user_role(tenant, DirectoryUser.objects.get(pk=actor.id).pk, role=TenantRole.AUDITOR, actor=SYSTEM)


def deleted(tenant: Tenant, actor: Actor) -> None:
    DirectoryUser.objects.filter(pk=actor.id).update(status=UserStatus.DELETING)


def suspended(tenant: Tenant, actor: Actor) -> None:
    suspend_tenant(tenant.pk, actor=SYSTEM)


@pytest.mark.parametrize("put_out", [disabled, demoted, deleted, suspended])
def test_it_pauses_when_its_starter_is_out(tenant: Tenant, put_out: object) -> None:
    """Not another user is begun with; what was begun is brought to its end, and the log says why."""
    assert callable(put_out)
    admin = member(tenant, TenantRole.ADMIN)
    job = begun(tenant, admin)
    put_out(tenant, admin)
    job = go_on(go_on(job))
    assert job.state == BulkState.PAUSED
    assert admin.label in job.pause_reason
    assert 0 < job.done < COUNT
    assert len(usernames_in(tenant)) == job.done
    told = AuditEvent.objects.get(action=Action.BULK_PAUSED, tenant=tenant)
    assert told.after["reason"] == job.pause_reason


def test_somebody_else_resumes_it_in_their_own_name(tenant: Tenant) -> None:
    """The rest is theirs in the log."""
    admin, other = member(tenant, TenantRole.ADMIN), member(tenant, TenantRole.ADMIN)
    job = begun(tenant, admin)
    disabled(tenant, admin)
    job = go_on(job)
    settled = job.settled
    resume_job(tenant, job.pk, actor=other)
    job = carried_out(job)
    assert (job.done, job.pause_reason) == (COUNT, "")
    made = AuditEvent.objects.filter(action=Action.USER_CREATED, tenant=tenant)
    assert made.filter(actor_id=admin.id).count() == settled
    assert made.filter(actor_id=other.id).count() == COUNT - settled


def test_a_tenant_that_is_resumed_lets_its_job_be_resumed(tenant: Tenant) -> None:
    """By who started it, too; by itself it does not go on."""
    admin = member(tenant, TenantRole.ADMIN)
    job = begun(tenant, admin)
    suspended(tenant, admin)
    go_on(job)
    resume_tenant(tenant.pk, actor=SYSTEM)
    assert go_on(job).state == BulkState.PAUSED
    resume_job(tenant, job.pk, actor=admin)
    assert carried_out(job).done == COUNT


def test_a_paused_job_can_be_canceled(tenant: Tenant) -> None:
    """Then nothing is said of a pause any more."""
    admin = member(tenant, TenantRole.ADMIN)
    job = begun(tenant, admin)
    disabled(tenant, admin)
    job = go_on(job)
    cancel_job(tenant, job.pk, actor=SYSTEM)
    job.refresh_from_db()
    assert (job.state, job.pause_reason) == (BulkState.CANCELED, "")


def test_who_lost_a_part_of_their_permissions_does_only_what_is_left(tenant: Tenant) -> None:
    """An owner who became an admin no longer changes who has a role."""
    owner = member(tenant, TenantRole.OWNER)
    target = DirectoryUserFactory.create(tenant=tenant, role=TenantRole.ADMIN)
    job = started(tenant, BulkKind.DISABLE, [Person(2, target.email)], actor=owner)
    set_user_role(tenant, DirectoryUser.objects.get(pk=owner.id).pk, role=TenantRole.ADMIN, actor=SYSTEM)
    job = carried_out(job)
    target.refresh_from_db()
    assert (job.failed, target.status) == (1, UserStatus.ACTIVE)


@pytest.mark.parametrize("change", [{"is_active": False}, {"operator_role": OperatorRole.AUDITOR}])
def test_an_operator_who_is_out_stops_too(tenant: Tenant, change: dict[str, object]) -> None:
    """Whether they left or may only look now; the end of a visit alone stops nothing."""
    operator = support(OperatorRole.SUPPORT)
    job = begun(tenant, operator)
    job.refresh_from_db()
    assert job.state == BulkState.RUNNING
    Account.objects.filter(pk=operator.id).update(**change)
    assert go_on(job).state == BulkState.PAUSED


def test_the_page_says_why_and_offers_to_resume(tenant: Tenant, client: Client) -> None:
    """To who may; with the state in the list, too."""
    admin, other = member(tenant, TenantRole.ADMIN), DirectoryUserFactory.create(tenant=tenant, role=TenantRole.ADMIN)
    job = begun(tenant, admin)
    disabled(tenant, admin)
    job = go_on(job)
    client.force_login(Account.objects.for_member(tenant=tenant, subject=other.pk))
    page = " ".join(client.get(reverse("tenant:bulk-job", args=[tenant.slug, job.pk])).content.decode().split())
    assert f"{admin.label}, who asked for this, is disabled or deleted." in page
    assert "Resume" in page
    assert "every 2s" not in page
    client.post(reverse("tenant:bulk-resume", args=[tenant.slug, job.pk]))
    assert carried_out(job).done == COUNT
