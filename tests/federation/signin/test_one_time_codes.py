"""Signing in by a code that was sent: who gets in, who does not, and that nobody learns who is there."""

import re
from concurrent.futures import ThreadPoolExecutor

import jwt
import pytest
from django.db import connection
from django.test import Client

from federation.levels import ACR_CODE
from federation.models import AuthorizationCode, BrowserSession, FirstFactorAttempt
from federation.services.attempt_limits import MAIL, ROW
from identity.cells import pool_ref
from identity.cognito import users
from identity.cognito.calls import Priority
from identity.models import DirectoryUser, UserStatus
from tenants.models import Application, MfaPolicy, PoolKind, Tenant, TenantApplication
from tests.factories import DirectoryUserFactory
from tests.federation.browser import Browser, json_of
from tests.federation.conftest import MakeTenant, MakeUser
from tests.federation.signin.ways import EMAIL, PASSKEY, TEXT, allow, begin, shape_of
from tests.support.codes import mailed_code
from tests.support.cognito import LocalCognito
from tests.support.mail import Mailbox

pytestmark = pytest.mark.urls("config.urls.signin")


def test_a_mailed_code_signs_in(
    browser: Browser, acme: Tenant, make_user: MakeUser, mailbox: Mailbox, cognito: LocalCognito
) -> None:
    make_user(acme, "otto-1@acme.example")
    allow(acme, EMAIL)
    begin(browser, "Otto-1@acme.example", EMAIL)
    assert "Check your mail" in browser.text
    browser.submit(code="00000000")
    assert browser.page.status_code == 422
    assert "not right" in browser.text
    code = mailed_code(mailbox, "otto-1@acme.example")
    browser.submit(code=f"{code[:4]} {code[4:]}")
    # No second factor is offered: with one, nobody could come by a code any more.
    tokens = json_of(browser.exchange(browser.answer()["code"]))
    claims = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert (claims["amr"], claims["acr"]) == (["email"], ACR_CODE)
    session = BrowserSession.objects.get()
    assert session.amr == ["email"]
    assert FirstFactorAttempt.objects.get().secrets_encrypted == b""


@pytest.mark.usefixtures("long_waits")
def test_nobody_learns_who_is_there(
    browser: Browser, acme: Tenant, make_user: MakeUser, mailbox: Mailbox, cognito: LocalCognito
) -> None:
    """By the pages, by what is asked of Cognito, or by how often one may try."""
    there = make_user(acme, "otto-2@acme.example")
    disabled = make_user(acme, "dora-2@acme.example")
    DirectoryUser.objects.filter(pk=disabled.pk).update(status=UserStatus.DISABLED)
    temporary = make_user(acme, "tim-2@acme.example", temporary=True)
    invited = DirectoryUserFactory.create(tenant=acme, email="ivan-2@acme.example", status=UserStatus.INVITED)
    allow(acme, EMAIL)
    seen = set()
    for email in (there.email, disabled.email, temporary.email, invited.email, "nobody-2@acme.example"):
        cognito.forget_calls()
        begin(browser, email, EMAIL)
        pages = [(browser.page.status_code, shape_of(browser))]
        for _ in range(6):
            browser.submit(code="00000000")
            pages.append((browser.page.status_code, shape_of(browser)))
        browser.submit(again="yes")
        pages.append((browser.page.status_code, shape_of(browser)))
        seen.add((tuple(pages), tuple(cognito.operations())))
    [(answers, operations)] = seen
    assert operations.count("InitiateAuth") == 2
    # The waits begin after four failures in a row, whoever is tried.
    assert [status for status, _text in answers] == [200, 422, 422, 422, 422, 422, 429, 200]
    assert [len(mailbox.messages_to(email)) for email in (there.email, disabled.email, temporary.email)] == [2, 0, 0]


@pytest.mark.usefixtures("one_window")
def test_a_new_code_replaces_the_one_before_and_has_a_limit(
    browser: Browser, acme: Tenant, make_user: MakeUser, mailbox: Mailbox
) -> None:
    make_user(acme, "otto-3@acme.example")
    allow(acme, EMAIL)
    begin(browser, "otto-3@acme.example", EMAIL)
    first = mailed_code(mailbox, "otto-3@acme.example")
    browser.submit(again="yes")
    assert "A new code is on its way" in browser.text
    second = mailed_code(mailbox, "otto-3@acme.example", count=2)
    if first != second:
        browser.submit(code=first)
        assert browser.page.status_code == 422
    assert MAIL.near is not None
    for _ in range(MAIL.near.most - 2):
        browser.submit(again="yes")
    browser.submit(again="yes")
    assert browser.page.status_code == 429
    assert int(browser.page["Retry-After"]) > 0
    # The last one that was sent is good still.
    browser.submit(code=mailed_code(mailbox, "otto-3@acme.example", count=MAIL.near.most))
    assert "code" in browser.answer()


def test_a_code_is_answered_once_and_where_it_was_asked_for(
    browser: Browser,
    acme: Tenant,
    make_user: MakeUser,
    make_tenant: MakeTenant,
    mailbox: Mailbox,
    assigned: Application,
) -> None:
    make_user(acme, "otto-4@acme.example")
    allow(acme, EMAIL)
    begin(browser, "otto-4@acme.example", EMAIL)
    address = browser.address
    fields = {**browser.hidden(), "code": mailed_code(mailbox, "otto-4@acme.example")}
    stranger = Browser(browser.application)
    stranger.authorize(organization="acme")
    assert stranger.get(address).status_code == 404
    globex = make_tenant("globex")
    TenantApplication.objects.create(tenant=globex, application=browser.application)
    assert browser.get(address.replace("/acme/", "/globex/")).status_code == 404
    assert browser.get(address.replace("/code", "/passkey")).status_code == 404

    def send(_: int) -> int:
        try:
            client = Client()
            client.cookies = browser.client.cookies
            return int(client.post(address, fields).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(send, range(4)))
    assert statuses.count(303) == 1
    assert set(statuses) <= {303, 404, 409}
    assert AuthorizationCode.objects.count() == BrowserSession.objects.count() == 1


def test_a_texted_code_signs_in(browser: Browser, acme: Tenant, make_user: MakeUser, cognito: LocalCognito) -> None:
    user = make_user(acme, "otto-5@acme.example")
    number = {"phone_number": "+15550123105", "phone_number_verified": "true"}
    users.update_attributes(pool_ref(acme.pool), user.username, number, priority=Priority.SIGN_IN)
    allow(acme, TEXT)
    begin(browser, "otto-5@acme.example", TEXT)
    assert "Check your phone" in browser.text
    assert "0123105" not in browser.text
    assert "*3105" not in browser.text
    browser.submit(code=cognito.texts_to("+15550123105")[-1].rpartition(" ")[2])
    assert "code" in browser.answer()
    assert BrowserSession.objects.get().amr == ["sms"]


def test_only_what_the_policy_and_the_pool_allow_is_offered_and_taken(
    browser: Browser, acme: Tenant, make_user: MakeUser, mailbox: Mailbox
) -> None:
    make_user(acme, "otto-6@acme.example")
    browser.authorize(organization="acme")
    assert 'name="way"' not in browser.text
    allow(acme, EMAIL)
    browser.authorize(organization="acme")
    assert re.findall(r'name="way" value="(\w+)"', browser.text) == [EMAIL]
    for way in (TEXT, PASSKEY, "PASSWORD", ""):
        assert begin_status(browser, "otto-6@acme.example", way) == 404
    begin(browser, "otto-6@acme.example", EMAIL)
    acme.policy.mfa = MfaPolicy.REQUIRED
    acme.policy.save(update_fields=["mfa"])
    # What is under way ends with the policy.
    browser.submit(code=mailed_code(mailbox, "otto-6@acme.example"))
    assert browser.page.status_code == 403
    assert BrowserSession.objects.count() == 0


def begin_status(browser: Browser, email: str, way: str) -> int:
    begin(browser, email, way)
    return browser.page.status_code


def test_in_a_shared_pool_a_code_lets_in_at_ones_own_tenant_alone(
    application: Application, make_tenant: MakeTenant, make_user: MakeUser, mailbox: Mailbox
) -> None:
    acme = make_tenant("acme", PoolKind.SHARED)
    globex = make_tenant("globex", PoolKind.SHARED, beside=acme)
    for tenant in (acme, globex):
        TenantApplication.objects.create(tenant=tenant, application=application)
    make_user(acme, "otto-7@acme.example")
    make_user(globex, "gina-7@globex.example")
    allow(acme, EMAIL)
    allow(globex)
    browser = Browser(application)
    begin(browser, "gina-7@globex.example", EMAIL)
    assert browser.page.status_code == 200
    begin(browser, "otto-7@acme.example", EMAIL)
    browser.submit(code=mailed_code(mailbox, "otto-7@acme.example"))
    assert "code" in browser.answer()
    assert mailbox.messages_to("gina-7@globex.example") == []


@pytest.mark.usefixtures("long_waits")
def test_who_comes_too_early_has_lost_no_try(browser: Browser, acme: Tenant) -> None:
    """At Cognito's own bound for one code: it was not asked."""
    allow(acme, EMAIL)
    begin(browser, "nobody-9@acme.example", EMAIL)
    statuses = []
    for _ in range(ROW.free + 3):
        browser.submit(code="00000000")
        statuses.append(browser.page.status_code)
    assert statuses[-1] == 429
    assert FirstFactorAttempt.objects.get().tries == statuses.count(422)
