"""The account page: whose it is, how one gets there, and where one is signed in."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from federation.account.application import CLIENT_ID
from federation.account.sections import Tab
from federation.models import AuthorizationCode, BrowserSession
from federation.selectors.browser_sessions import open_sessions
from identity.models import DirectoryUser
from tenants.audit_actions import Action
from tenants.models import Application, AuditEvent, MfaPolicy, SignInPolicy, Tenant
from tests.factories import DirectoryUserFactory, TenantFactory
from tests.federation.account.conftest import session_of
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD

pytestmark = pytest.mark.urls("config.urls.signin")

TABS = ["/globex/account", "/globex/account/security", "/globex/account/devices", "/globex/account/activity"]


def test_there_is_an_address_for_each_tab(here: Browser) -> None:
    assert len(TABS) == len(Tab)
    for address in TABS:
        page = here.get(address)
        assert page.status_code == 200
        assert "gail@globex.example" in here.text
        assert "no-store" in page["Cache-Control"]
        assert "frame-ancestors 'none'" in page["Content-Security-Policy"]


@pytest.mark.parametrize("address", TABS)
def test_nobody_else_sees_it(globex: Tenant, gail: DirectoryUser, address: str) -> None:
    """Without a session, with one of another tenant, and with one that is over or not enough any more."""
    elsewhere = Browser(Application())
    for session in (None, elsewhere.hold_session(DirectoryUserFactory.create(tenant=TenantFactory.create()))):
        assert elsewhere.client.get(address).status_code == 302, session
    session = elsewhere.hold_session(gail)
    assert elsewhere.client.get(address).status_code == 200
    SignInPolicy.objects.filter(tenant=globex).update(mfa=MfaPolicy.REQUIRED)
    assert elsewhere.client.get(address).status_code == 302
    SignInPolicy.objects.filter(tenant=globex).update(mfa=MfaPolicy.OPTIONAL)
    BrowserSession.objects.filter(pk=session.pk).update(ended_at=timezone.now())
    assert elsewhere.client.get(address)["Location"].startswith("/globex/sign-in?request=")


def test_a_tenant_that_is_none_has_none(db: None) -> None:
    assert Client().get("/nosuchtenant/account").status_code == 404


def test_one_signs_in_and_comes_to_the_page_that_was_asked_for(acme: Tenant, ann: DirectoryUser) -> None:
    browser = Browser(Application())
    browser.get("/acme/account/devices")
    page = browser.submit(email="ann@acme.example", password=PASSWORD)
    assert page.status_code == 303
    browser.get(re.sub(r"^https?://[^/]+", "", page["Location"]))
    assert browser.address == "/acme/account/devices"
    assert "This device" in browser.text
    code = AuthorizationCode.objects.get(application__client_id=CLIENT_ID)
    assert code.used_at is not None
    # The same answer again, and in another browser.
    for other in (browser.client, Client()):
        assert other.get("/account/return?" + page["Location"].split("?")[1]).status_code == 404


def test_an_answer_of_another_sign_in_is_not_taken(here: Browser, gail: DirectoryUser) -> None:
    for sent in ({}, {"code": "guessed", "state": "guessed"}, {"error": "access_denied"}):
        assert here.client.get("/account/return", sent).status_code == 404


def test_who_belongs_to_several_organizations_chooses(db: None) -> None:
    browser = Browser(Application())
    browser.get("/account?login_hint=ann@acme.example")
    assert browser.address.startswith("/sign-in?request=")
    assert "ann@acme.example" in browser.text


def test_another_device_is_signed_out(here: Browser, gail: DirectoryUser) -> None:
    other, third = (Browser(here.application).hold_session(gail) for _ in range(2))
    page = here.get("/globex/account/devices")
    assert page.content.count(b'name="session"') == 2
    here.address = "/globex/account/devices/end"
    here.client.get(here.address)
    here.submit(session=str(other.pk))
    assert "That device is signed out." in here.text
    assert {each.id for each in open_sessions(gail)} == {third.pk, session_of(here).pk}


def test_all_other_devices_are_signed_out(here: Browser, gail: DirectoryUser) -> None:
    for _ in range(2):
        Browser(here.application).hold_session(gail)
    here.get("/globex/account/devices")
    token = here.hidden()["csrfmiddlewaretoken"]
    assert here.client.post("/globex/account/devices/end-others").status_code == 403
    here.client.post("/globex/account/devices/end-others", {"csrfmiddlewaretoken": token})
    assert [each.id for each in open_sessions(gail)] == [session_of(here).pk]


def test_everything_is_signed_out_here_too(here: Browser, gail: DirectoryUser) -> None:
    Browser(here.application).hold_session(gail)
    here.get("/globex/account/devices")
    everywhere = "/globex/account/devices/end-all"
    assert here.client.post(everywhere).status_code == 403
    here.submit_to(everywhere)
    assert "You are signed out" in here.text
    gail.refresh_from_db()
    assert open_sessions(gail) == []
    assert here.client.get("/globex/account/devices").status_code == 302
    recorded = AuditEvent.objects.get(action=Action.SESSIONS_ENDED)
    assert (recorded.target_id, recorded.after) == (str(gail.pk), {"sessions": 2})


def test_nobody_signs_somebody_else_out(here: Browser, globex: Tenant, gail: DirectoryUser) -> None:
    anothers = Browser(here.application).hold_session(DirectoryUserFactory.create(tenant=globex))
    Browser(here.application).hold_session(gail)
    here.get("/globex/account/devices")
    csrf = here.hidden()["csrfmiddlewaretoken"]
    for named in (str(anothers.pk), "nonsense", "", "00000000-0000-4000-8000-000000000000"):
        sent = {"csrfmiddlewaretoken": csrf, "session": named}
        assert here.client.post("/globex/account/devices/end", sent).status_code == 404
    assert BrowserSession.objects.filter(ended_at__isnull=True).count() == 3


def test_the_page_counts_as_activity(here: Browser) -> None:
    before = timezone.now() - timedelta(hours=1)
    BrowserSession.objects.update(last_seen_at=before)
    here.get("/globex/account")
    assert session_of(here).last_seen_at > before
