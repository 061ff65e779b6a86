"""Browsers that are remembered of people whom Lifeguard itself asks, and beside an offer of a passkey."""

import json
import uuid

import pyotp
import pytest
from pydantic import SecretStr

from federation.models import BrowserSession, Connection, RememberedBrowser
from federation.services.remembered_browsers import forget, give_up_void, unused
from federation.signin.cognito import client_ref
from identity import auth
from identity.models import AppClient
from identity.services.users import reset_user_mfa
from tenants.models import Application, PoolKind, SignInPolicy, Tenant, TenantApplication
from tests.federation.app_codes import app_on, next_code
from tests.federation.arrivals import Traveller, user_of
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD, MakeTenant, MakeUser
from tests.federation.signin.test_own_factor import MULTI_FACTOR, code, require, trust
from tests.federation.signin.test_own_keys import make_key, options_on
from tests.federation.signin.ways import PASSKEY, allow
from tests.support.cognito import LocalCognito
from tests.support.connections import ACTOR
from tests.support.pool_settings import set_on

pytestmark = pytest.mark.urls("config.urls.signin")
BOX = "Do not ask again in this browser for 14 days"


@pytest.fixture
def own(tenant: Tenant, connection: Connection) -> Connection:
    """The connection, whose people Lifeguard asks, at a tenant that has browsers remembered for a fortnight."""
    set_on(tenant, remembers_devices=True)
    require(tenant)
    SignInPolicy.objects.filter(tenant=tenant).update(remember_days=14)
    trust(connection, "own")
    return connection


def come_again(traveller: Traveller, own: Connection, **asked: str) -> Traveller:
    """Come by the connection, in the same browser."""
    traveller.nonce = uuid.uuid4().hex
    traveller.arrive(traveller.travel(traveller.leave(own.tenant, own, prompt="login", **asked)))
    return traveller


def newest() -> BrowserSession:
    return BrowserSession.objects.latest("auth_time")


def test_an_app_is_asked_for_once(own: Connection, application: Application, cognito: LocalCognito) -> None:
    ada = come_again(Traveller(application), own)
    ada.submit(factor="totp")
    # Who has just set one up has it at hand: the box stands where it is asked for.
    assert BOX not in ada.text
    secret = app_on(ada).secret
    ada.submit(code=code(secret), remember="on")
    assert "code" in ada.answer()
    come_again(ada, own)
    assert BOX in ada.text
    ada.submit(code=code(secret, 1), remember="on")
    assert "code" in ada.answer()
    come_again(ada, own)
    assert "code" in ada.answer()
    assert (newest().amr, newest().acr) == (["fed", "remembered"], "urn:lifeguard:acr:federated")
    assert "ConfirmDevice" not in cognito.operations(), "nobody asks there"
    # An application that wants two gets two; another browser is not this one.
    assert BOX in come_again(ada, own, acr_values=MULTI_FACTOR).text
    assert BOX in come_again(Traveller(application), own).text


def test_a_reset_takes_it_back(own: Connection, application: Application, cognito: LocalCognito) -> None:
    ada = come_again(Traveller(application), own)
    passkey = make_key(ada)
    come_again(ada, own)
    assert BOX in ada.text
    ada.submit(credential=passkey.signed(options_on(ada)), remember="on")
    assert "code" in ada.answer()
    come_again(ada, own)
    assert newest().amr == ["fed", "remembered"]
    reset_user_mfa(own.tenant, user_of(own.tenant).pk, actor=ACTOR)
    assert "code" not in come_again(ada, own).page.get("Location", "")
    give_up_void()
    (row_id,) = unused(9)
    forget(row_id)
    assert not RememberedBrowser.objects.exists()
    assert "AdminForgetDevice" not in cognito.operations()


def test_an_offer_on_the_way_does_not_lose_it(
    application: Application, make_tenant: MakeTenant, make_user: MakeUser
) -> None:
    acme = make_tenant("acme", PoolKind.SHARED)
    TenantApplication.objects.create(tenant=acme, application=application)
    ann = make_user(acme, "ann@acme.example")
    allow(acme, PASSKEY, passkey_is_mfa=True, remembers_devices=True)
    SignInPolicy.objects.filter(tenant=acme).update(remember_days=14)
    client = client_ref(AppClient.objects.get(tenant=acme, purpose=AppClient.SIGN_IN))
    token = _token(client, ann.username)
    app = pyotp.TOTP(auth.begin_totp_setup(client, access_token=token).secret.get_secret_value())
    auth.finish_totp_setup(client, ann.username, access_token=token, code=app.now(), device_name="x")
    browser = Browser(application)
    browser.sign_in(ann.email, PASSWORD, organization="acme")
    assert BOX in browser.text
    browser.submit(code=next_code(app), remember="on")
    assert "data-passkey=" in browser.text
    browser.submit(later="yes")
    assert "code" in browser.answer()
    assert json.loads(RememberedBrowser.objects.get().secrets)["key"]
    browser.nonce = uuid.uuid4().hex
    browser.sign_in(ann.email, PASSWORD, organization="acme", prompt="login")
    assert "code" in browser.answer()
    assert newest().amr == ["pwd", "remembered"]


def _token(client: auth.AppClientRef, username: str) -> SecretStr:
    signed_in = auth.sign_in_with_password(client, username, PASSWORD)
    assert isinstance(signed_in, auth.SignedIn)
    return signed_in.access_token
