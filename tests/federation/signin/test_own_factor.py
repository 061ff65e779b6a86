"""The second factor of people who come by a connection: left to it, believed where it says so, or kept by Lifeguard."""

import time
from dataclasses import replace

import pytest

from federation.models import BrowserSession, Connection, FederatedSignIn, OwnFactor, SecurityNotice, SignInAttempt
from federation.services.connection_mapping import Arrivals, save_people, set_arrivals
from federation.services.connection_states import disable
from federation.totp import code_at
from identity.services.users import reset_user_mfa
from identity.sync import engine
from tenants.errors import ValidationFailed
from tenants.models import Application, AuditEvent, MfaPolicy, SignInPolicy, SyncKind, Tenant
from tests.federation.app_codes import app_on
from tests.federation.arrivals import Traveller, apply, other_claims, user_of
from tests.federation.signin.conftest import MAPPING
from tests.support.cognito import LocalCognito
from tests.support.connections import ACTOR
from tests.support.oidc_idp import OidcIdp

pytestmark = pytest.mark.urls("config.urls.signin")
MULTI_FACTOR = "urn:lifeguard:acr:multi-factor"


def trust(connection: Connection, how: str) -> None:
    set_arrivals(connection.tenant, connection.pk, Arrivals(jit="on", mfa_trust=how), actor=ACTOR)


def require(tenant: Tenant, mfa: MfaPolicy = MfaPolicy.REQUIRED) -> None:
    SignInPolicy.objects.filter(tenant=tenant).update(mfa=mfa)


def come(application: Application, tenant: Tenant, connection: Connection, **parameters: str) -> Traveller:
    """Come by the connection; who has nothing yet chooses the app."""
    traveller = Traveller(application)
    traveller.arrive(traveller.travel(traveller.leave(tenant, connection, **parameters)))
    if traveller.address.endswith("/own-choice"):
        traveller.submit(factor="totp")
    return traveller


def code(secret: str, steps: int = 0) -> str:
    """The app's code of so many steps from now."""
    return code_at(secret, int(time.time()) // 30 + steps)


@pytest.fixture
def own(tenant: Tenant, connection: Connection) -> Connection:
    """The connection, whose people Lifeguard asks, at a tenant that requires a second factor."""
    require(tenant)
    trust(connection, "own")
    return connection


def test_a_connection_is_trusted_as_before(tenant: Tenant, connection: Connection, application: Application) -> None:
    require(tenant)
    assert "code" in come(application, tenant, connection).answer()
    assert BrowserSession.objects.get().amr == ["fed"]


def test_lifeguard_keeps_an_app_and_asks_for_it(
    tenant: Tenant, own: Connection, application: Application, cognito: LocalCognito
) -> None:
    ada = come(application, tenant, own)
    assert "Set up your authenticator app" in ada.text
    assert BrowserSession.objects.count() == 0
    secret = app_on(ada).secret
    assert secret.encode() not in bytes(SignInAttempt.objects.get().secrets_encrypted)
    assert ada.submit(code=code(secret, 1000)).status_code == 422
    first = code(secret)
    ada.submit(code=first)
    assert "code" in ada.answer()
    session = BrowserSession.objects.get()
    assert (session.amr, session.acr, session.connection_id) == (["fed", "otp", "mfa"], MULTI_FACTOR, own.pk)
    factor = OwnFactor.objects.get()
    assert secret.encode() not in bytes(factor.secret_encrypted)
    assert AuditEvent.objects.filter(action="user.totp_enrolled").count() == 1
    assert SecurityNotice.objects.filter(user=factor.user, kind="authenticator_added").count() == 1
    assert user_of(tenant).has_second_factor

    again = come(application, tenant, own)
    assert "Open your authenticator app" in again.text
    # A code is good once, wherever it was shown.
    assert again.submit(code=first).status_code == 422
    again.submit(code=code(secret, 1))
    assert "code" in again.answer()
    assert not {"AssociateSoftwareToken", "VerifySoftwareToken"} & set(cognito.operations())
    assert set(FederatedSignIn.objects.values_list("outcome", flat=True)) == {"succeeded"}


def test_a_reset_makes_the_app_void(tenant: Tenant, own: Connection, application: Application) -> None:
    ada = come(application, tenant, own)
    first = app_on(ada).secret
    ada.submit(code=code(first))
    user = user_of(tenant)
    waiting = come(application, tenant, own)
    reset_user_mfa(tenant, user.pk, actor=ACTOR)
    engine.run(SyncKind.USER, user.pk)
    user.refresh_from_db()
    assert not user.has_second_factor
    # Who was on the page with the code cannot answer with the old app.
    assert waiting.submit(code=code(first, 1)).status_code == 409
    again = come(application, tenant, own)
    assert "Set up your authenticator app" in again.text
    assert app_on(again).secret != first


def test_one_app_is_not_replaced_without_its_code(tenant: Tenant, own: Connection, application: Application) -> None:
    one, other = come(application, tenant, own), come(application, tenant, own)
    one.submit(code=code(app_on(one).secret))
    assert "code" in one.answer()
    assert other.submit(code=code(app_on(other).secret)).status_code == 409
    assert BrowserSession.objects.count() == 1


def test_a_connection_that_goes_out_of_use_meanwhile_lets_nobody_in(
    tenant: Tenant, own: Connection, application: Application
) -> None:
    ada = come(application, tenant, own)
    disable(tenant, own.pk, actor=ACTOR)
    assert ada.submit(code=code(app_on(ada).secret)).status_code == 403
    assert BrowserSession.objects.count() == 0


def test_the_providers_word_is_believed_where_it_says_so(
    tenant: Tenant, connection: Connection, application: Application, idp: OidcIdp
) -> None:
    require(tenant)
    with pytest.raises(ValidationFailed):
        trust(connection, "claim")
    arrivals = Arrivals(jit="on", mfa_trust="claim", mfa_values=("mfa", "hwk"))
    save_people(tenant, connection.pk, replace(MAPPING, methods="amr"), arrivals, actor=ACTOR)
    apply(tenant)
    other_claims(idp, amr=["pwd", "hwk"])
    assert "code" in come(application, tenant, connection).answer()
    assert BrowserSession.objects.get().amr == ["fed", "mfa"]
    # What was said once does not stand for the next sign-in, of which nothing is said.
    for said in ({"amr": ["pwd"]}, {"amr": None}):
        other_claims(idp, **said)
        assert "Set up your authenticator app" in come(application, tenant, connection).text
    assert BrowserSession.objects.count() == 1


def test_an_application_can_want_two_factors_of_them(
    tenant: Tenant, connection: Connection, application: Application
) -> None:
    trust(connection, "own")
    require(tenant, MfaPolicy.OPTIONAL)
    assert "code" in come(application, tenant, connection).answer()
    asked = come(application, tenant, connection, acr_values=MULTI_FACTOR)
    assert "Set up your authenticator app" in asked.text
    asked.submit(code=code(app_on(asked).secret))
    # Who has one is asked for it from then on, unless there is to be none.
    assert "Open your authenticator app" in come(application, tenant, connection).text
    require(tenant, MfaPolicy.OFF)
    assert "code" in come(application, tenant, connection).answer()


def test_a_session_is_asked_again_once_more_is_wanted(
    tenant: Tenant, connection: Connection, application: Application
) -> None:
    ada = come(application, tenant, connection)
    ada.answer()
    assert "code" in _silently(ada)
    trust(connection, "own")
    assert "code" in _silently(ada)
    require(tenant)
    assert _silently(ada)["error"] == "login_required"


def _silently(traveller: Traveller) -> dict[str, str]:
    traveller.nonce += "x"
    traveller.authorize(organization="globex", prompt="none")
    return traveller.answer()
