"""Signing in by a connection with a security key or passkey that Lifeguard keeps, by the pages."""

import json
import re
import time
from dataclasses import asdict, replace
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpResponse

from federation.models import AuthEvent, BrowserSession, Connection, OwnFactor, OwnKey, SignInAttempt
from federation.services.attempts import held_by
from federation.totp import code_at
from federation.webauthn import origin_of
from identity.services.users import reset_user_mfa
from tenants.models import Application, AuditEvent, MfaPolicy, Tenant
from tests.federation.app_codes import app_on
from tests.federation.arrivals import Traveller, user_of
from tests.federation.browser import Browser
from tests.federation.signin.test_own_factor import MULTI_FACTOR, code, require, trust
from tests.support.authenticator import Passkey
from tests.support.connections import ACTOR

pytestmark = pytest.mark.urls("config.urls.signin")


def come(application: Application, tenant: Tenant, connection: Connection) -> Traveller:
    """Come by the connection as far as to the factor."""
    traveller = Traveller(application)
    traveller.come_by(tenant, connection)
    return traveller


def options_on(page: Browser) -> dict[str, Any]:
    """What the page gives the browser."""
    found = re.search(r'data-options="([^"]+)"', page.text)
    assert found, page.text
    options: dict[str, Any] = json.loads(unescape(found[1]))
    return options


def make_key(page: Traveller, name: str = "") -> Passkey:
    """Choose a key at the set-up, and make one."""
    page.submit(factor="key")
    assert "Set up a security key or passkey" in page.text
    passkey = Passkey(origin_of(settings.SIGNIN_URL), verifies=False)
    page.submit(credential=json.dumps(passkey.made_for(options_on(page))), name=name)
    return passkey


def use(page: Traveller, passkey: Passkey, **changes: Any) -> HttpResponse:
    """Answer with a key."""
    assert "Use your security key or passkey" in page.text
    return page.submit(credential=passkey.signed(options_on(page), **changes))


@pytest.fixture
def own(tenant: Tenant, connection: Connection) -> Connection:
    """The connection, whose people Lifeguard asks, at a tenant that requires a second factor."""
    require(tenant)
    trust(connection, "own")
    return connection


def test_a_key_is_set_up_and_asked_for(tenant: Tenant, own: Connection, application: Application) -> None:
    ada = come(application, tenant, own)
    assert {"Authenticator app", "Security key or passkey"} <= set(re.findall(r"[A-Z][a-z ]+", ada.text))
    passkey = make_key(ada, "Key in the desk")
    assert "code" in ada.answer()
    session = BrowserSession.objects.get()
    assert (session.amr, session.acr, session.connection_id) == (["fed", "pop", "mfa"], MULTI_FACTOR, own.pk)
    assert OwnKey.objects.get().name == "Key in the desk"
    assert not AuditEvent.objects.filter(action="user.totp_enrolled").exists()

    again = come(application, tenant, own)
    # Nothing that is on the page says what the key is called, and there is no other way than it.
    assert "Key in the desk" not in again.text
    assert "Use your authenticator app" not in again.text
    assert "ask an administrator of your organization to reset" in again.text
    old = options_on(again)
    assert use(again, passkey, origin="https://evil.example").status_code == 422
    # Each challenge is good once, whatever came of it.
    assert options_on(again)["challenge"] != old["challenge"]
    assert again.submit(credential=passkey.signed(old)).status_code == 422
    assert AuthEvent.objects.filter(reason="wrong_key", way="key", user=user_of(tenant)).count() == 2
    use(again, passkey)
    assert "code" in again.answer()


def test_a_challenge_is_of_one_sign_in_and_of_a_few_minutes(
    tenant: Tenant, own: Connection, application: Application
) -> None:
    passkey = make_key(come(application, tenant, own))
    one, other = come(application, tenant, own), come(application, tenant, own)
    # The answer to one sign-in is none to another, nor with the other's form.
    answer, where = passkey.signed(options_on(one)), one.address
    assert other.submit(credential=answer).status_code == 422
    assert one.submit_to(other.address, credential=answer, turn=other.hidden()["turn"]).status_code == 404
    one.get(where)
    attempt = SignInAttempt.objects.get(pk=where.split("/")[3])
    attempt.seal_secrets(json.dumps(asdict(replace(held_by(attempt), key_until=int(time.time()) - 1))))
    attempt.save(update_fields=["secrets_encrypted"])
    assert one.submit(credential=answer).status_code == 422
    assert BrowserSession.objects.count() == 1
    use(one, passkey)
    assert "code" in one.answer()
    # Answered, it is over.
    assert one.get(where).status_code == 404


def test_both_side_by_side_and_one_chooses(tenant: Tenant, own: Connection, application: Application) -> None:
    ada = come(application, tenant, own)
    ada.submit(factor="key")
    # Changed their mind.
    ada.submit(other="yes")
    ada.submit(factor="totp")
    secret = app_on(ada).secret
    ada.submit(other="yes")
    passkey = make_key(ada)
    user = user_of(tenant)
    assert not OwnFactor.objects.exists()
    factor = OwnFactor(tenant=tenant, user=user, resets=0, last_step=0)
    factor.seal_secret(secret)
    factor.save()

    by_app = come(application, tenant, own)
    assert "Use your authenticator app" in by_app.text
    by_app.submit(other="yes")
    assert "Open your authenticator app" in by_app.text
    by_app.submit(other="yes")
    by_app.submit(other="yes")
    by_app.submit(code=code_at(secret, int(time.time()) // 30))
    assert "code" in by_app.answer()
    by_key = come(application, tenant, own)
    use(by_key, passkey)
    assert "code" in by_key.answer()
    assert {tuple(session.amr) for session in BrowserSession.objects.all()} == {
        ("fed", "pop", "mfa"),
        ("fed", "otp", "mfa"),
    }


def test_who_has_one_cannot_set_another_up_instead(tenant: Tenant, own: Connection, application: Application) -> None:
    by_key, by_app, late = (come(application, tenant, own) for _ in range(3))
    late.submit(factor="key")
    make_key(by_key)
    by_app.submit(factor="totp")
    assert by_app.submit(code=code(app_on(by_app).secret)).status_code == 409
    made = Passkey(origin_of(settings.SIGNIN_URL)).made_for(options_on(late))
    assert late.submit(credential=json.dumps(made)).status_code == 409
    # Nor is there an app to change to.
    asked = come(application, tenant, own)
    assert asked.submit(other="yes").status_code == 409
    assert (BrowserSession.objects.count(), OwnKey.objects.count(), OwnFactor.objects.count()) == (1, 1, 0)


def test_a_reset_takes_keys_away(tenant: Tenant, own: Connection, application: Application) -> None:
    passkey = make_key(come(application, tenant, own))
    user = user_of(tenant)
    assert [factor.value for factor in user.second_factors] == ["key"]
    waiting = come(application, tenant, own)
    reset_user_mfa(tenant, user.pk, actor=ACTOR)
    assert AuditEvent.objects.get(action="user.mfa_reset").before == {"factors": ["key"]}
    assert use(waiting, passkey).status_code == 409
    assert "Set up a second factor" in come(application, tenant, own).text
    require(tenant, MfaPolicy.OFF)
    assert "code" in come(application, tenant, own).answer()


@pytest.mark.usefixtures("long_waits")
def test_wrong_ones_are_limited_like_codes(tenant: Tenant, own: Connection, application: Application) -> None:
    passkey = make_key(come(application, tenant, own))
    eve, stranger = come(application, tenant, own), Passkey(origin_of(settings.SIGNIN_URL))
    stranger.credential_id = passkey.credential_id
    answers = [use(eve, stranger).status_code for _ in range(6)]
    assert answers[:4] == [422] * 4
    assert 429 in answers
    assert BrowserSession.objects.count() == 1
