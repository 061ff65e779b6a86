"""Passkeys: one is offered after a password, signs in after the e-mail address, and nobody learns who has one."""

import json
import re
import uuid
from html import unescape
from typing import Any, cast
from urllib.parse import quote

import jwt
import pytest
from django.http import HttpResponse
from pydantic import SecretStr

from federation.levels import ACR_MULTI_FACTOR, ACR_PASSKEY
from federation.models import BrowserSession, FirstFactorAttempt, KnownDevice
from federation.selectors import sign_in_client
from federation.services.attempt_limits import PASSKEY_REQUEST
from federation.services.counters import count_up
from federation.signin.cognito import client_ref
from identity import auth
from identity.auth import passkeys
from identity.models import DirectoryUser
from tenants.http import network_of
from tenants.models import Application, MfaPolicy, PoolKind, Tenant, TenantApplication
from tests.federation.browser import Browser, json_of
from tests.federation.conftest import PASSWORD, MakeTenant, MakeUser, issuer
from tests.federation.signin.ways import EMAIL, PASSKEY, allow, begin, shape_of
from tests.support.authenticator import Passkey
from tests.support.cognito import LocalCognito

pytestmark = pytest.mark.urls("config.urls.signin")


def options_in(browser: Browser) -> dict[str, Any]:
    """The options that the page gives to the browser."""
    found = re.search(r'data-options="([^"]*)"', browser.text)
    assert found is not None, browser.text
    options: dict[str, Any] = json.loads(unescape(found[1]))
    return options


def register(browser: Browser, email: str, passkey: Passkey, **changes: Any) -> None:
    """Sign in with the password, and take the offer of a passkey."""
    browser.sign_in(email, PASSWORD, organization="acme", prompt="login", nonce=uuid.uuid4().hex)
    browser.submit(credential=json.dumps(passkey.made_for(options_in(browser), **changes)))


def sign_in(browser: Browser, email: str, passkey: Passkey, **changes: Any) -> None:
    """Sign in with a passkey."""
    begin(browser, email, PASSKEY, prompt="login")
    browser.submit(credential=passkey.signed(options_in(browser), **changes))


def autofill_of(browser: Browser) -> tuple[str, dict[str, str]]:
    """Where the page gets the passkey of the browser's account, and what is sent there."""
    found = re.search(r'data-passkey-autofill="([^"]+)"', browser.text)
    assert found is not None
    return unescape(found[1]), {"csrfmiddlewaretoken": browser.hidden()["csrfmiddlewaretoken"]}


def claims_of(browser: Browser) -> dict[str, Any]:
    tokens = json_of(browser.exchange(browser.answer()["code"]))
    claims: dict[str, Any] = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    return claims


def test_an_offered_passkey_signs_in(browser: Browser, ann: DirectoryUser) -> None:
    allow(ann.tenant, PASSKEY)
    passkey = Passkey(issuer())
    register(browser, ann.email, passkey)
    assert "code" in browser.answer()
    ann.refresh_from_db()
    assert ann.has_passkey
    sign_in(browser, ann.email, passkey)
    claims = claims_of(browser)
    assert (claims["sub"], claims["amr"], claims["acr"]) == (str(ann.pk), ["pop"], ACR_PASSKEY)
    # Who has one is offered none; a second factor would be in its way, and is offered after a password alone.
    fresh = Browser(browser.application)
    sign_in(fresh, ann.email, passkey)
    assert "code" in fresh.answer()


def test_who_does_not_want_one_is_left_alone(browser: Browser, ann: DirectoryUser) -> None:
    allow(ann.tenant, PASSKEY)
    browser.sign_in(ann.email, PASSWORD, organization="acme")
    assert "data-passkey=" in browser.text
    browser.submit(later="yes")
    assert "code" in browser.answer()
    browser.sign_in(ann.email, PASSWORD, organization="acme", prompt="login", nonce=uuid.uuid4().hex)
    assert "data-passkey=" not in browser.text
    ann.refresh_from_db()
    assert (ann.has_passkey, ann.passkey_declined_at is None) == (False, False)


def test_what_the_browser_made_up_is_not_kept(browser: Browser, ann: DirectoryUser) -> None:
    allow(ann.tenant, PASSKEY)
    register(browser, ann.email, Passkey("https://evil.example"))
    assert browser.page.status_code == 422
    for nonsense in ("", "[]", "{}", "no JSON"):
        browser.submit(credential=nonsense)
        assert browser.page.status_code == 422, nonsense
    browser.submit(credential=json.dumps(Passkey(issuer()).made_for(options_in(browser))))
    assert "code" in browser.answer()
    assert BrowserSession.objects.count() == 1


@pytest.mark.parametrize(
    "changes", [{"challenge": "AAAA"}, {"origin": "https://evil.example"}, {"rp_id": "evil.example"}]
)
def test_an_answer_that_does_not_hold_lets_nobody_in(
    browser: Browser, ann: DirectoryUser, make_user: MakeUser, changes: dict[str, Any]
) -> None:
    allow(ann.tenant, PASSKEY)
    bob = make_user(ann.tenant, "bob@acme.example")
    hers, his = Passkey(issuer()), Passkey(issuer())
    for user, passkey in ((ann, hers), (bob, his)):
        register(Browser(browser.application), user.email, passkey)
    before = BrowserSession.objects.count()
    sign_in(browser, ann.email, hers, **changes)
    assert browser.page.status_code == 403
    sign_in(browser, ann.email, his)
    assert browser.page.status_code == 403
    assert BrowserSession.objects.count() == before


def test_nobody_learns_who_has_a_passkey(
    browser: Browser, ann: DirectoryUser, make_user: MakeUser, cognito: LocalCognito
) -> None:
    """By the page, its options, what is asked of Cognito, or the answer to a wrong credential."""
    make_user(ann.tenant, "bob@acme.example")
    allow(ann.tenant, PASSKEY)
    register(Browser(browser.application), ann.email, Passkey(issuer()))
    seen = set()
    for email in (ann.email, "bob@acme.example", "nobody@acme.example"):
        cognito.forget_calls()
        begin(browser, email, PASSKEY)
        first, shape = options_in(browser), shape_of(browser)
        begin(browser, email, PASSKEY)
        again = options_in(browser)
        assert first["allowCredentials"] == again["allowCredentials"]
        assert first["challenge"] != again["challenge"]
        stranger = Passkey(issuer(), credential_id=b"0123456789abcdef")
        browser.submit(credential=stranger.signed(again))
        [credential] = first["allowCredentials"]
        kinds = (tuple(first), tuple(credential), len(first["challenge"]), first["rpId"], first["userVerification"])
        seen.add((shape, kinds, browser.page.status_code, tuple(cognito.operations())))
    [(_shape, _kinds, status, operations)] = seen
    assert status == 403
    assert operations == ("InitiateAuth", "InitiateAuth", "RespondToAuthChallenge")


def test_a_passkey_that_counts_as_two_is_enough_where_two_are_required(
    application: Application, make_tenant: MakeTenant, make_user: MakeUser
) -> None:
    acme = make_tenant("acme", PoolKind.SHARED)
    TenantApplication.objects.create(tenant=acme, application=application)
    ann = make_user(acme, "ann@acme.example")
    allow(acme, PASSKEY, EMAIL, passkey_is_mfa=True)
    passkey = Passkey(issuer())
    register(Browser(application), ann.email, passkey)
    acme.policy.mfa = MfaPolicy.REQUIRED
    acme.policy.save(update_fields=["mfa"])
    browser = Browser(application)
    browser.authorize(organization="acme")
    # Codes do not go with it.
    assert re.findall(r'name="way" value="(\w+)"', browser.text) == [PASSKEY]
    sign_in(browser, ann.email, passkey)
    claims = claims_of(browser)
    assert (claims["amr"], claims["acr"]) == (["pop", "mfa"], ACR_MULTI_FACTOR)


def test_a_passkey_of_another_tenant_of_the_pool_opens_nothing(
    application: Application, make_tenant: MakeTenant, make_user: MakeUser
) -> None:
    acme = make_tenant("acme", PoolKind.SHARED)
    globex = make_tenant("globex", PoolKind.SHARED, beside=acme)
    for tenant in (acme, globex):
        TenantApplication.objects.create(tenant=tenant, application=application)
        allow(tenant, PASSKEY)
    at_acme, at_globex = (make_user(tenant, "both@example.com") for tenant in (acme, globex))
    passkey = Passkey(issuer())
    register(Browser(application), at_acme.email, passkey)
    browser = Browser(application)
    browser.authorize(organization="globex")
    browser.submit(email="both@example.com", password="", way=PASSKEY)
    browser.submit(credential=passkey.signed(options_in(browser)))
    assert browser.page.status_code == 403
    assert not BrowserSession.objects.filter(user=at_globex).exists()


def test_a_passkey_is_listed_and_deleted_by_its_owners_token(browser: Browser, ann: DirectoryUser) -> None:
    allow(ann.tenant, PASSKEY)
    register(browser, ann.email, Passkey(issuer()))
    token, client = _token_of(ann.tenant, ann)
    [found] = passkeys.list_passkeys(client, token)
    assert found.rp_id == "localhost"
    assert found.name
    for _ in range(2):
        passkeys.delete_passkey(client, token, found.id)
    assert passkeys.list_passkeys(client, token) == ()


def _token_of(tenant: Tenant, user: DirectoryUser) -> tuple[SecretStr, auth.AppClientRef]:
    client = sign_in_client(tenant)
    assert client is not None
    result = auth.sign_in_with_password(client_ref(client), user.username, PASSWORD)
    assert isinstance(result, auth.SignedIn)
    return result.access_token, client_ref(client)


def test_a_browser_that_is_known_gets_the_passkey_of_its_account_by_itself(
    browser: Browser, ann: DirectoryUser, make_user: MakeUser
) -> None:
    allow(ann.tenant, PASSKEY)
    browser.authorize(organization="acme")
    assert "data-passkey-autofill" not in browser.text
    passkey = Passkey(issuer())
    register(browser, ann.email, passkey)
    assert "code" in browser.answer()
    browser.authorize(organization="acme", prompt="login", nonce=uuid.uuid4().hex)
    # Whose it is, is not on the page.
    assert ann.email not in browser.text
    assert 'autocomplete="username webauthn"' in browser.text
    address, fields = autofill_of(browser)
    begun: Any = browser.client.post(address, fields)
    stranger = Browser(browser.application)
    stranger.authorize(organization="acme", prompt="login", nonce=uuid.uuid4().hex)
    assert "data-passkey-autofill" not in stranger.text
    assert browser.client.get(address).status_code == 405
    answer = {**fields, "turn": begun.json()["turn"], "credential": passkey.signed(begun.json()["options"])}
    browser.page = cast(HttpResponse, browser.client.post(begun.json()["action"], answer))
    assert "code" in browser.answer()


def test_whose_a_shared_computer_was_is_not_told(browser: Browser, ann: DirectoryUser) -> None:
    """Neither by the page of what began by itself, nor by what is said of an answer that does not hold."""
    allow(ann.tenant, PASSKEY)
    register(browser, ann.email, Passkey(issuer()))
    browser.authorize(organization="acme", prompt="login", nonce=uuid.uuid4().hex)
    address, fields = autofill_of(browser)
    begun: Any = browser.client.post(address, fields)
    shown = browser.client.get(begun.json()["action"])
    assert shown.status_code == 404
    wrong = {**fields, "turn": begun.json()["turn"], "credential": "{}"}
    refused = browser.client.post(begun.json()["action"], wrong)
    assert refused.status_code == 403
    for response in (shown, refused):
        # Neither there nor in an address.
        assert not re.search(rf"{ann.email}|{quote(ann.email)}", response.content.decode())


@pytest.mark.usefixtures("one_window")
def test_a_passkey_is_not_asked_for_without_end(browser: Browser, ann: DirectoryUser, cognito: LocalCognito) -> None:
    """By a browser, or by a client of which nothing is known; Cognito is not asked any more, and no row is made."""
    allow(ann.tenant, PASSKEY)
    register(browser, ann.email, Passkey(issuer()))
    browser.authorize(organization="acme", prompt="login", nonce=uuid.uuid4().hex)
    address, fields = autofill_of(browser)
    device = KnownDevice.objects.get(user=ann)
    assert PASSKEY_REQUEST.device is not None
    for _ in range(PASSKEY_REQUEST.device.most):
        subject = f"{ann.tenant_id}:{ann.email}:{device.pk}"
        count_up("passkey_request.device", subject, window_seconds=PASSKEY_REQUEST.device.seconds)
    stranger = Browser(browser.application)
    for _ in range(PASSKEY_REQUEST.client.most):
        network = network_of(stranger.client.defaults["REMOTE_ADDR"])
        count_up("passkey_request.client", network, window_seconds=PASSKEY_REQUEST.client.seconds)
    cognito.forget_calls()
    assert browser.client.post(address, fields).status_code == 204
    begin(stranger, "nobody@acme.example", PASSKEY)
    assert (stranger.page.status_code, "Too many attempts." in stranger.text) == (429, True)
    assert int(stranger.page["Retry-After"]) > 0
    assert (cognito.operations(), FirstFactorAttempt.objects.exists()) == ([], False)
    begin(Browser(browser.application), ann.email, PASSKEY)
    assert FirstFactorAttempt.objects.count() == 1
