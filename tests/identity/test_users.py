"""Changing users: what changes, what is owed to Cognito, what the log says, and who may not."""

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from identity.models import BulkKind, DirectoryUser, UserStatus
from identity.services.bulk import change_users
from identity.services.invitations import invite_user
from identity.services.users import delete_user, disable_user, enable_user, reset_user_mfa, set_user_role
from tenants.actor import Actor
from tenants.errors import Conflict, DomainError, NotFound, PermissionDenied, ValidationFailed
from tenants.models import AuditEvent, Invitation, OutboxEntry, SyncKind
from tenants.permissions import TenantRole
from tests.factories import DirectoryUserFactory, TenantCast, actor_of, make_cast

Change = Callable[..., Any]
CHANGES: dict[str, Change] = {
    "disable": disable_user,
    "enable": enable_user,
    "reset_mfa": reset_user_mfa,
    "delete": lambda tenant, pk, *, actor: delete_user(
        tenant, pk, confirm_email=DirectoryUser.objects.get(pk=pk).email, actor=actor
    ),
    "role": lambda tenant, pk, *, actor: set_user_role(tenant, pk, role=TenantRole.AUDITOR, actor=actor),
}


def reload(user: DirectoryUser) -> DirectoryUser:
    """Return the row as it is now."""
    return DirectoryUser.objects.get(pk=user.pk)


def owed(user: DirectoryUser) -> bool:
    """Say whether Cognito is owed a change of this user."""
    return any(entry.is_owed for entry in OutboxEntry.objects.filter(kind=SyncKind.USER, key=user.pk))


def newest_event(tenant_cast: TenantCast) -> AuditEvent:
    """Return what the tenant's log was told last."""
    event = AuditEvent.objects.filter(tenant=tenant_cast.tenant).order_by("-sequence").first()
    assert event is not None
    return event


def test_disabling_takes_effect_at_once_and_cognito_is_owed(acme: TenantCast, owner: Actor) -> None:
    disable_user(acme.tenant, acme.outsider.pk, actor=owner)
    assert reload(acme.outsider).status == UserStatus.DISABLED
    assert not reload(acme.outsider).may_sign_in
    assert owed(acme.outsider)
    event = newest_event(acme)
    assert (event.action, event.actor_id, event.target_id) == ("user.disabled", owner.id, str(acme.outsider.pk))
    assert (event.before, event.after) == ({"status": "active"}, {"status": "disabled"})


def test_enabling_returns_whoever_was_in_cognito_to_active(acme: TenantCast, owner: Actor) -> None:
    user = DirectoryUserFactory.create(tenant=acme.tenant, status=UserStatus.DISABLED, cognito_sub="some-sub")
    assert enable_user(acme.tenant, user.pk, actor=owner).status == UserStatus.ACTIVE
    assert owed(user)


def test_enabling_whoever_never_accepted_waits_for_an_invitation(acme: TenantCast, owner: Actor) -> None:
    user = DirectoryUserFactory.create(tenant=acme.tenant, status=UserStatus.DISABLED)
    assert enable_user(acme.tenant, user.pk, actor=owner).status == UserStatus.INVITED


def test_resetting_mfa_is_owed_until_it_is_done(acme: TenantCast, owner: Actor) -> None:
    user = DirectoryUserFactory.create(tenant=acme.tenant, cognito_sub="some-sub", has_totp=True)
    reset_user_mfa(acme.tenant, user.pk, actor=owner)
    assert reload(user).mfa_reset_done < reload(user).mfa_reset_wanted
    assert not reload(user).has_totp
    assert owed(user)


def test_deleting_asks_for_the_address(acme: TenantCast, owner: Actor) -> None:
    with pytest.raises(ValidationFailed) as refused:
        delete_user(acme.tenant, acme.outsider.pk, confirm_email=acme.admin.email, actor=owner)
    assert "confirm_name" in refused.value.fields
    assert reload(acme.outsider).status == UserStatus.ACTIVE
    delete_user(acme.tenant, acme.outsider.pk, confirm_email=f" {acme.outsider.email.upper()} ", actor=owner)
    assert reload(acme.outsider).status == UserStatus.DELETING
    assert owed(acme.outsider)


def test_a_deleted_users_address_is_free_again(acme: TenantCast, owner: Actor) -> None:
    delete_user(acme.tenant, acme.outsider.pk, confirm_email=acme.outsider.email, actor=owner)
    again = DirectoryUserFactory.create(tenant=acme.tenant, email=acme.outsider.email)
    assert again.pk != acme.outsider.pk


@pytest.mark.parametrize("change", ["disable", "delete"])
def test_an_open_invitation_ends_with_its_user(acme: TenantCast, owner: Actor, change: str) -> None:
    user = invite_user(acme.tenant, email="new@acme.example", name="", role="", actor=owner)
    CHANGES[change](acme.tenant, user.pk, actor=owner)
    assert Invitation.objects.get(user_id=user.pk).revoked_at is not None


@pytest.mark.parametrize("change", CHANGES)
def test_a_user_of_another_tenant_is_not_found(acme: TenantCast, globex: TenantCast, owner: Actor, change: str) -> None:
    before = reload(globex.outsider)
    for stranger in (globex.outsider.pk, globex.admin.pk):
        with pytest.raises(NotFound):
            CHANGES[change](acme.tenant, stranger, actor=owner)
    assert reload(globex.outsider).updated_at == before.updated_at
    with pytest.raises(NotFound):
        disable_user(acme.tenant, uuid.uuid4(), actor=owner)


@pytest.mark.parametrize("change", CHANGES)
def test_an_admin_cannot_touch_whoever_has_a_role(acme: TenantCast, admin: Actor, change: str) -> None:
    DirectoryUser.objects.filter(pk=acme.owner.pk).update(cognito_sub="some-sub")
    with pytest.raises(PermissionDenied):
        CHANGES[change](acme.tenant, acme.owner.pk, actor=admin)
    assert reload(acme.owner).status == UserStatus.ACTIVE


@pytest.mark.parametrize("change", ["disable", "delete", "role"])
def test_nobody_locks_themselves_out(acme: TenantCast, owner: Actor, change: str) -> None:
    DirectoryUserFactory.create(tenant=acme.tenant, role=TenantRole.OWNER)
    with pytest.raises(Conflict):
        CHANGES[change](acme.tenant, acme.owner.pk, actor=owner)


@pytest.mark.parametrize("change", ["disable", "delete", "role"])
@pytest.mark.parametrize("other", [None, UserStatus.INVITED, UserStatus.DISABLED, UserStatus.DELETING])
def test_the_last_owner_stays(acme: TenantCast, change: str, other: UserStatus | None) -> None:
    if other is not None:
        DirectoryUserFactory.create(tenant=acme.tenant, role=TenantRole.OWNER, status=other)
    somebody = DirectoryUserFactory.build(tenant=acme.tenant, role=TenantRole.OWNER)
    with pytest.raises(Conflict, match="last owner"):
        CHANGES[change](acme.tenant, acme.owner.pk, actor=actor_of(somebody))
    assert (reload(acme.owner).status, reload(acme.owner).role) == (UserStatus.ACTIVE, TenantRole.OWNER)


def test_an_owner_who_has_not_accepted_can_be_replaced(acme: TenantCast, owner: Actor) -> None:
    invited = DirectoryUserFactory.create(tenant=acme.tenant, role=TenantRole.OWNER, status=UserStatus.INVITED)
    delete_user(acme.tenant, invited.pk, confirm_email=invited.email, actor=owner)
    assert reload(invited).status == UserStatus.DELETING


def test_a_role_is_given_taken_and_logged(acme: TenantCast, owner: Actor) -> None:
    set_user_role(acme.tenant, acme.outsider.pk, role=TenantRole.ADMIN, actor=owner)
    assert reload(acme.outsider).role == TenantRole.ADMIN
    assert newest_event(acme).after == {"role": "admin"}
    set_user_role(acme.tenant, acme.outsider.pk, role="", actor=owner)
    assert reload(acme.outsider).role == ""
    with pytest.raises(ValidationFailed):
        set_user_role(acme.tenant, acme.outsider.pk, role="emperor", actor=owner)


def test_a_change_that_is_there_already_is_said_so(acme: TenantCast, owner: Actor) -> None:
    with pytest.raises(Conflict):
        enable_user(acme.tenant, acme.outsider.pk, actor=owner)
    disable_user(acme.tenant, acme.outsider.pk, actor=owner)
    with pytest.raises(Conflict):
        disable_user(acme.tenant, acme.outsider.pk, actor=owner)


def test_in_bulk_one_refusal_does_not_stop_the_others(acme: TenantCast, globex: TenantCast, owner: Actor) -> None:
    chosen = [acme.outsider.pk, acme.owner.pk, acme.auditor.pk, globex.outsider.pk]
    result = change_users(acme.tenant, BulkKind.DISABLE, chosen, actor=owner)
    assert result.done == [acme.auditor.email, acme.outsider.email]
    assert len(result.refused) == 1
    assert reload(acme.owner).status == UserStatus.ACTIVE
    assert reload(globex.outsider).status == UserStatus.ACTIVE
    assert change_users(acme.tenant, BulkKind.DELETE, chosen[:1], actor=owner).done == [acme.outsider.email]


def test_a_bulk_change_is_bounded(acme: TenantCast, owner: Actor) -> None:
    with pytest.raises(ValidationFailed):
        change_users(acme.tenant, BulkKind.DISABLE, [uuid.uuid4() for _ in range(101)], actor=owner)


@pytest.mark.django_db(transaction=True)
def test_two_owners_cannot_remove_each_other_at_once() -> None:
    acme = make_cast().acme
    second = DirectoryUserFactory.create(tenant=acme.tenant, role=TenantRole.OWNER)
    together, outcomes = threading.Barrier(2), list[str]()

    def remove(target: DirectoryUser, by: DirectoryUser) -> None:
        together.wait()
        try:
            set_user_role(acme.tenant, target.pk, role="", actor=actor_of(by))
            outcomes.append("done")
        except DomainError as error:
            outcomes.append(error.code)
        finally:
            connections.close_all()

    pairs = [(acme.owner, second), (second, acme.owner)]
    threads = [threading.Thread(target=remove, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["conflict", "done"]
    assert DirectoryUser.objects.filter(tenant=acme.tenant, role=TenantRole.OWNER).count() == 1
