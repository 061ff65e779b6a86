"""Users who were created in Cognito past us."""

import uuid

import pytest
from django.db import transaction

from identity.cells import pool_ref
from identity.models import DirectoryUser, Resolution, UnclaimedUser, UserConflict, UserStatus
from identity.pull.arrivals import DELETED_HERE, NO_TENANT
from identity.services.users import delete_user
from identity.sync import engine
from tenants.actor import system
from tenants.audit_actions import Action
from tenants.models import AuditEvent, SyncKind, Tenant
from tenants.services.outbox import request_sync
from tests.factories import DirectoryUserFactory
from tests.support.by_hand import client_of
from tests.support.cognito import LocalCognito
from tests.support.pull import create_past_us, let_grace_pass, make_user, sweep, sweep_twice


def people(tenant: Tenant) -> dict[str, DirectoryUser]:
    """The tenant's users by their names in Cognito."""
    return {user.username: user for user in DirectoryUser.objects.select_related("tenant").filter(tenant=tenant)}


def test_in_a_dedicated_pool_everybody_is_the_tenants(acme: Tenant) -> None:
    sub = create_past_us(acme.pool, "bob", email="Bob@Acme.example", email_verified="true", name="Bob")
    sweep_twice(acme.pool)
    (bob,) = people(acme).values()
    assert (bob.username, bob.email, bob.name, bob.role) == ("bob", "bob@acme.example", "Bob", "")
    assert (bob.status, bob.cognito_sub, bob.cognito_status) == (UserStatus.ACTIVE, sub, "FORCE_CHANGE_PASSWORD")
    assert bob.email_verified
    event = AuditEvent.objects.get(action=Action.USER_FOUND.value)
    assert (event.tenant, event.target_id, event.actor_label) == (acme, str(bob.pk), "pull")
    assert not UnclaimedUser.objects.exists()


def test_in_a_shared_pool_a_name_belongs_to_whose_key_it_begins_with(
    globex: Tenant, initech: Tenant, cognito: LocalCognito
) -> None:
    theirs = f"{globex.key}-okta_ann", f"{globex.key}.{uuid.uuid4()}", f"{globex.key}.carl"
    for number, name in enumerate(theirs):
        create_past_us(globex.pool, name, email=f"u{number}@globex.example")
    create_past_us(globex.pool, f"{initech.key}.dora", email="u0@globex.example")
    strays = "eve", f"{globex.key}eve", f"{globex.key}_eve", globex.key, f"x{globex.key}.eve", "zzzzzzzz.eve"
    for name in strays:
        create_past_us(globex.pool, name)
    sweep_twice(globex.pool)
    assert people(globex).keys() == set(theirs)
    assert people(initech).keys() == {f"{initech.key}.dora"}
    left_alone = UnclaimedUser.objects.values_list("username", "reason")
    assert set(left_alone) == {(name, NO_TENANT) for name in strays}
    assert not [call for call in cognito.calls() if call.operation == "AdminDeleteUser"]


def test_another_tenants_id_behind_our_key_is_not_that_user(globex: Tenant, initech: Tenant) -> None:
    user = make_user(initech)
    create_past_us(globex.pool, f"{globex.key}.{user.pk}", email="x@globex.example")
    sweep_twice(globex.pool)
    (stranger,) = people(globex).values()
    assert stranger.pk != user.pk
    user.refresh_from_db()
    assert (user.tenant_id, user.email != stranger.email) == (initech.pk, True)


def test_a_disabled_user_comes_in_disabled_and_without_an_address(acme: Tenant) -> None:
    create_past_us(acme.pool, "bob")
    client_of(pool_ref(acme.pool)).admin_disable_user(UserPoolId=acme.pool.cognito_id, Username="bob")
    create_past_us(acme.pool, "carl")
    sweep_twice(acme.pool)
    bob, carl = people(acme)["bob"], people(acme)["carl"]
    assert (bob.status, bob.email, str(bob)) == (UserStatus.DISABLED, "", "bob")
    assert (carl.status, carl.email, carl.email_verified) == (UserStatus.ACTIVE, "", False)


def test_an_address_that_is_somebody_elses_here_is_shown_and_not_taken(globex: Tenant) -> None:
    ann = DirectoryUserFactory.create(tenant=globex, email="ann@globex.example", status=UserStatus.INVITED)
    create_past_us(globex.pool, f"{globex.key}.ann", email="Ann@globex.example")
    sweep_twice(globex.pool)
    other = people(globex)[f"{globex.key}.ann"]
    assert other.email == ""
    conflict = UserConflict.objects.get(user=other)
    assert (conflict.field, conflict.theirs, conflict.resolution) == (
        "email",
        "ann@globex.example",
        Resolution.NOT_TAKEN,
    )
    # Reconciling them leaves the address that Cognito has alone.
    with transaction.atomic():
        request_sync(SyncKind.USER, other.pk)
    engine.run(SyncKind.USER, other.pk)
    found = client_of(pool_ref(globex.pool)).admin_get_user(UserPoolId=globex.pool.cognito_id, Username=other.username)
    assert {"Name": "email", "Value": "Ann@globex.example"} in found["UserAttributes"]
    # Once it is free, the next change in Cognito brings it along.
    ann.delete()
    client_of(pool_ref(globex.pool)).admin_update_user_attributes(
        UserPoolId=globex.pool.cognito_id,
        Username=other.username,
        UserAttributes=[{"Name": "name", "Value": "Ann"}],
    )
    let_grace_pass()
    sweep(globex.pool)
    other.refresh_from_db()
    assert (other.email, other.name) == ("ann@globex.example", "Ann")


def test_nobody_comes_in_at_first_sight(acme: Tenant) -> None:
    """A listing shows somebody for a while whom we have just deleted."""
    create_past_us(acme.pool, "bob")
    state = sweep(acme.pool)
    assert people(acme) == {}
    assert UnclaimedUser.objects.get().username == "bob"
    # The next sweep is soon, and not in six hours.
    assert state.finished_at is not None
    assert (state.next_at - state.finished_at).total_seconds() < 10
    client_of(pool_ref(acme.pool)).admin_delete_user(UserPoolId=acme.pool.cognito_id, Username="bob")
    let_grace_pass()
    sweep(acme.pool)
    assert (people(acme), UnclaimedUser.objects.exists()) == ({}, False)


@pytest.mark.parametrize("kind", ["dedicated", "shared"])
def test_who_was_deleted_here_does_not_come_back(kind: str, request: pytest.FixtureRequest) -> None:
    tenant: Tenant = request.getfixturevalue("acme" if kind == "dedicated" else "globex")
    user = make_user(tenant)
    delete_user(tenant, user.pk, confirm_email=user.email, actor=system("test"))
    engine.run(SyncKind.USER, user.pk)
    create_past_us(tenant.pool, user.username, email=user.email)
    sweep_twice(tenant.pool)
    assert people(tenant) == {}
    assert UnclaimedUser.objects.get().reason == DELETED_HERE
