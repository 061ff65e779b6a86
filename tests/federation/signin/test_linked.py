"""A user with a password who comes by a connection as well: what Cognito has of them, and what is done to it."""

import re

import pytest
from django.core import mail

from federation.models import BrowserSession, Connection, DomainStatus, EmailDomain, FederatedIdentity
from federation.services import link_notices
from federation.services.unlinking import allow_again, disconnect_user
from federation.tasks import tell_all_linked
from identity.cells import pool_ref
from identity.cognito import errors, users
from identity.cognito.users import CognitoUser
from identity.models import BulkKind, DirectoryUser, UnclaimedUser, UserConflict, UserStatus
from identity.services.bulk_input import Person
from identity.services.users import delete_user, disable_user, enable_user
from identity.sync import engine
from tenants.models import MfaPolicy, PoolKind, SignInPolicy, SyncKind, Tenant, TenantApplication
from tests.federation.arrivals import Traveller, connect, last, other_claims, user_of
from tests.federation.conftest import PASSWORD, MakeTenant, MakeUser
from tests.federation.linking import ADDRESS, prove, rule
from tests.federation.signin.conftest import MAPPING
from tests.support.bulk import carried_out, people, started
from tests.support.cognito import LocalCognito
from tests.support.connections import ACTOR
from tests.support.oidc_idp import OidcIdp
from tests.support.pull import sweep_twice
from tests.support.sync import PRIORITY, make_due

pytestmark = pytest.mark.urls("config.urls.signin")


@pytest.fixture
def local(tenant: Tenant, connection: Connection, make_user: MakeUser) -> DirectoryUser:
    """Ada, who has a password here, and whom the connection's rule connects."""
    prove(tenant)
    rule(connection, "people")
    return make_user(tenant, ADDRESS)


@pytest.fixture
def linked(tenant: Tenant, connection: Connection, local: DirectoryUser, ada: Traveller) -> DirectoryUser:
    """Ada, connected by her first sign-in."""
    ada.come_by(tenant, connection)
    ada.answer()
    local.refresh_from_db()
    return local


def in_cognito(user: DirectoryUser, username: str) -> CognitoUser | None:
    """What Cognito has under a name."""
    try:
        return users.get_user(pool_ref(user.tenant.pool), username, priority=PRIORITY)
    except errors.UserNotFound:
        return None


def both(user: DirectoryUser) -> list[CognitoUser | None]:
    """The user's own account and the profile that Cognito made, as they are there."""
    identity = FederatedIdentity.objects.get(user=user)
    return [in_cognito(user, user.username), in_cognito(user, identity.cognito_username)]


def follow(user: DirectoryUser) -> None:
    """Do a worker's work for a user."""
    engine.run(SyncKind.USER, user.pk)


def come_again(ada: Traveller, tenant: Tenant, connection: Connection) -> Traveller:
    """Come by the connection in a new browser."""
    again = Traveller(ada.application)
    again.come_by(tenant, connection)
    return again


def test_one_user_with_two_ways_in(
    tenant: Tenant, connection: Connection, linked: DirectoryUser, idp: OidcIdp, ada: Traveller
) -> None:
    """The account of ours is as it was, and a sweep of the pool finds nobody who is not known."""
    own, profile = both(linked)
    assert own is not None
    assert profile is not None
    assert (own.subject, own.status) == (linked.cognito_sub, users.UserStatus.CONFIRMED)
    assert profile.status is users.UserStatus.EXTERNAL_PROVIDER
    identity = FederatedIdentity.objects.get(user=linked)
    assert (identity.cognito_username, identity.cognito_sub) == (profile.username, profile.subject)
    assert BrowserSession.objects.get(user=linked).amr == ["fed"]
    other_claims(idp, email="countess@acme.example", name="Countess")
    come_again(ada, tenant, connection).answer()
    sweep_twice(tenant.pool)
    user = user_of(tenant)
    assert (user.pk, user.name, user.username) == (linked.pk, linked.name, linked.username)
    assert DirectoryUser.objects.filter(tenant=tenant).count() == 1
    assert not UnclaimedUser.objects.filter(pool=tenant.pool).exclude(username="").exists()
    assert not UserConflict.objects.exists()
    assert both(linked)[0] == own


def test_in_a_pool_of_ones_own(
    tenant: Tenant, make_tenant: MakeTenant, make_user: MakeUser, idp: OidcIdp, ada: Traveller
) -> None:
    """Where addresses are aliases to sign in with: the alias stays with the account of ours."""
    own = make_tenant("hooli", PoolKind.DEDICATED)
    TenantApplication.objects.create(tenant=own, application=ada.application)
    prove(own)
    made = rule(connect(own, idp, mapping=MAPPING), "people")
    local = make_user(own, ADDRESS)
    ada.come_by(own, made)
    ada.answer()
    account, profile = both(local)
    assert account is not None
    assert profile is not None
    assert (account.attributes["email_verified"], profile.attributes.get("email_verified")) == ("true", "false")
    sweep_twice(own.pool)
    assert DirectoryUser.objects.filter(tenant=own).count() == 1


def test_a_factor_of_here_is_not_forgotten(
    tenant: Tenant, connection: Connection, linked: DirectoryUser, ada: Traveller
) -> None:
    """By a sign-in that did not ask for it: the page would say that there is none, and nobody would reset it."""
    DirectoryUser.objects.filter(pk=linked.pk).update(has_totp=True)
    come_again(ada, tenant, connection).answer()
    linked.refresh_from_db()
    assert linked.has_totp
    assert linked.last_sign_in_at is not None


def test_the_password_goes_on_working_with_its_factor(
    tenant: Tenant, connection: Connection, linked: DirectoryUser, ada: Traveller
) -> None:
    """The factor of here is asked for with the password alone: the identity provider decides what it asks for."""
    SignInPolicy.objects.filter(tenant=tenant).update(mfa=MfaPolicy.REQUIRED)
    come_again(ada, tenant, connection).answer()
    # Otherwise people of the domain are sent to the connection first (`federation.signin.views.realm`).
    EmailDomain.objects.update(status=DomainStatus.WAITING)
    by_password = Traveller(ada.application)
    by_password.sign_in(ADDRESS, PASSWORD, organization=tenant.slug)
    assert "Set up your authenticator app" in by_password.text, re.sub(r"<[^>]+>|\s+", " ", by_password.text)


def test_what_is_done_to_the_user_is_done_to_both(
    tenant: Tenant, connection: Connection, linked: DirectoryUser, ada: Traveller
) -> None:
    """Also where the worker does it again; a deleted one is gone from everywhere."""
    disable_user(tenant, linked.pk, actor=ACTOR)
    assert "not active" in come_again(ada, tenant, connection).text
    follow(linked)
    assert [each.enabled for each in both(linked) if each] == [False, False]
    come_again(ada, tenant, connection)
    assert last(connection).code == "disabled"
    enable_user(tenant, linked.pk, actor=ACTOR)
    follow(linked)
    assert [each.enabled for each in both(linked) if each] == [True, True]
    come_again(ada, tenant, connection).answer()
    names = [each.username for each in both(linked) if each]
    delete_user(tenant, linked.pk, confirm_email=ADDRESS, actor=ACTOR)
    follow(linked)
    assert [in_cognito(linked, name) for name in names] == [None, None]
    assert not FederatedIdentity.objects.exists()


@pytest.mark.parametrize("operation", ["AdminDisableUser", "AdminDeleteUser"])
@pytest.mark.parametrize("answered", [1, 2])
def test_a_change_that_is_cut_off_goes_on(
    tenant: Tenant, linked: DirectoryUser, cognito: LocalCognito, operation: str, answered: int
) -> None:
    """Between the account and the profile, or with an answer that was lost: the next attempt ends it."""
    names = [each.username for each in both(linked) if each]
    if operation == "AdminDisableUser":
        disable_user(tenant, linked.pk, actor=ACTOR)
    else:
        delete_user(tenant, linked.pk, confirm_email=ADDRESS, actor=ACTOR)
    cognito.fault(operation, "error_500", times=answered)
    for _attempt in range(answered + 1):
        make_due()
        follow(linked)
    found = [in_cognito(linked, name) for name in names]
    assert [each.enabled if each else None for each in found] == [False if "Disable" in operation else None] * 2


def test_a_bulk_job_does_both_too(tenant: Tenant, linked: DirectoryUser) -> None:
    """And is done when both are."""
    job = carried_out(started(tenant, BulkKind.DISABLE, [Person(2, ADDRESS, "")]))
    assert (job.done, job.failed) == (1, 0)
    assert [each.enabled for each in both(linked) if each] == [False, False]
    names = [each.username for each in both(linked) if each]
    carried_out(started(tenant, BulkKind.DELETE, [Person(2, ADDRESS, "")]))
    assert [in_cognito(linked, name) for name in names] == [None, None]
    assert not DirectoryUser.objects.filter(pk=linked.pk).exists()


def test_disconnected_the_profile_goes_and_the_password_stays(
    tenant: Tenant, connection: Connection, linked: DirectoryUser, ada: Traveller
) -> None:
    """Whoever comes that way is turned away, and the log says why, until somebody lets them be connected again."""
    profile = FederatedIdentity.objects.get(user=linked).cognito_username
    disconnect_user(tenant, linked.pk, connection.pk, actor=ACTOR)
    follow(linked)
    assert in_cognito(linked, profile) is None
    own = in_cognito(linked, linked.username)
    assert own is not None
    assert own.enabled
    turned_away = come_again(ada, tenant, connection)
    assert turned_away.page.status_code == 403
    assert last(connection).code == "unlinked"
    allow_again(tenant, linked.pk, connection.pk, actor=ACTOR)
    come_again(ada, tenant, connection).answer()
    follow(linked)
    assert in_cognito(linked, profile) is not None


def test_the_user_is_told_once(linked: DirectoryUser) -> None:
    """At the address that they had here; a message that was lost is sent by the sweep, and a second does nothing."""
    identity = FederatedIdentity.objects.get(user=linked)
    assert identity.notice_owed
    mail.outbox.clear()
    assert link_notices.untold(10) == [identity.pk]
    for _message in range(2):
        link_notices.tell(identity.pk)
    (told,) = mail.outbox
    assert told.to == [ADDRESS]
    assert "with Entra, too" in told.body
    tell_all_linked()
    assert link_notices.untold(10) == []


def test_people_made_in_bulk_come_by_single_sign_on(tenant: Tenant, connection: Connection, ada: Traveller) -> None:
    """The account that they were given stays theirs; disabled and enabled again, they come in as before."""
    carried_out(started(tenant, BulkKind.CREATE, [Person(2, ADDRESS, "Ada"), *people(2)]))
    ada.come_by(tenant, connection)
    ada.answer()
    user = user_of(tenant)
    follow(user)
    assert (user.status, user.cognito_username) == (UserStatus.ACTIVE, "")
    own, profile = both(user)
    assert own is not None
    assert own.attributes["email_verified"] == "false"
    assert profile is not None
    disable_user(tenant, user.pk, actor=ACTOR)
    follow(user)
    enable_user(tenant, user.pk, actor=ACTOR)
    follow(user)
    come_again(ada, tenant, connection).answer()
