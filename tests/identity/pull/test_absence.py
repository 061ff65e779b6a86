"""Users who are not in a listing: gone, or only not shown."""

import pytest
from django.utils import timezone

from identity.cells import pool_ref
from identity.models import DirectoryUser, PullState, UnclaimedUser, UserConflict
from identity.pull.arrivals import TENANT_DELETED
from identity.pull.schedule import plan
from identity.services.invitations import resend_invitation
from identity.services.pull import confirm_vanished
from tenants.actor import Actor, system
from tenants.audit_actions import Action
from tenants.models import AuditEvent, Invitation, SyncKind, Tenant, TenantStatus, UserPool
from tests.support.by_hand import client_of
from tests.support.cognito import LocalCognito
from tests.support.pull import ask_for_sweep, create_past_us, let_grace_pass, make_user, sweep, sweep_twice, take_turn
from tests.support.sync import make_due

ADMIN: Actor = system("test")


def delete_past_us(*people: DirectoryUser) -> None:
    """Delete users as somebody with the console does."""
    for user in people:
        pool = user.tenant.pool
        client_of(pool_ref(pool)).admin_delete_user(UserPoolId=pool.cognito_id, Username=user.username)


def missing(tenant: Tenant) -> set[str]:
    """The names of the tenant's missing users."""
    rows = DirectoryUser.objects.select_related("tenant").filter(tenant=tenant, missing_since__isnull=False)
    return {user.username for user in rows}


def test_who_is_gone_is_missing_and_signed_out(globex: Tenant, initech: Tenant, cognito: LocalCognito) -> None:
    gone, stays, neighbour = make_user(globex), make_user(globex), make_user(initech)
    sweep(globex.pool)
    delete_past_us(gone)
    cognito.forget_calls()
    sweep(globex.pool)
    assert (missing(globex), missing(initech)) == ({gone.username}, set())
    gone.refresh_from_db()
    assert gone.signed_out_at is not None
    assert AuditEvent.objects.get(action=Action.USER_MISSING.value).target_id == str(gone.pk)
    # Those who are there were not looked up, and nobody was billed.
    assert cognito.operations().count("AdminGetUser") == 1
    assert {stays.username, neighbour.username}.isdisjoint(call.key for call in cognito.calls())
    # Known to be missing, they cost nothing more.
    cognito.forget_calls()
    sweep(globex.pool)
    assert cognito.operations() == ["ListUsers"]


def test_a_new_invitation_is_the_way_back(globex: Tenant) -> None:
    user = make_user(globex)
    sweep(globex.pool)
    delete_past_us(user)
    sweep(globex.pool)
    resend_invitation(globex, user.pk, actor=ADMIN)
    user.refresh_from_db()
    assert (user.status, user.cognito_sub, user.missing_since) == ("invited", "", None)
    assert Invitation.objects.filter(user_id=user.pk).exists()


def test_who_is_there_again_is_no_longer_missing(globex: Tenant) -> None:
    user = make_user(globex)
    sweep(globex.pool)
    delete_past_us(user)
    sweep(globex.pool)
    create_past_us(globex.pool, user.username, email=user.email, email_verified="true")
    sweep(globex.pool)
    assert missing(globex) == set()
    assert AuditEvent.objects.filter(action=Action.USER_REAPPEARED.value).exists()


def test_a_listing_that_ends_too_early_says_nothing_of_those_it_left_out(
    globex: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cognito promises nothing about what a listing shows; here it ends after its first page."""
    monkeypatch.setattr("identity.pull.sweep.PAGES_A_TURN", 1)
    people = [make_user(globex) for _ in range(125)]
    sweep(globex.pool)
    gone = max(people, key=lambda user: user.username)
    delete_past_us(gone)
    ask_for_sweep(globex.pool)
    assert take_turn(SyncKind.PULL, globex.pool_id).is_owed
    PullState.objects.filter(pool=globex.pool).update(listed=True, cursor="")
    assert not take_turn(SyncKind.PULL, globex.pool_id).is_owed
    state = PullState.objects.get(pool=globex.pool)
    assert missing(globex) == set()
    assert "left out users who are there" in state.inconclusive
    assert state.finished_at is not None
    # And it is not six hours until it is tried again.
    assert (state.next_at - state.finished_at).total_seconds() <= 15 * 60
    assert sweep(globex.pool).inconclusive == ""
    assert missing(globex) == {gone.username}


def test_a_listing_cut_short_by_a_fault_goes_on_where_it_was(globex: Tenant, cognito: LocalCognito) -> None:
    for _ in range(70):
        make_user(globex)
    cognito.fault("ListUsers", "truncate_list", pool_id=globex.pool.cognito_id)
    ask_for_sweep(globex.pool)
    assert take_turn(SyncKind.PULL, globex.pool_id).is_owed
    assert missing(globex) == set()
    make_due()
    assert not take_turn(SyncKind.PULL, globex.pool_id).is_owed
    assert (missing(globex), PullState.objects.get(pool=globex.pool).finished_users) == (set(), 70)


def test_a_listing_that_fails_says_nothing(globex: Tenant, cognito: LocalCognito) -> None:
    user = make_user(globex)
    sweep(globex.pool)
    delete_past_us(user)
    cognito.fault("ListUsers", "error_500", pool_id=globex.pool.cognito_id)
    ask_for_sweep(globex.pool)
    assert take_turn(SyncKind.PULL, globex.pool_id).is_owed
    assert missing(globex) == set()


def test_many_at_once_wait_for_an_operator(globex: Tenant, cognito: LocalCognito) -> None:
    people = [make_user(globex) for _ in range(14)]
    sweep(globex.pool)
    delete_past_us(*people[:11])
    ask_for_sweep(globex.pool)
    entry = take_turn(SyncKind.PULL, globex.pool_id)
    assert (entry.is_owed, entry.last_error_code) == (True, "ManyVanished")
    assert entry.remedy
    assert missing(globex) == set()
    assert PullState.objects.get(pool=globex.pool).vanished == 11
    # Trying again by itself costs a few lookups and changes nobody either.
    cognito.forget_calls()
    make_due()
    take_turn(SyncKind.PULL, globex.pool_id)
    assert (missing(globex), len(cognito.calls()) <= 10) == (set(), True)

    confirm_vanished(globex.pool_id, actor=ADMIN)
    entry = take_turn(SyncKind.PULL, globex.pool_id)
    assert not entry.is_owed, entry.last_error
    assert missing(globex) == {user.username for user in people[:11]}
    assert PullState.objects.get(pool=globex.pool).vanished is None


def test_many_who_come_back_are_not_held_against_anybody(globex: Tenant) -> None:
    people = [make_user(globex) for _ in range(12)]
    sweep(globex.pool)
    delete_past_us(*people)
    ask_for_sweep(globex.pool)
    assert take_turn(SyncKind.PULL, globex.pool_id).is_owed
    for user in people:
        create_past_us(globex.pool, user.username, email=user.email, email_verified="true")
    make_due()
    assert not take_turn(SyncKind.PULL, globex.pool_id).is_owed
    assert missing(globex) == set()
    let_grace_pass()
    assert sweep(globex.pool).vanished is None


def test_a_pool_that_is_gone_leaves_everybody_as_they_are(acme: Tenant) -> None:
    user = make_user(acme)
    sweep(acme.pool)
    client = client_of(pool_ref(acme.pool))
    client.delete_user_pool_domain(UserPoolId=acme.pool.cognito_id, Domain=acme.pool.domain_prefix)
    described = client.describe_user_pool(UserPoolId=acme.pool.cognito_id)["UserPool"]
    if described.get("DeletionProtection") == "ACTIVE":
        client.update_user_pool(UserPoolId=acme.pool.cognito_id, DeletionProtection="INACTIVE")
    client.delete_user_pool(UserPoolId=acme.pool.cognito_id)
    ask_for_sweep(acme.pool)
    entry = take_turn(SyncKind.PULL, acme.pool_id)
    assert entry.is_owed
    assert entry.remedy
    user.refresh_from_db()
    assert user.missing_since is None


def test_the_users_of_a_deleted_tenant_are_left_as_they_are(globex: Tenant, initech: Tenant) -> None:
    """They are on their way out of Cognito, and that is nobody's mass deletion."""
    people, neighbour = [make_user(globex) for _ in range(12)], make_user(initech)
    sweep(globex.pool)
    Tenant.objects.filter(pk=globex.pk).update(status=TenantStatus.DELETED)
    delete_past_us(*people[1:], neighbour)
    create_past_us(globex.pool, f"{globex.key}.bob")
    client_of(pool_ref(globex.pool)).admin_disable_user(UserPoolId=globex.pool.cognito_id, Username=people[0].username)
    sweep_twice(globex.pool)
    assert (missing(globex), missing(initech)) == (set(), {neighbour.username})
    assert not UserConflict.objects.exists()
    assert UnclaimedUser.objects.get().reason == TENANT_DELETED
    # Brought back, it takes its new user in.
    DirectoryUser.objects.filter(pk__in=[user.pk for user in people[5:]]).delete()
    Tenant.objects.filter(pk=globex.pk).update(status=TenantStatus.ACTIVE)
    sweep(globex.pool)
    assert DirectoryUser.objects.filter(tenant=globex, cognito_username=f"{globex.key}.bob").exists()
    assert missing(globex) == {user.username for user in people[1:5]}


def test_a_pool_that_was_removed_is_swept_no_more(acme: Tenant) -> None:
    sweep(acme.pool)
    PullState.objects.update(next_at=timezone.now())
    UserPool.objects.filter(pk=acme.pool_id).update(removed_at=timezone.now())
    assert plan() == 0
    ask_for_sweep(acme.pool)
    assert not take_turn(SyncKind.PULL, acme.pool_id).is_owed
