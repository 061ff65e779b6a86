"""Users: enabled, disabled, deleted, their address, and their second factor."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from identity.cells import pool_ref
from identity.cognito import errors, users
from identity.cognito.users import CognitoUser
from identity.models import DirectoryUser, ResourceState, SyncedResource, UserStatus
from identity.sync import engine
from tenants.models import Invitation, OutboxEntry, PoolKind, SyncKind, Tenant
from tenants.services import outbox
from tests.factories import DirectoryUserFactory
from tests.support.cognito import LocalCognito
from tests.support.sync import PRIORITY, Onboard, nothing_is_owed, run_tenant

PASSWORD = "correct-horse-battery"
MakeUser = Callable[[UserStatus], DirectoryUser]


@pytest.fixture
def tenant(onboard: Onboard) -> Tenant:
    """A tenant in a shared pool, in sync."""
    tenant = onboard(PoolKind.SHARED)
    run_tenant(tenant)
    return Tenant.objects.select_related("pool__cell").get(pk=tenant.pk)


@pytest.fixture
def user(tenant: Tenant, cognito: LocalCognito) -> DirectoryUser:
    """An active user who is in Cognito, as an accepted invitation leaves them."""
    user = DirectoryUserFactory.create(tenant=tenant)
    attributes = {"email": user.email, "email_verified": "true", "name": user.name}
    users.create_user(pool_ref(tenant.pool), user.username, attributes, priority=PRIORITY)
    users.set_password(pool_ref(tenant.pool), user.username, PASSWORD, permanent=True, priority=PRIORITY)
    cognito.forget_calls()
    return user


def sync(user: DirectoryUser) -> None:
    """Ask for a sync of the user and do it."""
    with transaction.atomic():
        outbox.request_sync(SyncKind.USER, user.pk)
    engine.run(SyncKind.USER, user.pk)


def live(user: DirectoryUser) -> CognitoUser:
    """The user in Cognito."""
    return users.get_user(pool_ref(user.tenant.pool), user.username, priority=PRIORITY)


def change(user: DirectoryUser, **values: object) -> None:
    """Change the row and sync."""
    DirectoryUser.objects.filter(pk=user.pk).update(**values)
    user.refresh_from_db()
    sync(user)


def test_nothing_is_written_for_a_user_who_is_right(cognito: LocalCognito, user: DirectoryUser) -> None:
    """Nor does looking bill them: it is a listing."""
    sync(user)
    assert cognito.operations() == ["ListUsers"]
    assert SyncedResource.objects.get(key=user.pk).state == ResourceState.IN_SYNC


def test_disabling_also_ends_sessions(cognito: LocalCognito, user: DirectoryUser) -> None:
    """Access first, then the tokens that are out; a second pass does neither again."""
    change(user, status=UserStatus.DISABLED)
    assert cognito.writes() == ["AdminDisableUser", "AdminUserGlobalSignOut"]
    assert not live(user).enabled
    cognito.forget_calls()
    sync(user)
    assert cognito.writes() == []
    change(user, status=UserStatus.ACTIVE)
    assert cognito.writes() == ["AdminEnableUser"]
    assert live(user).enabled


def test_tokens_are_revoked_though_the_worker_failed_after_disabling(
    cognito: LocalCognito, user: DirectoryUser
) -> None:
    """Cognito does not say whether they were: our own record does."""
    cognito.fault("AdminUserGlobalSignOut", "throttle")
    change(user, status=UserStatus.DISABLED)
    assert not nothing_owed()
    cognito.forget_calls()
    sync(user)
    assert cognito.writes() == ["AdminUserGlobalSignOut"]
    assert nothing_is_owed()


def nothing_owed() -> bool:
    """Say whether no user is owed anything."""
    return not any(entry.is_owed for entry in OutboxEntry.objects.filter(kind=SyncKind.USER))


def test_the_address_is_set_and_verified(cognito: LocalCognito, user: DirectoryUser) -> None:
    """Lifeguard vouches for it, so that Cognito sends no code."""
    change(user, email="renamed@customer.example")
    assert cognito.writes() == ["AdminUpdateUserAttributes"]
    assert live(user).email == "renamed@customer.example"
    assert live(user).attributes["email_verified"] == "true"


def test_a_reset_of_mfa_is_done_once(cognito: LocalCognito, user: DirectoryUser) -> None:
    """And the row says so."""
    change(user, mfa_reset_wanted=2, has_totp=True)
    assert "AdminSetUserMFAPreference" in cognito.writes()
    user.refresh_from_db()
    assert user.mfa_reset_done == 2
    assert not user.has_totp
    cognito.forget_calls()
    sync(user)
    assert cognito.writes() == []


def test_a_deleted_user_goes_from_cognito_and_then_from_here(cognito: LocalCognito, user: DirectoryUser) -> None:
    """With everything that we kept of them."""
    sync(user)
    change_and_forget(user)
    with pytest.raises(errors.UserNotFound):
        live(user)
    assert not DirectoryUser.objects.filter(pk=user.pk).exists()
    assert not SyncedResource.objects.filter(key=user.pk).exists()
    sync(user)
    assert nothing_is_owed()


def change_and_forget(user: DirectoryUser) -> None:
    """Delete the user as the directory does: the row goes with the sync."""
    DirectoryUser.objects.filter(pk=user.pk).update(status=UserStatus.DELETING)
    sync(user)


def test_the_row_stays_while_cognito_has_the_user(cognito: LocalCognito, user: DirectoryUser) -> None:
    """Nothing is marked done before it is done."""
    cognito.fault("AdminDeleteUser", "error_500")
    change_and_forget(user)
    assert DirectoryUser.objects.filter(pk=user.pk).exists()
    assert not nothing_owed()


def test_an_active_user_who_is_not_there_needs_a_new_invitation(cognito: LocalCognito, tenant: Tenant) -> None:
    """Only they can choose a password, so none is made up."""
    user = DirectoryUserFactory.create(tenant=tenant)
    sync(user)
    assert cognito.writes().count("AdminCreateUser") == 0
    resource = SyncedResource.objects.get(key=user.pk)
    assert resource.state == ResourceState.BLOCKED
    assert "invitation" in resource.remedy


@pytest.mark.parametrize("status", [UserStatus.INVITED, UserStatus.DISABLED, UserStatus.DELETING])
def test_who_never_accepted_is_not_in_cognito(cognito: LocalCognito, tenant: Tenant, status: UserStatus) -> None:
    """And need not be; to delete them is to delete the row."""
    user = DirectoryUserFactory.create(tenant=tenant, status=status)
    cognito.forget_calls()
    sync(user)
    assert nothing_owed()
    assert cognito.writes() == []
    assert DirectoryUser.objects.filter(pk=user.pk).exists() == (status != UserStatus.DELETING)


def test_who_is_deleted_while_they_accept_stays_until_that_is_over(tenant: Tenant, user: DirectoryUser) -> None:
    """The request that accepts may create them in Cognito after we looked; the row is what finds them then."""
    soon = timezone.now() + timedelta(minutes=1)
    invitation = Invitation.objects.create(
        tenant=tenant, user_id=user.pk, email=user.email, expires_at=soon, claimed_until=soon
    )
    change(user, status=UserStatus.DELETING)
    assert DirectoryUser.objects.filter(pk=user.pk).exists()
    invitation.claimed_until = None
    invitation.save(update_fields=["claimed_until"])
    sync(user)
    assert not DirectoryUser.objects.filter(pk=user.pk).exists()


def test_whoever_was_created_in_cognito_keeps_their_name_there(cognito: LocalCognito, tenant: Tenant) -> None:
    """The address is ours all the same: sign-in finds them by it."""
    attributes = {"email": "hand@customer.example", "email_verified": "false", "name": "Theirs"}
    users.create_user(pool_ref(tenant.pool), "by-hand", attributes, priority=PRIORITY)
    user = DirectoryUserFactory.create(
        tenant=tenant, cognito_username="by-hand", email="hand@customer.example", email_verified=False, name="Ours"
    )
    cognito.forget_calls()
    sync(user)
    assert cognito.writes() == []
    change(user, email="moved@customer.example")
    assert (live(user).email, live(user).attributes["name"]) == ("moved@customer.example", "Theirs")


def test_the_attributes_of_a_federated_user_are_the_providers(cognito: LocalCognito, tenant: Tenant) -> None:
    """Whatever our row says of them."""
    attributes = {"email": "theirs@customer.example", "name": "Theirs"}
    users.create_user(pool_ref(tenant.pool), "by-provider", attributes, priority=PRIORITY)
    user = DirectoryUserFactory.create(
        tenant=tenant, cognito_username="by-provider", cognito_status="EXTERNAL_PROVIDER", email="ours@customer.example"
    )
    cognito.forget_calls()
    sync(user)
    assert cognito.writes() == []
