"""A sweep: what it costs, what it takes over, and what it puts back."""

import math
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from identity.cells import pool_ref
from identity.models import DirectoryUser, PullPage, PullState, Resolution, UserConflict, UserStatus
from identity.pull.sweep import pull_pool
from identity.sync import engine
from identity.sync.attempt import Attempt
from tenants.audit_actions import Action
from tenants.models import AuditEvent, DriftMode, OutboxEntry, SyncKind, Tenant
from tenants.services import outbox
from tests.support.by_hand import client_of
from tests.support.cognito import LocalCognito
from tests.support.pull import (
    ask_for_sweep,
    let_grace_pass,
    live,
    make_user,
    run_until_settled,
    sweep,
    take_turn,
)
from tests.support.sync import let_leases_expire, make_due

USERS = 130


@pytest.fixture
def user(globex: Tenant) -> DirectoryUser:
    """A user of globex whom a sweep has seen."""
    user = make_user(globex)
    sweep(globex.pool)
    user.refresh_from_db()
    return user


def conflicts(user: DirectoryUser) -> list[tuple[str, str, str, str]]:
    """The user's conflicts: field, ours, theirs, what became of it."""
    rows = UserConflict.objects.filter(user=user).order_by("pk")
    return list(rows.values_list("field", "ours", "theirs", "resolution"))


def events(user: DirectoryUser) -> list[str]:
    """What the audit log has about the user."""
    return list(AuditEvent.objects.filter(target_id=str(user.pk)).order_by("sequence").values_list("action", flat=True))


def by_hand(user: DirectoryUser, **attributes: str) -> None:
    """Change attributes as somebody with the console does."""
    client_of(pool_ref(user.tenant.pool)).admin_update_user_attributes(
        UserPoolId=user.tenant.pool.cognito_id,
        Username=user.username,
        UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
    )


def act(user: DirectoryUser, operation: str) -> None:
    """Call one of the API's operations that take a user and nothing else."""
    client = client_of(pool_ref(user.tenant.pool))
    getattr(client, operation)(UserPoolId=user.tenant.pool.cognito_id, Username=user.username)


def test_unchanged_users_cost_a_call_a_page_and_no_statement_for_any_one_of_them(
    globex: Tenant, cognito: LocalCognito
) -> None:
    for _ in range(USERS):
        make_user(globex)
    sweep(globex.pool)
    pages = math.ceil(USERS / 60)
    cognito.forget_calls()
    ask_for_sweep(globex.pool)
    with CaptureQueriesContext(connection) as captured:
        engine.run(SyncKind.PULL, globex.pool_id)
    assert cognito.operations() == ["ListUsers"] * pages
    statements = [query["sql"] for query in captured]
    assert not [sql for sql in statements if sql.startswith('UPDATE "identity_directoryuser"')]
    # Reading the rows, the lease, the page's record and the checkpoint, each page the same.
    assert len([sql for sql in statements if 'FROM "identity_directoryuser"' in sql]) <= pages + 1
    state = PullState.objects.get(pool=globex.pool)
    assert (state.finished_users, state.finished_pages, state.finished_changed) == (USERS, pages, 0)
    assert not PullPage.objects.exists()


def test_the_first_look_keeps_what_cognito_says(user: DirectoryUser) -> None:
    assert (user.cognito_status, user.email_verified, user.missing_since) == ("CONFIRMED", True, None)
    assert user.cognito_modified_at is not None
    assert conflicts(user) == []


@pytest.mark.parametrize(
    ("change", "field", "ours", "theirs"),
    [
        (lambda user: by_hand(user, email="x@evil.example", email_verified="true"), "email", None, "x@evil.example"),
        (lambda user: act(user, "admin_disable_user"), "enabled", "true", "false"),
        (lambda user: by_hand(user, email_verified="false"), "email_verified", "true", "false"),
    ],
    ids=["address", "disabled", "not verified"],
)
def test_what_is_ours_is_put_back_and_the_page_can_say_so(
    user: DirectoryUser, change: Callable[[DirectoryUser], None], field: str, ours: str | None, theirs: str
) -> None:
    change(user)
    sweep(user.tenant.pool)
    assert conflicts(user) == [(field, ours or user.email, theirs, Resolution.RESTORED)]
    assert Action.USER_CONFLICT in events(user)
    engine.run(SyncKind.USER, user.pk)
    found = live(user)
    assert (found.email, found.enabled, found.attributes["email_verified"]) == (user.email, True, "true")
    # What we wrote comes by in the next sweep, and is no news.
    let_grace_pass()
    sweep(user.tenant.pool)
    assert len(conflicts(user)) == 1


def test_a_user_who_is_disabled_here_is_disabled_there_again(user: DirectoryUser) -> None:
    DirectoryUser.objects.filter(pk=user.pk).update(status=UserStatus.DISABLED)
    act(user, "admin_disable_user")
    let_grace_pass()
    sweep(user.tenant.pool)
    act(user, "admin_enable_user")
    sweep(user.tenant.pool)
    assert conflicts(user) == [("enabled", "false", "true", Resolution.RESTORED)]
    engine.run(SyncKind.USER, user.pk)
    assert not live(user).enabled


def test_where_drift_is_only_reported_cognitos_value_stays(user: DirectoryUser) -> None:
    Tenant.objects.filter(pk=user.tenant_id).update(drift_mode=DriftMode.REPORT)
    by_hand(user, email="x@evil.example")
    sweep(user.tenant.pool)
    assert ("email", user.email, "x@evil.example", Resolution.LEFT) in conflicts(user)
    assert not OutboxEntry.objects.filter(kind=SyncKind.USER, key=user.pk).exists()
    assert live(user).email == "x@evil.example"
    # It is said once, and not at each sweep.
    number = len(conflicts(user))
    sweep(user.tenant.pool)
    assert len(conflicts(user)) == number


def test_a_status_is_taken_over(user: DirectoryUser) -> None:
    act(user, "admin_reset_user_password")
    sweep(user.tenant.pool)
    user.refresh_from_db()
    assert (user.cognito_status, user.status) == ("RESET_REQUIRED", UserStatus.ACTIVE)
    assert conflicts(user) == []


def test_a_change_of_ours_on_its_way_is_not_taken_for_theirs(user: DirectoryUser) -> None:
    """Somebody disables a user here; before the worker gets to it, something else changes there."""
    DirectoryUser.objects.filter(pk=user.pk).update(status=UserStatus.DISABLED)
    OutboxEntry.objects.create(kind=SyncKind.USER, key=user.pk)
    act(user, "admin_reset_user_password")
    sweep(user.tenant.pool)
    user.refresh_from_db()
    assert (user.cognito_status, conflicts(user)) == ("RESET_REQUIRED", [])


def test_somebody_made_anew_under_the_same_name_has_to_sign_in_again(user: DirectoryUser) -> None:
    DirectoryUser.objects.filter(pk=user.pk).update(has_totp=True)
    act(user, "admin_delete_user")
    client_of(pool_ref(user.tenant.pool)).admin_create_user(
        UserPoolId=user.tenant.pool.cognito_id,
        Username=user.username,
        UserAttributes=[{"Name": "email", "Value": user.email}, {"Name": "email_verified", "Value": "true"}],
        MessageAction="SUPPRESS",
    )
    before = user.cognito_sub
    sweep(user.tenant.pool)
    user.refresh_from_db()
    assert user.cognito_sub == live(user).subject != before
    assert (user.has_totp, user.signed_out_at is not None) == (False, True)
    assert conflicts(user) == [("cognito_sub", before, user.cognito_sub, Resolution.TAKEN)]


def test_an_invited_user_is_left_to_their_invitation(globex: Tenant) -> None:
    user = make_user(globex, status=UserStatus.INVITED)
    DirectoryUser.objects.filter(pk=user.pk).update(cognito_sub="")
    sweep(globex.pool)
    user.refresh_from_db()
    assert (user.cognito_sub, user.cognito_status, user.status) == ("", "", UserStatus.INVITED)


def test_a_sweep_goes_on_where_it_stopped(
    globex: Tenant, cognito: LocalCognito, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that fails is asked for again; those before it are not."""
    monkeypatch.setattr("identity.pull.sweep.PAGES_A_TURN", 1)
    for _ in range(USERS):
        make_user(globex)
    cognito.forget_calls()
    ask_for_sweep(globex.pool)
    assert take_turn(SyncKind.PULL, globex.pool_id).is_owed
    cognito.fault("ListUsers", "throttle", pool_id=globex.pool.cognito_id)
    assert take_turn(SyncKind.PULL, globex.pool_id).last_error_code == "TooManyRequestsException"
    make_due()
    run_until_settled(SyncKind.PULL, globex.pool_id)
    assert cognito.applied("ListUsers") == math.ceil(USERS / 60)
    assert PullState.objects.get(pool=globex.pool).finished_users == USERS


def test_a_token_that_cognito_takes_no_more_begins_the_listing_anew(globex: Tenant, cognito: LocalCognito) -> None:
    for _ in range(70):
        make_user(globex)
    sweep(globex.pool)
    ask_for_sweep(globex.pool)
    PullState.objects.filter(pool=globex.pool).update(
        sweep="00000000-0000-4000-8000-000000000001", cursor="an old token", pages=1, users_seen=60
    )
    PullPage.objects.create(
        pool=globex.pool, sweep="00000000-0000-4000-8000-000000000001", number=0, user_ids=[], unclaimed_ids=[]
    )
    run_until_settled(SyncKind.PULL, globex.pool_id)
    state = PullState.objects.get(pool=globex.pool)
    assert (state.finished_users, state.finished_pages, state.inconclusive) == (70, 2, "")


def test_a_worker_that_was_overtaken_writes_nothing(globex: Tenant) -> None:
    """It slept past its lease, and another one reads the pool now."""
    user = make_user(globex)
    ask_for_sweep(globex.pool)
    sleeper = outbox.take_lease(SyncKind.PULL, globex.pool_id)
    assert sleeper is not None
    let_leases_expire()
    assert outbox.take_lease(SyncKind.PULL, globex.pool_id) is not None
    with pytest.raises(outbox.LeaseLost):
        pull_pool(Attempt(sleeper))
    user.refresh_from_db()
    assert (user.cognito_status, PullState.objects.exists()) == ("", False)
