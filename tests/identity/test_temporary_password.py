"""Setting a temporary password, against the running Cognito."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from identity import auth
from identity.cells import pool_ref
from identity.models import AppClient, DirectoryUser, UserStatus
from identity.services.invitations import invite_user
from identity.services.temporary_password import generate_password, set_temporary_password
from tenants.actor import Actor
from tenants.errors import Conflict, NotFound, PermissionDenied, Unavailable
from tenants.models import AuditEvent, Cell, Invitation, Tenant
from tests.factories import TenantCast, actor_of, make_cast
from tests.support.stack_plugin import Stack
from tests.support.sync import resync


@pytest.fixture
def live(transactional_db: None, stack: Stack) -> TenantCast:
    """Acme, with a pool in the running Cognito."""
    cast = make_cast()
    Cell.objects.filter(pk=cast.cell.pk).update(endpoint_url=stack.addresses.cognito_url)
    tenant = Tenant.objects.select_related("pool__cell").get(pk=cast.acme.tenant.pk)
    resync(tenant)
    tenant = Tenant.objects.select_related("pool__cell", "policy").get(pk=tenant.pk)
    acme = cast.acme
    return TenantCast(tenant, acme.owner, acme.admin, acme.auditor, acme.outsider)


def sign_in(tenant: Tenant, user: DirectoryUser, password: str) -> auth.SignInResult:
    """Sign in as the sign-in page does."""
    row = AppClient.objects.get(tenant=tenant)
    pool = pool_ref(tenant.pool)
    client = auth.AppClientRef(pool.endpoint, pool.pool_id, row.client_id, SecretStr(row.secret))
    return auth.sign_in_with_password(client, user.username, password)


def test_cognito_asks_for_a_new_password_at_the_next_sign_in(live: TenantCast) -> None:
    password = set_temporary_password(live.tenant, live.outsider.pk, actor=actor_of(live.owner))
    assert isinstance(sign_in(live.tenant, live.outsider, password), auth.NewPasswordRequired)
    user = DirectoryUser.objects.get(pk=live.outsider.pk)
    assert (user.status, bool(user.cognito_sub)) == (UserStatus.ACTIVE, True)
    event = AuditEvent.objects.get(tenant=live.tenant, action="user.temporary_password_set")
    assert password not in str((event.before, event.after))


def test_whoever_was_invited_needs_the_link_no_longer(live: TenantCast) -> None:
    owner = actor_of(live.owner)
    user = invite_user(live.tenant, email="new@acme.example", name="", role="", actor=owner)
    password = set_temporary_password(live.tenant, user.pk, actor=owner)
    assert isinstance(sign_in(live.tenant, user, password), auth.NewPasswordRequired)
    assert DirectoryUser.objects.get(pk=user.pk).status == UserStatus.ACTIVE
    assert Invitation.objects.get(user_id=user.pk).revoked_at is not None


def test_another_one_replaces_the_first(live: TenantCast) -> None:
    owner = actor_of(live.owner)
    first = set_temporary_password(live.tenant, live.outsider.pk, actor=owner)
    second = set_temporary_password(live.tenant, live.outsider.pk, actor=owner)
    assert first != second
    with pytest.raises(auth.InvalidCredentials):
        sign_in(live.tenant, live.outsider, first)
    assert isinstance(sign_in(live.tenant, live.outsider, second), auth.NewPasswordRequired)


def test_nothing_changes_where_it_is_refused(acme: TenantCast, globex: TenantCast, admin: Actor, owner: Actor) -> None:
    with pytest.raises(PermissionDenied):
        set_temporary_password(acme.tenant, acme.owner.pk, actor=admin)
    with pytest.raises(NotFound):
        set_temporary_password(acme.tenant, globex.outsider.pk, actor=owner)
    with pytest.raises(Unavailable):
        set_temporary_password(acme.tenant, acme.outsider.pk, actor=owner)
    DirectoryUser.objects.filter(pk=acme.outsider.pk).update(status=UserStatus.DISABLED)
    with pytest.raises(Conflict):
        set_temporary_password(acme.tenant, acme.outsider.pk, actor=owner)
    assert not AuditEvent.objects.filter(action="user.temporary_password_set").exists()


@given(st.integers(6, 99))
def test_a_generated_password_satisfies_every_policy(shortest: int) -> None:
    password = generate_password(shortest)
    assert max(shortest, 20) <= len(password) <= 99
    assert any(letter.islower() for letter in password)
    assert any(letter.isupper() for letter in password)
    assert any(letter.isdigit() for letter in password)
    assert "-" in password
    assert not set(password) & set("0O1lI ")
