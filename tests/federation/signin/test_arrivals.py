"""Who is let in by a connection for the first time: somebody new, somebody invited, and nobody by an address alone."""

from dataclasses import replace

import pytest
from django.utils import timezone

from federation.models import (
    Connection,
    FederatedIdentity,
    SignInOutcome,
)
from federation.services.connection_mapping import Arrivals, set_arrivals
from identity.models import DirectoryUser, UnclaimedUser, UserStatus
from identity.services.invitations import invite_user, resend_invitation, revoke_invitation
from identity.services.temporary_password import set_temporary_password
from tenants.errors import Conflict
from tenants.models import (
    Invitation,
    Tenant,
)
from tenants.permissions import TenantRole
from tests.federation.arrivals import Traveller, failure, last, user_of
from tests.federation.conftest import MakeUser
from tests.support.connections import ACTOR
from tests.support.oidc_idp import OidcIdp
from tests.support.pull import sweep_twice

pytestmark = pytest.mark.urls("config.urls.signin")


def test_who_comes_by_a_provider_gets_no_password(tenant: Tenant, connection: Connection, ada: Traveller) -> None:
    """Neither by an invitation nor by an administrator: it would be a second door."""
    ada.come_by(tenant, connection)
    user = user_of(tenant)
    with pytest.raises(Conflict):
        set_temporary_password(tenant, user.pk, actor=ACTOR)
    DirectoryUser.objects.filter(pk=user.pk).update(missing_since=timezone.now())
    with pytest.raises(Conflict):
        resend_invitation(tenant, user.pk, actor=ACTOR)


def test_a_local_users_address_takes_nobody_over(
    tenant: Tenant, connection: Connection, make_user: MakeUser, ada: Traveller
) -> None:
    """Whatever the identity provider says; the person is told what to do, the administrator why."""
    local = make_user(tenant, "ada@acme.example")
    ada.come_by(tenant, connection)
    assert ada.page.status_code == 403
    assert "Sign in as you did before" in ada.text
    local.refresh_from_db()
    assert not local.cognito_username
    assert not FederatedIdentity.objects.exists()
    assert last(connection).outcome == SignInOutcome.REFUSED
    assert failure(tenant)["user"] == "ada@acme.example"


@pytest.mark.parametrize("jit", ["off", "invited"])
def test_nobody_new_comes_in_where_that_is_off(
    tenant: Tenant, connection: Connection, ada: Traveller, jit: str
) -> None:
    """Nor by the sweep of the pool, in which Cognito has made them."""
    set_arrivals(tenant, connection.pk, Arrivals(jit=jit), actor=ACTOR)
    ada.come_by(tenant, connection)
    assert ada.page.status_code == 403
    assert "no account here yet" in ada.text
    sweep_twice(tenant.pool)
    assert not DirectoryUser.objects.filter(tenant=tenant).exists()
    assert not UnclaimedUser.objects.filter(pool=tenant.pool, username__startswith=tenant.key).exists()


@pytest.mark.parametrize(("jit", "comes_in"), [("on", True), ("invited", True), ("off", False)])
def test_who_was_invited_is_that_user(
    tenant: Tenant, connection: Connection, ada: Traveller, jit: str, comes_in: bool
) -> None:
    """With the role that they were invited with; the invitation works no more."""
    invited = invite_user(tenant, email="ada@acme.example", name="Ada", role=TenantRole.ADMIN, actor=ACTOR)
    set_arrivals(tenant, connection.pk, Arrivals(jit=jit, linking="team"), actor=ACTOR)
    ada.come_by(tenant, connection)
    invited.refresh_from_db()
    assert (invited.status == UserStatus.ACTIVE) == comes_in
    assert Invitation.objects.get(user_id=invited.pk).is_open != comes_in
    assert FederatedIdentity.objects.filter(user=invited).exists() == comes_in
    if comes_in:
        assert (invited.role, invited.username) == (TenantRole.ADMIN, f"{connection.provider_name}_u-1")


@pytest.mark.parametrize(("role", "linking"), [(TenantRole.OWNER, "team"), (TenantRole.ADMIN, "people")])
def test_an_invited_owner_accepts_by_mail(
    tenant: Tenant, connection: Connection, ada: Traveller, role: TenantRole, linking: str
) -> None:
    """And an admin, where an admin may have set the connection up, who could act as another by it."""
    invited = invite_user(tenant, email="ada@acme.example", name="Ada", role=role, actor=ACTOR)
    set_arrivals(tenant, connection.pk, Arrivals(jit="on", linking=linking), actor=ACTOR)
    ada.come_by(tenant, connection)
    assert ada.page.status_code == 403
    invited.refresh_from_db()
    assert invited.status == UserStatus.INVITED


def test_an_invitation_that_was_revoked_lets_nobody_in(tenant: Tenant, connection: Connection, ada: Traveller) -> None:
    """Nor one that another tenant sent."""
    invited = invite_user(tenant, email="ada@acme.example", name="Ada", role="", actor=ACTOR)
    revoke_invitation(tenant, invited.pk, actor=ACTOR)
    set_arrivals(tenant, connection.pk, Arrivals(jit="invited"), actor=ACTOR)
    ada.come_by(tenant, connection)
    assert ada.page.status_code == 403


def test_without_an_address_nobody_comes_in(
    tenant: Tenant, connection: Connection, idp: OidcIdp, ada: Traveller
) -> None:
    """The person is told what is missing."""
    idp.does = replace(idp.does, claims={"sub": "u-1"})
    ada.come_by(tenant, connection)
    assert "did not tell your e-mail address" in ada.text
    assert failure(tenant)["cause"] == "no_email"
