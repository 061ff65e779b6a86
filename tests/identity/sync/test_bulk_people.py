"""How somebody who was created in bulk gets in: by an invitation that is sent later, or by a temporary password."""

import pytest

from identity.cells import pool_ref
from identity.cognito import users
from identity.models import BulkKind, DirectoryUser, UserStatus
from identity.services.acceptance import accept_invitation
from identity.services.invitation_mail import hash_token
from identity.services.invitations import resend_invitation
from identity.services.temporary_password import set_temporary_password
from identity.services.users import delete_user, disable_user, enable_user
from identity.sync import engine
from tenants.actor import ANONYMOUS
from tenants.errors import Conflict
from tenants.models import Invitation, PoolKind, SyncKind, Tenant
from tests.support.bulk import SYSTEM, carried_out, people, started
from tests.support.cognito import LocalCognito
from tests.support.sync import PRIORITY, Onboard, run_tenant

PASSWORD = "Correct-Horse-Battery-1"


@pytest.fixture
def user(onboard: Onboard, cognito: LocalCognito) -> DirectoryUser:
    """Somebody whom a job has created."""
    tenant = onboard(PoolKind.SHARED)
    run_tenant(tenant)
    carried_out(started(tenant, BulkKind.CREATE, people(1)))
    cognito.forget_calls()
    return DirectoryUser.objects.select_related("tenant__pool__cell").get(tenant=tenant)


def fresh(user: DirectoryUser) -> DirectoryUser:
    """The row as it is now."""
    return DirectoryUser.objects.select_related("tenant__pool__cell").get(pk=user.pk)


def status_in_cognito(user: DirectoryUser) -> str:
    """Where they stand in Cognito."""
    return users.get_user(pool_ref(user.tenant.pool), user.username, priority=PRIORITY).status


def accept(user: DirectoryUser) -> None:
    """Follow the newest link and choose a password; the mail's token is known to nobody else, so it is set here."""
    newest = Invitation.objects.filter(user_id=user.pk, revoked_at__isnull=True)
    newest.update(token_hash=hash_token("the-link"))
    tenant = Tenant.objects.select_related("pool__cell", "policy").get(pk=user.tenant_id)
    accept_invitation(tenant, "the-link", PASSWORD, actor=ANONYMOUS)


def test_an_invitation_sent_later_lets_them_choose_their_password(cognito: LocalCognito, user: DirectoryUser) -> None:
    """On the user who is there: nobody is created twice, and the subject stays."""
    resend_invitation(user.tenant, user.pk, actor=SYSTEM)
    assert fresh(user).status == UserStatus.INVITED
    accept(user)
    now = fresh(user)
    assert (now.status, now.awaits_password, now.cognito_sub) == (UserStatus.ACTIVE, False, user.cognito_sub)
    assert status_in_cognito(now) == "CONFIRMED"
    assert cognito.applied("AdminCreateUser") == 0
    cognito.forget_calls()
    engine.run(SyncKind.USER, user.pk)
    assert cognito.writes() == []
    with pytest.raises(Conflict):
        resend_invitation(user.tenant, user.pk, actor=SYSTEM)


def test_a_temporary_password_lets_them_in_too(user: DirectoryUser) -> None:
    """They must replace it; in the directory they are active, as after any temporary password."""
    set_temporary_password(user.tenant, user.pk, actor=SYSTEM)
    now = fresh(user)
    assert (now.status, now.awaits_password) == (UserStatus.ACTIVE, False)
    assert status_in_cognito(now) == "FORCE_CHANGE_PASSWORD"


def test_whoever_is_invited_and_made_by_hand_away_is_made_again(user: DirectoryUser) -> None:
    """Nobody knows their password, so that nothing is lost."""
    resend_invitation(user.tenant, user.pk, actor=SYSTEM)
    users.delete_user(pool_ref(user.tenant.pool), user.username, priority=PRIORITY)
    disable_user(user.tenant, user.pk, actor=SYSTEM)
    engine.run(SyncKind.USER, user.pk)
    enable_user(user.tenant, user.pk, actor=SYSTEM)
    engine.run(SyncKind.USER, user.pk)
    now = fresh(user)
    assert now.status == UserStatus.CREATED
    assert status_in_cognito(now) == "FORCE_CHANGE_PASSWORD"
    assert now.cognito_sub != user.cognito_sub


def test_one_by_one_they_can_be_deleted_like_anybody(user: DirectoryUser) -> None:
    """From both."""
    delete_user(user.tenant, user.pk, confirm_email=user.email, actor=SYSTEM)
    engine.run(SyncKind.USER, user.pk)
    assert not DirectoryUser.objects.filter(pk=user.pk).exists()
    assert users.find_user(pool_ref(user.tenant.pool), user.username, priority=PRIORITY) is None
