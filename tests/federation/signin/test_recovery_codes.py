"""Recovery codes: made once, used once, and instead of the second factor alone."""

import re
import uuid

import pyotp
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from federation.models import BrowserSession, RecoveryCode, SecurityNotice, SignInAttempt, Step
from federation.services.recovery_codes import HOW_MANY, codes_left, make_codes, use_code
from identity.models import DirectoryUser
from identity.sync import engine
from tenants.actor import system
from tenants.models import (
    Application,
    AuditEvent,
    MfaPolicy,
    PoolKind,
    SignInPolicy,
    SyncKind,
    Tenant,
    TenantApplication,
)
from tests.factories import DirectoryUserFactory, TenantFactory
from tests.federation.app_codes import app_on
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD, MakeTenant, MakeUser, reconcile
from tests.support.cognito import LocalCognito

pytestmark = pytest.mark.urls("config.urls.signin")

ACTOR = system("test")


@pytest.fixture
def ann(acme: Tenant, make_user: MakeUser) -> DirectoryUser:
    """A user of acme, who are all asked for a second factor."""
    SignInPolicy.objects.filter(tenant=acme).update(mfa=MfaPolicy.REQUIRED)
    reconcile(acme)
    return make_user(acme, f"ann-{uuid.uuid4().hex[:8]}@acme.example")


def enrol(browser: Browser) -> pyotp.TOTP:
    app = app_on(browser)
    browser.submit(code=app.now())
    return app


def link_on(browser: Browser, words: str) -> str:
    found = re.search(rf'href="([^"]+)">{re.escape(words)}', browser.text)
    assert found, browser.text
    return found[1].replace("&amp;", "&")


def at_the_factor(application: Application, user: DirectoryUser) -> Browser:
    """A browser in which a sign-in is at the code of the app, which is set up where it was not yet."""
    browser = Browser(application)
    browser.sign_in(user.email, PASSWORD, organization=user.tenant.slug)
    if "Set up your authenticator app" in browser.text:
        enrol(browser)
        return at_the_factor(application, user)
    assert "Enter your code" in browser.text
    return browser


def test_a_code_takes_the_factor_away_and_lets_nobody_in(
    assigned: Application, ann: DirectoryUser, cognito: LocalCognito
) -> None:
    assert "Use a recovery code" not in at_the_factor(assigned, ann).text
    codes = make_codes(ann, actor=ACTOR)
    browser = at_the_factor(assigned, ann)
    sessions = BrowserSession.objects.count()
    browser.get(link_on(browser, "Use a recovery code"))
    browser.submit(code="aaaa-bbbb-cccc-dddd")
    assert (browser.page.status_code, "none of your codes" in browser.text) == (422, True)
    browser.submit(code=codes[3].upper().replace("-", " "))
    assert "Your second factor is removed" in browser.text
    # It gives no session, ends those that there were, and the worker has nothing left to take away.
    assert BrowserSession.objects.count() == sessions
    ann.refresh_from_db()
    assert not any(ann.may_hold_session(session.auth_time) for session in BrowserSession.objects.all())
    assert (ann.has_second_factor, ann.mfa_reset_wanted, ann.mfa_reset_done) == (False, 1, 1)
    event = AuditEvent.objects.get(action="user.recovery_code_used")
    assert (event.actor_label, event.after["codes_left"]) == (ann.email, HOW_MANY - 1)
    assert SecurityNotice.objects.filter(user=ann, kind="recovery_code_used").count() == 1

    browser.get(link_on(browser, "Sign in"))
    assert ann.email in browser.text
    browser.submit(email=ann.email, password=PASSWORD)
    enrol(browser)
    assert browser.answer()["state"] == browser.state
    before = len(cognito.operations())
    engine.run(SyncKind.USER, ann.pk)
    assert "AdminSetUserMFAPreference" not in cognito.operations()[before:]


def test_a_used_code_and_anothers_are_none(assigned: Application, ann: DirectoryUser, make_user: MakeUser) -> None:
    bob = make_user(ann.tenant, f"bob-{uuid.uuid4().hex[:8]}@acme.example")
    codes, others = make_codes(ann, actor=ACTOR), make_codes(bob, actor=ACTOR)
    assert use_code(ann, codes[0], began=timezone.now(), actor=ACTOR) == 1
    browser = at_the_factor(assigned, ann)
    browser.get(link_on(browser, "Use a recovery code"))
    for code in (codes[0], others[0]):
        browser.submit(code=code)
        assert browser.page.status_code == 422
    assert codes_left(ann) == HOW_MANY - 1
    assert codes_left(bob) == HOW_MANY


def test_of_two_sign_ins_at_once_one_uses_a_code(assigned: Application, ann: DirectoryUser) -> None:
    codes = make_codes(ann, actor=ACTOR)
    browsers = [at_the_factor(assigned, ann) for _ in range(2)]
    for browser, code in zip(browsers, codes, strict=False):
        browser.get(link_on(browser, "Use a recovery code"))
        browser.submit(code=code)
    assert ["Your second factor is removed" in browser.text for browser in browsers] == [True, False]
    assert "none of your codes" not in browsers[1].text
    ann.refresh_from_db()
    assert (ann.mfa_reset_wanted, codes_left(ann)) == (1, HOW_MANY - 1)


@pytest.mark.parametrize(("access", "stays"), [("see", True), ("change", False)])
def test_a_number_that_one_code_found_to_be_kept_stays_so_by_another(acme: Tenant, access: str, stays: bool) -> None:
    """What the second one saw was from before the first."""
    SignInPolicy.objects.filter(tenant=acme).update(own_details={"phone_number": access})
    seen = DirectoryUserFactory.create(tenant=Tenant.objects.get(pk=acme.pk))
    codes = make_codes(seen, actor=ACTOR)
    DirectoryUser.objects.filter(pk=seen.pk).update(keeps_number=True)
    use_code(seen, codes[0], began=timezone.now(), keeps_number=False, actor=ACTOR)
    assert DirectoryUser.objects.get(pk=seen.pk).keeps_number is stays


@pytest.mark.usefixtures("long_waits")
def test_codes_cannot_be_tried_out(assigned: Application, ann: DirectoryUser) -> None:
    make_codes(ann, actor=ACTOR)
    browser = at_the_factor(assigned, ann)
    browser.get(link_on(browser, "Use a recovery code"))
    statuses = []
    for _ in range(6):
        browser.submit(code="aaaa-bbbb-cccc-dddd")
        statuses.append(browser.page.status_code)
    assert statuses[0] == 422
    assert statuses[-1] == 429
    # Who comes too early has lost no try by it.
    attempt = SignInAttempt.objects.exclude(step=Step.DONE).latest("created_at")
    assert attempt.code_tries == statuses.count(422)


def test_where_cognito_does_not_answer_the_worker_takes_the_factor_away(
    assigned: Application, ann: DirectoryUser, cognito: LocalCognito
) -> None:
    codes = make_codes(ann, actor=ACTOR)
    browser = at_the_factor(assigned, ann)
    browser.get(link_on(browser, "Use a recovery code"))
    cognito.fault("AdminSetUserMFAPreference", "error_500")
    browser.submit(code=codes[0])
    assert "Your second factor is removed" in browser.text
    ann.refresh_from_db()
    assert (ann.mfa_reset_wanted, ann.mfa_reset_done) == (1, 0)
    engine.run(SyncKind.USER, ann.pk)
    browser = Browser(assigned)
    browser.sign_in(ann.email, PASSWORD, organization="acme")
    assert "Set up your authenticator app" in browser.text


def test_in_a_shared_pool(assigned: Application, make_tenant: MakeTenant, make_user: MakeUser) -> None:
    globex = make_tenant("globex", PoolKind.SHARED)
    TenantApplication.objects.create(tenant=globex, application=assigned)
    SignInPolicy.objects.filter(tenant=globex).update(mfa=MfaPolicy.REQUIRED)
    gail = make_user(globex, f"gail-{uuid.uuid4().hex[:8]}@globex.example")
    codes = make_codes(gail, actor=ACTOR)
    browser = at_the_factor(assigned, gail)
    browser.get(link_on(browser, "Use a recovery code"))
    browser.submit(code=codes[0])
    browser = Browser(assigned)
    browser.sign_in(gail.email, PASSWORD, organization="globex")
    enrol(browser)
    assert "code" in browser.answer()


def test_only_hashes_are_kept(db: None) -> None:
    ann = DirectoryUserFactory.create(tenant=TenantFactory.create())
    with CaptureQueriesContext(connection) as captured:
        codes = make_codes(ann, actor=ACTOR)
    assert len(set(codes)) == HOW_MANY
    said = str([query["sql"] for query in captured.captured_queries])
    assert not [code for code in codes if code in said or code.replace("-", "") in said]
    before = set(RecoveryCode.objects.values_list("code_hash", flat=True))
    make_codes(ann, actor=ACTOR)
    assert not before & set(RecoveryCode.objects.values_list("code_hash", flat=True))
