"""People change their name, password and authenticator app on their account page, at the real local Cognito."""

import re
from datetime import timedelta

import pyotp
import pytest
from django.utils import timezone
from pytest_django import Settings

from federation.models import BrowserSession, SecurityNotice, SessionCredential
from federation.selectors.browser_sessions import open_sessions
from federation.services.email_changes import ask_for_email, prove_email
from federation.services.own_account import KeptByOrganization
from identity.models import DirectoryUser
from tenants.actor import ANONYMOUS
from tenants.models import Application, AuditEvent, MfaPolicy, OutboxEntry, SignInPolicy, Tenant
from tests.federation.account.conftest import a_renewal, session_of
from tests.federation.app_codes import app_on, next_code, wrong_code
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD

pytestmark = pytest.mark.urls("config.urls.signin")

WANTED = "Another-battery-horse-8"


def enter(browser: Browser, address: str, password: str = PASSWORD) -> None:
    """Open a page of acme's account as Ann, by the sign-in pages."""
    browser.get(address)
    browser.submit(email="ann@acme.example", password=password)
    come_back(browser)
    assert browser.address == address, browser.text


def come_back(browser: Browser) -> None:
    """Follow the end of a sign-in to the page that was asked for."""
    location = browser.page["Location"]
    browser.get(re.sub(r"^https?://[^/]+", "", location))


@pytest.fixture
def browser(acme: Tenant, ann: DirectoryUser, application: Application) -> Browser:
    """Ann's browser."""
    return Browser(application)


def test_a_name_is_changed(here: Browser, gail: DirectoryUser) -> None:
    here.get("/globex/account/name")
    assert here.submit(name="").status_code == 422
    here.submit(name="  Gail   Gardner ")
    assert "Your name is changed." in here.text
    gail.refresh_from_db()
    assert gail.name == "Gail Gardner"
    event = AuditEvent.objects.get(action="user.renamed")
    assert (event.actor_id, event.after) == (str(gail.pk), {"name": "Gail Gardner"})
    assert OutboxEntry.objects.filter(key=gail.pk).exists()


def test_who_comes_by_an_identity_provider_changes_nothing_that_it_says(here: Browser, gail: DirectoryUser) -> None:
    DirectoryUser.objects.filter(pk=gail.pk).update(cognito_status="EXTERNAL_PROVIDER", cognito_sub="sub")
    here.get("/globex/account")
    assert "Change your name" not in here.text
    assert "come from your organization's identity provider" in here.text
    assert "Change your password" not in here.get("/globex/account/security").content.decode()
    here.get("/globex/account/name")
    assert here.submit(name="Gail Gardner").status_code == 409


def test_details_that_the_organization_keeps_are_seen_or_hidden(here: Browser, gail: DirectoryUser) -> None:
    policy = SignInPolicy.objects.filter(tenant=gail.tenant)
    for access in ("see", "hidden"):
        here.get("/globex/account/name")
        policy.update(own_details={"name": access, "email": "see"})
        assert here.submit(name="Gail Gardner").status_code == 409
        # Nor is it in the form of somebody who knows the address.
        assert here.get("/globex/account/name").status_code == 409
        assert here.get("/globex/account/email").status_code == 409
        here.get("/globex/account")
        assert ("Gail" in re.sub(r"<[^>]*>", "", here.text)) is (access == "see")
        assert "an administrator of your organization can" in here.text
        assert "Change your name" not in here.text
        assert "Change your e-mail address" not in here.text
        policy.update(own_details={})
    # A code that is on its way proves an address that nobody may have any more.
    ask_for_email(session_of(here), "gail@elsewhere.example")
    policy.update(own_details={"email": "see"})
    with pytest.raises(KeptByOrganization):
        prove_email(session_of(here), "00000000", visitor=ANONYMOUS)
    gail.refresh_from_db()
    assert (gail.name, gail.email) == ("Gail", "gail@globex.example")


def test_a_language_is_chosen_for_pages_and_mails(here: Browser, gail: DirectoryUser, settings: Settings) -> None:
    settings.LANGUAGES = settings.BRAND_LANGUAGES
    here.get("/globex/account/language")
    assert here.submit(language="xx").status_code == 422
    here.submit(language="de")
    assert '<html lang="de"' in here.text
    assert "Deutsch" in here.text
    gail.refresh_from_db()
    assert (gail.language, gail.chosen_language) == ("de", "de")
    here.get("/globex/account/language")
    here.submit(language="browser")
    assert '<html lang="en"' in here.text
    assert AuditEvent.objects.filter(action="user.language_chosen").count() == 2
    SignInPolicy.objects.filter(tenant=gail.tenant).update(own_details={"locale": "hidden"})
    assert here.get("/globex/account/language").status_code == 409
    assert "Change your language" not in here.get("/globex/account").content.decode()


@pytest.mark.parametrize("page", ["password", "authenticator", "authenticator/remove"])
def test_how_one_signs_in_is_changed_after_a_fresh_sign_in_alone(here: Browser, gail: DirectoryUser, page: str) -> None:
    """And not by whom an identity provider signed in, for whom there is no such token."""
    where = f"/globex/account/{page}"
    DirectoryUser.objects.filter(pk=gail.pk).update(cognito_sub="sub")
    for method in (here.client.get, here.client.post):
        here.get("/globex/account/name")
        sent = {"csrfmiddlewaretoken": here.hidden()["csrfmiddlewaretoken"]}
        assert method(where, sent)["Location"].startswith("/globex/sign-in?request=")
    BrowserSession.objects.update(amr=["fed"])
    assert here.get(where).status_code == 403
    BrowserSession.objects.update(auth_time=timezone.now() - timedelta(minutes=16))
    assert here.client.get(where)["Location"].startswith("/globex/sign-in?request=")


def test_a_password_is_changed(browser: Browser, ann: DirectoryUser) -> None:
    other = Browser(browser.application)
    tokens = other.hold_session(ann)
    DirectoryUser.objects.filter(pk=ann.pk).update(chosen_language="de", language="de")
    enter(browser, "/acme/account/password")
    # The page on which she signed in was in English.
    assert DirectoryUser.objects.get(pk=ann.pk).language == "de"
    DirectoryUser.objects.filter(pk=ann.pk).update(chosen_language="")
    assert browser.submit(present="wrong", password=WANTED, repeated=WANTED).status_code == 422
    assert "That is not your present password." in browser.text
    assert WANTED not in browser.text
    assert browser.submit(present=PASSWORD, password="short", repeated="short").status_code == 422
    renewal = a_renewal(ann)
    browser.submit(present=PASSWORD, password=WANTED, repeated=WANTED)
    assert "Your password is changed." in browser.text
    renewal.refresh_from_db()
    assert renewal.revoked_at is not None
    assert [each.id for each in open_sessions(ann)] == [session_of(browser).pk]
    assert tokens.pk not in {each.id for each in open_sessions(ann)}
    assert AuditEvent.objects.filter(action="user.password_changed", actor_id=str(ann.pk)).count() == 1
    assert SecurityNotice.objects.get(kind="password_changed").email == ann.email
    # The new one is good, the old one is not.
    enter(Browser(browser.application), "/acme/account/security", WANTED)
    again = Browser(browser.application)
    again.get("/acme/account")
    assert again.submit(email=ann.email, password=PASSWORD).status_code == 403


def test_an_authenticator_app_is_added_used_and_removed(browser: Browser, ann: DirectoryUser) -> None:
    enter(browser, "/acme/account/authenticator")
    secret = app_on(browser).secret
    assert browser.submit(code=wrong_code(app_on(browser))).status_code == 422
    assert app_on(browser).secret == secret
    app = pyotp.TOTP(secret)
    browser.submit(code=app.now())
    assert "The authenticator app is set up." in browser.text
    ann.refresh_from_db()
    assert ann.has_totp
    BrowserSession.objects.update(auth_time=timezone.now() - timedelta(minutes=16))
    browser.get("/acme/account/authenticator/remove")
    browser.submit(email=ann.email, password=PASSWORD)
    browser.submit(code=next_code(app))
    come_back(browser)
    assert "Remove your authenticator app?" in browser.text
    browser.submit()
    assert "The authenticator app is removed." in browser.text
    assert not DirectoryUser.objects.get(pk=ann.pk).has_totp
    kinds = list(SecurityNotice.objects.order_by("pk").values_list("kind", flat=True))
    assert [kind for kind in kinds if kind.startswith("auth")] == ["authenticator_added", "authenticator_removed"]
    # The password alone is enough again.
    enter(Browser(browser.application), "/acme/account/security")


def test_the_last_factor_that_the_tenant_asks_for_stays(browser: Browser, acme: Tenant, ann: DirectoryUser) -> None:
    enter(browser, "/acme/account/authenticator")
    browser.submit(code=app_on(browser).now())
    BrowserSession.objects.update(amr=["pwd", "otp", "mfa"])
    SignInPolicy.objects.filter(tenant=acme).update(mfa=MfaPolicy.REQUIRED)
    for send in (browser.client.get, browser.client.post):
        browser.get("/acme/account/authenticator")
        sent = {"csrfmiddlewaretoken": browser.hidden()["csrfmiddlewaretoken"]}
        answer = send("/acme/account/authenticator/remove", sent)
        assert answer.status_code == 409
        assert "this is the only one" in answer.content.decode()
    ann.refresh_from_db()
    assert ann.has_totp


def test_the_token_is_sealed_and_goes_with_the_session(browser: Browser, ann: DirectoryUser) -> None:
    enter(browser, "/acme/account/security")
    kept = SessionCredential.objects.get()
    assert kept.token.count(".") == 2
    assert kept.token.encode() not in bytes(kept.token_encrypted)
    assert timedelta(minutes=14) < kept.expires_at - timezone.now() <= timedelta(minutes=15)
    browser.get("/oauth2/logout")
    browser.submit()
    assert not SessionCredential.objects.exists()


def test_what_happened_is_told(browser: Browser, ann: DirectoryUser) -> None:
    browser.get("/acme/account/activity")
    browser.submit(email=ann.email, password="wrong")
    browser.submit(email=ann.email, password=PASSWORD)
    come_back(browser)
    assert "Signed in: Password" in browser.text
    assert "Sign-in failed: Password" in browser.text
    assert session_of(browser).network in browser.text
    browser.get("/acme/account/name")
    browser.submit(name="Ann")
    browser.get("/acme/account/activity")
    assert "Your name was changed" in browser.text
