"""Recovery codes of people who come by a connection, in place of the second factor that Lifeguard keeps of them."""

import pytest

from federation.models import (
    AuthEvent,
    BrowserSession,
    Connection,
    OwnFactor,
    OwnKey,
    RecoveryCode,
    SecurityNotice,
    SignInAttempt,
    Step,
)
from federation.services.connection_states import disable
from federation.services.recovery_codes import HOW_MANY, codes_left, make_codes
from identity.models import DirectoryUser
from tenants.models import Application, AuditEvent, MfaPolicy, Tenant
from tests.factories import DirectoryUserFactory, TenantFactory
from tests.federation.app_codes import app_on
from tests.federation.arrivals import Traveller, user_of
from tests.federation.signin.test_own_factor import MULTI_FACTOR, code, come, require, trust
from tests.federation.signin.test_own_keys import make_key
from tests.federation.signin.test_recovery_codes import link_on
from tests.support.cognito import LocalCognito
from tests.support.connections import ACTOR

pytestmark = pytest.mark.urls("config.urls.signin")
WRONG = "aaaa-bbbb-cccc-dddd"


@pytest.fixture
def own(tenant: Tenant, connection: Connection) -> Connection:
    """The connection, whose people Lifeguard asks, at a tenant that requires a second factor."""
    require(tenant)
    trust(connection, "own")
    return connection


@pytest.fixture
def person(tenant: Tenant, own: Connection, application: Application) -> DirectoryUser:
    """Ada, who has set an app up."""
    ada = come(application, tenant, own)
    ada.submit(code=code(app_on(ada).secret))
    assert "code" in ada.answer()
    return user_of(tenant)


def at_the_codes(application: Application, tenant: Tenant, connection: Connection, **parameters: str) -> Traveller:
    """A browser that is asked for a recovery code."""
    ada = come(application, tenant, connection, **parameters)
    ada.get(link_on(ada, "Use a recovery code"))
    return ada


def come_again(ada: Traveller) -> None:
    """Go on from the page that says that the factor is gone: by the identity provider once more."""
    assert "Your second factor is removed" in ada.text
    ada.get(link_on(ada, "Sign in"))
    ada.arrive(ada.travel(ada.page["Location"]))


def test_a_code_takes_the_app_away_and_another_is_set_up_at_once(
    tenant: Tenant, own: Connection, application: Application, person: DirectoryUser, cognito: LocalCognito
) -> None:
    assert "Use a recovery code" not in come(application, tenant, own).text
    codes = make_codes(person, actor=ACTOR)
    ada = at_the_codes(application, tenant, own)
    assert ada.submit(code=WRONG).status_code == 422
    assert AuthEvent.objects.filter(way="recovery_code", user=person).count() == 1
    ada.submit(code=codes[0].upper())
    # Nobody is let in by it, and who was is not any more.
    person.refresh_from_db()
    assert not [each for each in BrowserSession.objects.all() if person.may_hold_session(each.auth_time)]
    assert not person.has_second_factor
    event = AuditEvent.objects.get(action="user.recovery_code_used")
    assert (event.actor_label, event.before) == (person.email, {"factors": ["totp"]})
    assert event.after == {"factors": [], "codes_left": HOW_MANY - 1}
    assert SecurityNotice.objects.filter(user=person, kind="recovery_code_used").count() == 1
    assert not {"AdminSetUserMFAPreference", "AdminDeleteSoftwareToken"} & set(cognito.operations())

    come_again(ada)
    assert "Set up a second factor" in ada.text
    assert "Not now" not in ada.text
    ada.submit(factor="totp")
    ada.submit(code=code(app_on(ada).secret))
    assert "code" in ada.answer()
    assert BrowserSession.objects.latest("auth_time").amr == ["fed", "otp", "mfa"]


def test_in_place_of_a_key(tenant: Tenant, own: Connection, application: Application) -> None:
    first = Traveller(application)
    first.come_by(tenant, own)
    make_key(first)
    codes = make_codes(user_of(tenant), actor=ACTOR)
    ada = come(application, tenant, own)
    assert "ask an administrator of your organization to reset" not in ada.text
    ada.get(link_on(ada, "Use a recovery code"))
    ada.submit(code=codes[1])
    assert AuditEvent.objects.get(action="user.recovery_code_used").before == {"factors": ["key"]}
    come_again(ada)
    make_key(ada)
    assert "code" in ada.answer()
    assert OwnKey.objects.get().resets == 1


def test_where_it_is_optional_another_is_offered_and_an_application_may_want_it(
    tenant: Tenant, own: Connection, application: Application, person: DirectoryUser
) -> None:
    require(tenant, MfaPolicy.OPTIONAL)
    codes = make_codes(person, actor=ACTOR)
    ada = at_the_codes(application, tenant, own, acr_values=MULTI_FACTOR)
    ada.submit(code=codes[0])
    come_again(ada)
    assert "Not now" not in ada.text
    assert ada.submit(later="yes").status_code == 409

    other = Traveller(application)
    other.come_by(tenant, own)
    assert "Add a second factor" in other.text
    other.submit(later="yes")
    assert "code" in other.answer()
    assert BrowserSession.objects.latest("auth_time").amr == ["fed"]
    assert not OwnFactor.objects.exists()
    # Once is enough.
    assert "code" in come(application, tenant, own).answer()


def test_only_codes_of_theirs_at_this_organization(
    tenant: Tenant, own: Connection, application: Application, person: DirectoryUser
) -> None:
    make_codes(person, actor=ACTOR)
    colleague = DirectoryUserFactory.create(tenant=tenant)
    elsewhere = DirectoryUserFactory.create(tenant=TenantFactory.create(slug="initech"), email=person.email)
    ada = at_the_codes(application, tenant, own)
    for other in (colleague, elsewhere):
        theirs = make_codes(other, actor=ACTOR)
        assert ada.submit(code=theirs[0]).status_code == 422
        assert codes_left(other) == HOW_MANY
    # The sign-in is this organization's.
    where = ada.address.replace(f"/{tenant.slug}/", "/initech/")
    assert ada.get(where).status_code == 404
    assert codes_left(person) == HOW_MANY


def test_a_code_is_good_once_in_whichever_sign_in(
    tenant: Tenant, own: Connection, application: Application, person: DirectoryUser
) -> None:
    codes = make_codes(person, actor=ACTOR)
    one, other = at_the_codes(application, tenant, own), at_the_codes(application, tenant, own)
    form = one.hidden()
    one.submit(code=codes[0])
    # What the other sign-in had proved counts for nothing since the first one reset the factors.
    assert other.submit(code=codes[0]).status_code == 409
    # Nor does the form that was answered do it twice.
    assert one.client.post(one.address, {**form, "code": codes[1]}).status_code == 404
    assert codes_left(person) == HOW_MANY - 1
    person.refresh_from_db()
    assert person.mfa_reset_wanted == 1


@pytest.mark.usefixtures("long_waits")
def test_codes_cannot_be_tried_out(
    tenant: Tenant, own: Connection, application: Application, person: DirectoryUser
) -> None:
    make_codes(person, actor=ACTOR)
    ada = at_the_codes(application, tenant, own)
    statuses = [ada.submit(code=WRONG).status_code for _ in range(6)]
    assert (statuses[0], statuses[-1]) == (422, 429)
    attempt = SignInAttempt.objects.exclude(step=Step.DONE).latest("created_at")
    assert attempt.code_tries == statuses.count(422)


def test_by_a_connection_that_went_out_of_use_none_is_taken(
    tenant: Tenant, own: Connection, application: Application, person: DirectoryUser
) -> None:
    codes = make_codes(person, actor=ACTOR)
    ada = at_the_codes(application, tenant, own)
    disable(tenant, own.pk, actor=ACTOR)
    assert ada.submit(code=codes[0]).status_code == 403
    assert codes_left(person) == HOW_MANY
    assert not RecoveryCode.objects.filter(used_at__isnull=False).exists()


def test_who_has_none_set_up_has_nothing_to_replace(tenant: Tenant, own: Connection, application: Application) -> None:
    ada = Traveller(application)
    ada.come_by(tenant, own)
    make_codes(user_of(tenant), actor=ACTOR)
    assert "Use a recovery code" not in ada.get(ada.address).content.decode()
    attempt = SignInAttempt.objects.get()
    assert ada.get(f"/{tenant.slug}/sign-in/{attempt.pk}/recovery").status_code == 404


def test_of_somebody_who_also_has_a_password_both_kinds_go(
    tenant: Tenant, own: Connection, application: Application, person: DirectoryUser, cognito: LocalCognito
) -> None:
    DirectoryUser.objects.update(cognito_status="CONFIRMED", has_totp=False, other_factors=["email"])
    codes = make_codes(person, actor=ACTOR)
    ada = at_the_codes(application, tenant, own)
    ada.submit(code=codes[0])
    assert AuditEvent.objects.get(action="user.recovery_code_used").before == {"factors": ["totp", "email"]}
    assert "AdminSetUserMFAPreference" in cognito.operations()
    person.refresh_from_db()
    assert (person.has_second_factor, person.mfa_reset_done) == (False, 1)
