"""Bulk jobs against the local Cognito, with a worker's work done in this process."""

import uuid

import pytest

from identity.cells import pool_ref
from identity.cognito import users
from identity.cognito.users import CognitoUser
from identity.models import (
    BulkJob,
    BulkKind,
    BulkRow,
    BulkState,
    DirectoryUser,
    RowState,
    SyncedResource,
    UserStatus,
)
from identity.services.bulk_input import Person
from identity.services.bulk_jobs import cancel_job, resume_job
from identity.sync import engine
from identity.sync.bulk import CHUNK
from tenants.audit_actions import Action
from tenants.models import AuditEvent, Invitation, OutboxEntry, PoolKind, SyncKind, Tenant
from tenants.services import audit
from tests.factories import DirectoryUserFactory
from tests.support.bulk import SYSTEM, carried_out, chunk, people, started, sweep_users, usernames_in
from tests.support.cognito import LocalCognito
from tests.support.sync import PRIORITY, Onboard, let_leases_expire, make_due, nothing_is_owed, run_tenant


@pytest.fixture
def tenant(onboard: Onboard, cognito: LocalCognito) -> Tenant:
    """A tenant in a shared pool, in sync."""
    tenant = onboard(PoolKind.SHARED)
    run_tenant(tenant)
    cognito.forget_calls()
    return Tenant.objects.select_related("pool__cell").get(pk=tenant.pk)


def live(user: DirectoryUser) -> CognitoUser:
    """The user in Cognito."""
    return users.get_user(pool_ref(user.tenant.pool), user.username, priority=PRIORITY)


def in_directory(tenant: Tenant) -> list[DirectoryUser]:
    """The tenant's users."""
    return list(DirectoryUser.objects.filter(tenant=tenant).select_related("tenant__pool__cell").order_by("email"))


def created(tenant: Tenant, count: int, cognito: LocalCognito) -> list[DirectoryUser]:
    """Some users, made by a job."""
    carried_out(started(tenant, BulkKind.CREATE, people(count)))
    cognito.forget_calls()
    return in_directory(tenant)


def as_people(some: list[DirectoryUser], name: str = "") -> list[Person]:
    """Users as the lines of a file."""
    return [Person(line, user.email, name) for line, user in enumerate(some, start=2)]


def test_creating_costs_one_call_a_user_and_nothing_else(cognito: LocalCognito, tenant: Tenant) -> None:
    """No listing, no group, no password, no AdminGetUser: 50 a second is all there is."""
    job = carried_out(started(tenant, BulkKind.CREATE, people(CHUNK + 30)))
    assert (job.done, job.failed, job.total) == (CHUNK + 30, 0, CHUNK + 30)
    assert cognito.operations() == ["AdminCreateUser"] * (CHUNK + 30)
    assert usernames_in(tenant) == {user.username for user in in_directory(tenant)}
    assert nothing_is_owed()


def test_whoever_is_created_cannot_get_in_yet_and_is_told_nothing(cognito: LocalCognito, tenant: Tenant) -> None:
    """The directory knows their subject and that they wait for a password of their own; no record beside their row."""
    [user] = created(tenant, 1, cognito)
    found = live(user)
    assert (found.status, found.enabled, found.attributes["email_verified"]) == ("FORCE_CHANGE_PASSWORD", True, "true")
    assert (found.email, found.attributes["name"]) == (user.email, user.name)
    assert (user.status, user.cognito_sub, user.awaits_password) == (UserStatus.CREATED, found.subject, True)
    assert not user.may_sign_in
    assert not Invitation.objects.filter(user_id=user.pk).exists()
    assert not SyncedResource.objects.filter(key=user.pk).exists()


def test_each_user_has_an_entry_in_an_unbroken_log(cognito: LocalCognito, tenant: Tenant) -> None:
    """Written in batches, and linked as if one by one."""
    some = created(tenant, 30, cognito)
    events = AuditEvent.objects.filter(tenant=tenant, action=Action.USER_CREATED)
    assert {event.target_id for event in events} == {str(user.pk) for user in some}
    assert audit.verify(str(tenant.pk)) is None


def test_invitations_are_owed_where_they_are_asked_for(tenant: Tenant) -> None:
    """One each; the sweep sends them."""
    carried_out(started(tenant, BulkKind.CREATE, people(5), send_invitations=True))
    letters = Invitation.objects.filter(tenant=tenant)
    assert {user.status for user in in_directory(tenant)} == {UserStatus.INVITED}
    owed = OutboxEntry.objects.filter(kind=SyncKind.INVITATION, done_gen=0)
    assert {entry.key for entry in owed} == {letter.pk for letter in letters}
    assert letters.count() == 5


def test_an_answer_that_was_lost_makes_nobody_twice(cognito: LocalCognito, tenant: Tenant) -> None:
    """Cognito says that the user is there, and they are taken on as they are."""
    cognito.fault("AdminCreateUser", "timeout_after", times=3)
    job = carried_out(started(tenant, BulkKind.CREATE, people(10)))
    assert (job.done, job.failed) == (10, 0)
    assert cognito.applied("AdminCreateUser") == 10
    assert len(usernames_in(tenant)) == 10
    assert all(user.cognito_sub for user in in_directory(tenant))
    assert "AdminGetUser" not in cognito.operations()


def test_throttled_users_stay_owed(cognito: LocalCognito, tenant: Tenant) -> None:
    """Nobody fails for it, and no more calls are made than those that were on their way."""
    cognito.fault("AdminCreateUser", "throttle", times=1000)
    job = started(tenant, BulkKind.CREATE, people(60))
    chunk(job)
    tried = len(cognito.operations())
    job.refresh_from_db()
    assert tried <= 16 * 2
    assert (job.done, job.failed) == (0, 0)
    lanes = OutboxEntry.objects.filter(kind=SyncKind.BULK)
    assert all(lane.is_owed and "fewer requests" in lane.last_error for lane in lanes)
    cognito.clear_faults()
    assert carried_out(job).done == 60
    assert len(usernames_in(tenant)) == 60


def test_what_cognito_refuses_for_one_is_kept_as_a_sentence(onboard: Onboard, cognito: LocalCognito) -> None:
    """In a pool where addresses are aliases somebody made by hand has one of them. The others are done."""
    tenant = onboard(PoolKind.DEDICATED)
    run_tenant(tenant)
    tenant = Tenant.objects.select_related("pool__cell").get(pk=tenant.pk)
    taken = {"email": "person-4@bulk.example", "email_verified": "true"}
    users.create_user(pool_ref(tenant.pool), "by-hand", taken, priority=PRIORITY)
    job = started(tenant, BulkKind.CREATE, people(10))
    assert (carried_out(job).done, job.failed) == (9, 1)
    row = BulkRow.objects.get(job=job, state=RowState.FAILED)
    assert row.email == "person-4@bulk.example"
    assert "address" in row.error


def test_who_became_a_user_meanwhile_is_left_alone(tenant: Tenant) -> None:
    """The file was checked, and then somebody was invited."""
    job = started(tenant, BulkKind.CREATE, people(3))
    other = DirectoryUserFactory.create(tenant=tenant, email="person-3@bulk.example", status=UserStatus.INVITED)
    carried_out(job)
    assert BulkRow.objects.get(job=job, state=RowState.FAILED).error == "person-3@bulk.example is a user here already."
    other.refresh_from_db()
    assert (other.status, other.awaits_password) == (UserStatus.INVITED, False)


def test_many_are_disabled_by_few_listings(cognito: LocalCognito, tenant: Tenant) -> None:
    """Read by pages, written one call for access and one for tokens."""
    some = created(tenant, 40, cognito)
    job = carried_out(started(tenant, BulkKind.DISABLE, as_people(some)))
    assert job.done == 40
    calls = cognito.operations()
    assert calls.count("AdminDisableUser") == calls.count("AdminUserGlobalSignOut") == 40
    assert calls.count("ListUsers") == 2
    assert set(calls) == {"ListUsers", "AdminDisableUser", "AdminUserGlobalSignOut"}
    assert not live(some[0]).enabled
    assert {user.status for user in in_directory(tenant)} == {UserStatus.DISABLED}


def test_who_is_enabled_again_waits_for_an_invitation(cognito: LocalCognito, tenant: Tenant) -> None:
    """They never chose a password, so that they are not active."""
    some = created(tenant, 3, cognito)
    carried_out(started(tenant, BulkKind.DISABLE, as_people(some)))
    cognito.forget_calls()
    carried_out(started(tenant, BulkKind.ENABLE, as_people(some)))
    assert {user.status for user in in_directory(tenant)} == {UserStatus.CREATED}
    assert cognito.writes() == ["AdminEnableUser"] * 3
    assert all(user.tokens_revoked_at is None for user in in_directory(tenant))


def test_names_are_changed_in_cognito_too(cognito: LocalCognito, tenant: Tenant) -> None:
    """And what is right already costs nothing."""
    some = created(tenant, 4, cognito)
    lines = [*as_people(some[:3], "New Name"), Person(9, some[3].email, some[3].name)]
    job = carried_out(started(tenant, BulkKind.UPDATE, lines))
    assert job.done == 4
    assert cognito.writes() == ["AdminUpdateUserAttributes"] * 3
    assert [live(user).attributes["name"] for user in some] == ["New Name"] * 3 + [some[3].name]


def test_the_deleted_are_gone_from_both(cognito: LocalCognito, tenant: Tenant) -> None:
    """Those that a listing does not show yet as well."""
    some = created(tenant, 12, cognito)
    job = carried_out(started(tenant, BulkKind.DELETE, as_people(some[:10])))
    assert job.done == 10
    assert in_directory(tenant) == some[10:]
    assert usernames_in(tenant) == {user.username for user in some[10:]}


def test_a_user_who_is_gone_from_cognito_is_said_to_be(cognito: LocalCognito, tenant: Tenant) -> None:
    """An active one cannot be made again: only they know their password. The others' rows are done."""
    some = created(tenant, 3, cognito)
    DirectoryUser.objects.filter(tenant=tenant).update(status=UserStatus.ACTIVE, awaits_password=False)
    users.delete_user(pool_ref(tenant.pool), some[0].username, priority=PRIORITY)
    job = started(tenant, BulkKind.UPDATE, as_people(some, "Else"))
    chunk(job)
    job.refresh_from_db()
    assert (job.done, job.failed) == (2, 1)
    assert "invitation" in BulkRow.objects.get(job=job, state=RowState.FAILED).error
    assert "AdminGetUser" not in cognito.operations()


def test_cancel_is_honoured_between_chunks_and_resume_goes_on(cognito: LocalCognito, tenant: Tenant) -> None:
    """What was begun is brought to its end."""
    count = CHUNK * 2 + 50
    job = started(tenant, BulkKind.CREATE, people(count))
    chunk(job)
    cancel_job(tenant, job.pk, actor=SYSTEM)
    make_due()
    chunk(job)
    job.refresh_from_db()
    done = job.done
    assert 0 < done < count
    assert job.state == BulkState.CANCELED
    assert len(usernames_in(tenant)) == done == len(in_directory(tenant))
    resume_job(tenant, job.pk, actor=SYSTEM)
    assert carried_out(job).done == count
    assert cognito.applied("AdminCreateUser") == count


def test_messages_too_many_do_nothing(cognito: LocalCognito, tenant: Tenant) -> None:
    """Nor do those of a job that is done."""
    job = carried_out(started(tenant, BulkKind.CREATE, people(20)))
    for lane in job.lanes.all():
        engine.run(SyncKind.BULK, lane.pk)
    assert cognito.applied("AdminCreateUser") == 20


def test_what_a_dead_worker_left_is_finished_by_the_users_own_reconcile(cognito: LocalCognito, tenant: Tenant) -> None:
    """The lane only has to see that it happened."""
    cognito.fault("AdminCreateUser", "timeout_after", times=2)
    job = started(tenant, BulkKind.CREATE, people(6))
    chunk(job)
    let_leases_expire()
    sweep_users()
    assert {user.cognito_sub != "" for user in in_directory(tenant)} == {True}
    assert carried_out(job).done == 6
    assert cognito.applied("AdminCreateUser") == 6


def test_a_user_whom_somebody_changes_meanwhile_ends_as_the_last_change_says(
    cognito: LocalCognito, tenant: Tenant
) -> None:
    """The chunk settles the generation that it read, no newer one."""
    [user] = created(tenant, 1, cognito)
    job = started(tenant, BulkKind.DISABLE, as_people([user]))
    cognito.fault("AdminUserGlobalSignOut", "throttle")
    chunk(job)
    DirectoryUser.objects.filter(pk=user.pk).update(status=UserStatus.CREATED)
    carried_out(job)
    assert live(user).enabled


def test_no_neighbour_is_touched(onboard: Onboard, cognito: LocalCognito, tenant: Tenant) -> None:
    """Two tenants in one pool have a user with the same address."""
    other = Tenant.objects.select_related("pool__cell").get(pk=onboard(PoolKind.SHARED).pk)
    Tenant.objects.filter(pk=other.pk).update(pool=tenant.pool)
    other.refresh_from_db()
    mine, theirs = created(tenant, 2, cognito), created(other, 2, cognito)
    assert {user.email for user in mine} == {user.email for user in theirs}
    carried_out(started(tenant, BulkKind.DELETE, as_people(mine)))
    assert in_directory(other) == theirs
    assert usernames_in(other) == {user.username for user in theirs}


def test_a_lane_of_a_job_that_is_gone_owes_nothing(tenant: Tenant) -> None:
    """As with any key."""
    job = started(tenant, BulkKind.CREATE, people(1))
    BulkJob.objects.all().delete()
    chunk(job)
    engine.run(SyncKind.BULK, uuid.uuid4())
    assert in_directory(tenant) == []
