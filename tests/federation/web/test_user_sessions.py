"""A user's page and the REST API say where somebody is signed in, and let administrators sign them out."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from federation.models import BrowserSession
from federation.selectors.browser_sessions import open_sessions
from tenants.models import TenantApplication
from tests.factories import ApplicationFactory, Cast, TenantCast
from tests.federation.browser import Browser
from tests.federation.web.test_ways_in import browser_of, page_of
from tests.identity.api.test_api import Call, assert_problem, call

__all__ = ["call"]


@pytest.fixture
def acme(cast: Cast) -> TenantCast:
    """The cast's tenant, of which Cognito knows nothing."""
    return cast.acme


@pytest.fixture
def session(acme: TenantCast) -> BrowserSession:
    """Where one of its users is signed in."""
    held = Browser(ApplicationFactory.create()).hold_session(acme.outsider)
    held.user_agent, held.network = "Mozilla/5.0 (iPhone) Safari/604.1", "192.0.2.7"
    held.save()
    return held


def press(client: Client, name: str, acme: TenantCast, **sent: object) -> int:
    """Press a button; returns the status."""
    return client.post(reverse(f"tenant:{name}", args=["acme", acme.outsider.pk]), sent).status_code


def test_an_admin_sees_and_ends_sessions(acme: TenantCast, session: BrowserSession) -> None:
    """And an auditor only sees them."""
    admin, auditor = browser_of(acme.admin), browser_of(acme.auditor)
    for client in (admin, auditor):
        page = page_of(client, acme.outsider)
        assert "Safari on iPhone" in page
        assert "192.0.2.7" in page
    assert "Sign out everywhere" not in page_of(auditor, acme.outsider)
    assert press(auditor, "user-session-end", acme, session=session.pk) == 403
    assert press(admin, "user-session-end", acme, session="nonsense") == 422
    assert press(admin, "user-session-end", acme, session=uuid.uuid4()) == 404
    assert press(admin, "user-session-end", acme, session=session.pk) == 302
    assert "Not signed in anywhere." in page_of(admin, acme.outsider)


def test_an_admin_reads_for_how_long_access_tokens_go_on(acme: TenantCast, session: BrowserSession) -> None:
    admin = browser_of(acme.admin)
    assert "go on for 10 minutes at the most." in page_of(admin, acme.outsider)
    longer = ApplicationFactory.create(access_token_minutes=40)
    TenantApplication.objects.create(tenant=acme.tenant, application=longer)
    assert "go on for 40 minutes at the most." in page_of(admin, acme.outsider)


def test_an_admin_signs_somebody_out_everywhere(acme: TenantCast, session: BrowserSession) -> None:
    assert press(browser_of(acme.auditor), "user-sign-out", acme) == 403
    assert press(browser_of(acme.admin), "user-sign-out", acme) == 302
    acme.outsider.refresh_from_db()
    assert open_sessions(acme.outsider) == []


def test_by_the_api(call: Call, acme: TenantCast, session: BrowserSession) -> None:
    (shown,) = call("GET", "user-sessions", acme.outsider.pk).json()["sessions"]
    assert (shown["id"], shown["device"], shown["network"]) == (str(session.pk), "Safari on iPhone", "192.0.2.7")
    assert_problem(call("DELETE", "user-session", acme.outsider.pk, uuid.uuid4()), 404, "not_found")
    assert call("DELETE", "user-session", acme.outsider.pk, session.pk).status_code == 204
    assert call("GET", "user-sessions", acme.outsider.pk).json() == {"sessions": []}
    Browser(ApplicationFactory.create()).hold_session(acme.outsider)
    assert call("DELETE", "user-sessions", acme.outsider.pk).status_code == 204
    assert call("GET", "user-sessions", acme.outsider.pk).json() == {"sessions": []}
