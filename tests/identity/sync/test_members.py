"""Who is in a group: what is taken for known without looking must be known."""

import pytest

from identity.cells import pool_ref
from identity.cognito import groups
from identity.models import (
    DirectoryUser,
    Family,
    Group,
    ResourceState,
    SyncedResource,
)
from identity.services.drift import restore_ours
from identity.services.groups import add_members, create_group, delete_group, remove_members
from identity.sync import engine
from identity.sync.drift import drifted_of, fingerprint
from identity.sync.families import group as group_family
from identity.sync.native import groups_of
from tenants.audit_actions import Action
from tenants.errors import ValidationFailed
from tenants.models import AuditEvent, DriftMode, SyncKind, Tenant
from tenants.services.fleet_settings import FleetSettingsChange, update_fleet_settings
from tests.factories import DirectoryUserFactory
from tests.identity.sync.group_members import ACTOR, compare, members, record
from tests.support.cognito import LocalCognito
from tests.support.sync import PRIORITY, let_grace_pass, make_due, resync


@pytest.fixture
def tenant(native_tenant: Tenant) -> Tenant:
    """A tenant whose groups are in its pool."""
    return native_tenant


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
