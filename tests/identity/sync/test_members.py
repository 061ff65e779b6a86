"""Who is in a group: what is taken for known without looking must be known."""

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
from identity.services.drift import restore_ours
from identity.services.groups import add_members, create_group, delete_group, remove_members
from identity.sync import absent, engine
from identity.sync.drift import drifted_of, fingerprint
from identity.sync.families import group as group_family
from identity.sync.native import groups_of
from tenants.actor import system
from tenants.audit_actions import Action
from tenants.errors import ValidationFailed
from tenants.models import AuditEvent, DriftMode, OutboxEntry, SyncKind, Tenant
from tenants.services.fleet_settings import FleetSettingsChange, update_fleet_settings
from tenants.services.outbox import request_sync
from tests.factories import DirectoryUserFactory
from tests.identity.sync.test_native import in_cognito, members
from tests.support.cognito import LocalCognito
from tests.support.sync import PRIORITY, let_grace_pass, make_due, resync

ACTOR = system("test")


@pytest.fixture
def tenant(native_tenant: Tenant) -> Tenant:
    """A tenant whose groups are in its pool."""
    return native_tenant


@pytest.fixture
def people(tenant: Tenant) -> list[DirectoryUser]:
    """Three users whom Cognito has."""
    return [in_cognito(tenant) for _ in range(3)]


@pytest.fixture
def staff(tenant: Tenant, people: list[DirectoryUser]) -> Group:
    """A group with two of them, in sync."""
    group = create_group(tenant, name="staff", description="", actor=ACTOR)
    add_members(tenant, group.pk, [user.pk for user in people[:2]], actor=ACTOR)
    engine.run(SyncKind.TENANT, tenant.pk)
    return group


def compare(tenant: Tenant) -> None:
    """Do what the schedule does."""
    OutboxEntry.objects.filter(kind=SyncKind.TENANT, key=tenant.pk).update(wanted_gen=1000, scheduled=True)
    make_due()
    engine.run(SyncKind.TENANT, tenant.pk)


def record(tenant: Tenant) -> SyncedResource:
    """What is kept of the members."""
    return SyncedResource.objects.get(key=tenant.pk, family=Family.GROUP_MEMBERS)


def reporting() -> None:
    """Let the fleet report drift."""
    update_fleet_settings(FleetSettingsChange(drift_mode=DriftMode.REPORT), actor=ACTOR)


def test_a_group_that_is_made_again_gets_its_members_back(
    tenant: Tenant, people: list[DirectoryUser], staff: Group
) -> None:
    """Also when somebody asks for a sync before the schedule does."""
    ref = pool_ref(tenant.pool)
    let_grace_pass()
    groups.delete_group(ref, "staff", priority=PRIORITY)
    resync(tenant)
    assert members(ref, "staff") == {user.username for user in people[:2]}


def test_what_drifted_stays_drifted_until_it_is_decided(
    tenant: Tenant, people: list[DirectoryUser], staff: Group
) -> None:
    """Another sync does not forget it, and ours can be had back."""
    reporting()
    ref = pool_ref(tenant.pool)
    groups.add_member(ref, "staff", people[2].username, priority=PRIORITY)
    compare(tenant)
    assert record(tenant).state == ResourceState.DRIFTED
    resync(tenant)
    assert record(tenant).state == ResourceState.DRIFTED
    row = record(tenant)
    restore_ours(row.pk, None, seen=fingerprint(drifted_of(row)), tenant=tenant, actor=ACTOR)
    engine.run(SyncKind.TENANT, tenant.pk)
    assert record(tenant).state == ResourceState.IN_SYNC
    assert members(ref, "staff") == {user.username for user in people[:2]}


def test_half_written_members_are_not_taken_for_none(
    monkeypatch: pytest.MonkeyPatch, tenant: Tenant, people: list[DirectoryUser], staff: Group
) -> None:
    """A wish that is taken back between two batches is taken back in Cognito too."""
    monkeypatch.setattr(group_family, "_BATCH", 1)
    ref = pool_ref(tenant.pool)
    going = [user.pk for user in people[:2]]
    remove_members(tenant, staff.pk, going, actor=ACTOR)
    engine.run(SyncKind.TENANT, tenant.pk)
    assert len(members(ref, "staff")) == 1
    add_members(tenant, staff.pk, going, actor=ACTOR)
    for _ in range(3):
        make_due()
        engine.run(SyncKind.TENANT, tenant.pk)
    assert members(ref, "staff") == {user.username for user in people[:2]}


def test_an_interrupted_write_is_no_drift(
    cognito: LocalCognito, tenant: Tenant, people: list[DirectoryUser], staff: Group
) -> None:
    """Our own value, whose answer was lost, is not somebody else's when our wish is the old one again."""
    reporting()
    ref = pool_ref(tenant.pool)
    cognito.fault("AdminAddUserToGroup", "timeout_after")
    add_members(tenant, staff.pk, [people[2].pk], actor=ACTOR)
    engine.run(SyncKind.TENANT, tenant.pk)
    assert len(members(ref, "staff")) == 3
    remove_members(tenant, staff.pk, [people[2].pk], actor=ACTOR)
    make_due()
    engine.run(SyncKind.TENANT, tenant.pk)
    assert members(ref, "staff") == {user.username for user in people[:2]}
    assert record(tenant).state == ResourceState.IN_SYNC


def test_a_repair_that_is_tried_again_is_still_told(
    cognito: LocalCognito, tenant: Tenant, people: list[DirectoryUser], staff: Group
) -> None:
    """That somebody else's change was undone is in the audit log, also when the first try was throttled."""
    groups.add_member(pool_ref(tenant.pool), "staff", people[2].username, priority=PRIORITY)
    cognito.fault("AdminRemoveUserFromGroup", "throttle")
    compare(tenant)
    make_due()
    engine.run(SyncKind.TENANT, tenant.pk)
    assert record(tenant).state == ResourceState.IN_SYNC
    assert AuditEvent.objects.filter(action=Action.DRIFT_REPAIRED, tenant=tenant).count() == 1


def test_a_group_that_goes_is_not_listed_first(cognito: LocalCognito, tenant: Tenant, staff: Group) -> None:
    """It may have 10,000 members."""
    cognito.forget_calls()
    delete_group(tenant, staff.pk, confirm_name="staff", actor=ACTOR)
    engine.run(SyncKind.TENANT, tenant.pk)
    assert "DeleteGroup" in cognito.operations()
    assert "ListUsersInGroup" not in cognito.operations()


def test_a_group_that_was_never_ours_is_left_alone(cognito: LocalCognito, tenant: Tenant) -> None:
    """Somebody made one of the same name by hand, and ours was taken back before it got there."""
    ref = pool_ref(tenant.pool)
    groups.create_group(ref, "admins", "by hand", priority=PRIORITY)
    cognito.fault("DescribeUserPoolClient", "access_denied")
    group = create_group(tenant, name="admins", description="", actor=ACTOR)
    engine.run(SyncKind.TENANT, tenant.pk)
    delete_group(tenant, group.pk, confirm_name="admins", actor=ACTOR)
    engine.run(SyncKind.TENANT, tenant.pk)
    left = groups.get_group(ref, "admins", priority=PRIORITY)
    assert left is not None
    assert left.description == "by hand"
    assert not SyncedResource.objects.filter(key=tenant.pk, family=Family.GROUP).exists()


def test_a_group_that_cognito_makes_by_itself_cannot_be_ours(tenant: Tenant) -> None:
    """Each identity provider has one, whose members come and go by Cognito's doing."""
    with pytest.raises(ValidationFailed) as refused:
        create_group(tenant, name=f"{tenant.pool.cognito_id}_Okta", description="", actor=ACTOR)
    assert list(refused.value.fields) == ["name"]


def test_a_page_and_a_worker_mean_the_same_members(tenant: Tenant, people: list[DirectoryUser], staff: Group) -> None:
    """Pages read no names, of which there may be 10,000; names with odd letters sort alike on both sides."""
    odd = [
        "Zoe",
        "zoe",
        f"{tenant.key}-okta_élan",
        f"{tenant.key}-okta_Éva",
        f"{tenant.key}-okta_😀",
        "a.b",
        "a-b",
        "a_b",
    ]
    users = [DirectoryUserFactory.create(tenant=tenant, cognito_sub=name, cognito_username=name) for name in odd]
    many = create_group(tenant, name="many", description="", actor=ACTOR)
    create_group(tenant, name="nobody", description="", actor=ACTOR)
    add_members(tenant, many.pk, [user.pk for user in [*users, people[0]]], actor=ACTOR)
    short = {spec.name: spec for spec in groups_of([tenant.pk], with_names=False)[tenant.pk]}
    full = {spec.name: spec for spec in groups_of([tenant.pk], with_names=True)[tenant.pk]}
    assert {name: spec.members_in_short for name, spec in short.items()} == {
        name: spec.members_in_short for name, spec in full.items()
    }
    assert full["many"].members == {user.username for user in [*users, people[0]]}
    assert short["many"].members == frozenset()


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
