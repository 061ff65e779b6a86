"""Members of a group whom Cognito turns out not to have: they hold nobody up."""

import pytest
from django.db import transaction
from django.utils import timezone

from identity.cells import pool_ref
from identity.cognito import groups, users
from identity.models import (
    DirectoryUser,
    Family,
    Group,
    PlanOutcome,
    ResourceState,
    SyncedResource,
    SyncPlan,
    UserStatus,
)
from identity.services.groups import add_members, create_group
from identity.sync import absent, engine
from identity.sync.families import group as group_family
from tenants.audit_actions import Action
from tenants.models import AuditEvent, OutboxEntry, SyncKind, Tenant
from tenants.services.outbox import request_sync
from tests.factories import DirectoryUserFactory
from tests.identity.sync.group_members import ACTOR, compare, members, record
from tests.support.cognito import LocalCognito
from tests.support.sync import PRIORITY, make_due, resync


@pytest.fixture
def tenant(native_tenant: Tenant) -> Tenant:
    """A tenant whose groups are in its pool."""
    return native_tenant


def lose(*people: DirectoryUser) -> None:
    """Delete users in Cognito past us."""
    for user in people:
        users.delete_user(pool_ref(user.tenant.pool), user.username, priority=PRIORITY)


def test_a_member_whom_cognito_lost_holds_up_nobody_else(tenant: Tenant, people: list[DirectoryUser]) -> None:
    """The others get into the group, later groups get theirs, and the plan says what is wrong and what to do."""
    lost, kept, other = people
    lose(lost)
    first = create_group(tenant, name="alpha", description="", actor=ACTOR)
    later = create_group(tenant, name="beta", description="", actor=ACTOR)
    add_members(tenant, first.pk, [lost.pk, kept.pk], actor=ACTOR)
    add_members(tenant, later.pk, [other.pk], actor=ACTOR)
    engine.run(SyncKind.TENANT, tenant.pk)
    ref = pool_ref(tenant.pool)
    assert (members(ref, "alpha"), members(ref, "beta")) == ({kept.username}, {other.username})
    states = SyncedResource.objects.filter(key=tenant.pk, family=Family.GROUP_MEMBERS).values_list("name", "state")
    assert dict(states) == {"alpha": ResourceState.BLOCKED, "beta": ResourceState.IN_SYNC}
    plan = SyncPlan.objects.filter(key=tenant.pk).latest("started_at")
    assert (plan.outcome, plan.error_code) == (PlanOutcome.BLOCKED, "MembersMissing")
    step = plan.steps.get(name="alpha", family=Family.GROUP_MEMBERS)
    assert "does not have one of the group's members" in step.error
    assert "new invitation" in step.remedy


def test_who_is_known_to_be_missing_is_no_member_until_they_are_back(
    cognito: LocalCognito, tenant: Tenant, people: list[DirectoryUser], staff: Group
) -> None:
    """What was found out goes to the user's page; then the group is in sync, and costs nothing until they are back."""
    lost, kept, _other = people
    lose(lost)
    groups.remove_member(pool_ref(tenant.pool), "staff", kept.username, priority=PRIORITY)
    compare(tenant)
    assert record(tenant).state == ResourceState.BLOCKED
    engine.run(SyncKind.PULL_USER, lost.pk)
    lost.refresh_from_db()
    assert lost.missing_since is not None
    engine.run(SyncKind.TENANT, tenant.pk)
    assert record(tenant).state == ResourceState.IN_SYNC
    cognito.forget_calls()
    resync(tenant)
    assert "AdminAddUserToGroup" not in cognito.operations()
    users.create_user(pool_ref(tenant.pool), lost.username, {"email": lost.email}, priority=PRIORITY)
    OutboxEntry.objects.filter(kind=SyncKind.PULL_USER).update(wanted_gen=1000)
    make_due()
    engine.run(SyncKind.PULL_USER, lost.pk)
    engine.run(SyncKind.TENANT, tenant.pk)
    assert members(pool_ref(tenant.pool), "staff") == {lost.username, kept.username}


def test_a_repair_without_a_lost_member_is_told_once(tenant: Tenant, people: list[DirectoryUser], staff: Group) -> None:
    """What was put back is in the log, however often it is tried to put the other one back."""
    lost, kept, _other = people
    lose(lost)
    groups.remove_member(pool_ref(tenant.pool), "staff", kept.username, priority=PRIORITY)
    compare(tenant)
    for _ in range(2):
        make_due()
        engine.run(SyncKind.TENANT, tenant.pk)
    assert members(pool_ref(tenant.pool), "staff") == {kept.username}
    assert AuditEvent.objects.filter(action=Action.DRIFT_REPAIRED, tenant=tenant).count() == 1


def test_lost_members_do_not_keep_others_out_of_a_batch(
    monkeypatch: pytest.MonkeyPatch, tenant: Tenant, people: list[DirectoryUser]
) -> None:
    """However their names sort."""
    monkeypatch.setattr(group_family, "_BATCH", 1)
    lost = min(people, key=lambda user: user.username)
    lose(lost)
    group = create_group(tenant, name="staff", description="", actor=ACTOR)
    add_members(tenant, group.pk, [user.pk for user in people], actor=ACTOR)
    expected = {user.username for user in people if user != lost}
    for _ in range(200):
        make_due()
        engine.run(SyncKind.TENANT, tenant.pk)
        if members(pool_ref(tenant.pool), "staff") == expected:
            break
    assert members(pool_ref(tenant.pool), "staff") == expected


def test_many_who_are_gone_are_for_the_sweep_to_judge(tenant: Tenant) -> None:
    """One by one they would get past the question whether so many can be meant."""
    people = DirectoryUserFactory.create_batch(11, tenant=tenant, cognito_sub="a subject")
    absent.look_for(tenant, [user.username for user in people])
    assert not OutboxEntry.objects.filter(kind=SyncKind.PULL_USER).exists()
    absent.look_for(tenant, [people[0].username, "somebody.else"])
    owed = OutboxEntry.objects.filter(kind=SyncKind.PULL_USER).values_list("key", flat=True)
    assert list(owed) == [people[0].pk]
    # Some for one group, some for another.
    for some in (people[:6], people[6:]):
        absent.look_for(tenant, [user.username for user in some])
    looked_for = OutboxEntry.objects.filter(kind=SyncKind.PULL_USER)
    assert looked_for.count() == 6
    DirectoryUser.objects.filter(pk__in=[user.pk for user in people[:6]]).update(missing_since=timezone.now())
    absent.look_for(tenant, [user.username for user in people[6:]])
    assert looked_for.count() == 6


def test_who_was_in_a_group_before_cognito_had_them_gets_there(tenant: Tenant) -> None:
    """By their own reconcile, which knows of no groups."""
    user = DirectoryUserFactory.create(tenant=tenant, status=UserStatus.CREATED, awaits_password=True, cognito_sub="")
    group = create_group(tenant, name="staff", description="", actor=ACTOR)
    add_members(tenant, group.pk, [user.pk], actor=ACTOR)
    engine.run(SyncKind.TENANT, tenant.pk)
    assert members(pool_ref(tenant.pool), "staff") == set()
    with transaction.atomic():
        request_sync(SyncKind.USER, user.pk)
    engine.run(SyncKind.USER, user.pk)
    engine.run(SyncKind.TENANT, tenant.pk)
    assert members(pool_ref(tenant.pool), "staff") == {user.username}
