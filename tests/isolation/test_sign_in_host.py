"""Anybody's browser at the sign-in host, on its way into Globex, tries what is Initech's.

Which tenants there are, and how their pages look, this host tells everybody who knows the slug. What a tenant has, it
tells nobody: an address with an id of a neighbour's answers like one with an id that nobody has, and an e-mail address
of a domain that leads nowhere like any other.
"""

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

import pytest
from django.urls import reverse

from federation.models import DomainStatus, EmailDomain
from federation.services import connection_states as states
from federation.services.signing_keys import ensure_signing_keys
from tenants.models import Application, TenantApplication
from tests.factories import ApplicationFactory
from tests.federation.browser import Browser
from tests.isolation.neighbours import PLAIN, House, nobodys
from tests.support.connections import ACTOR
from tests.support.telling import Told, differences, told
from tests.support.url_map import Route, signin_routes

pytestmark = pytest.mark.urls("config.urls.signin")

# Which are told to whoever knows them, and why.
_TOLD = {"saml-metadata": "identity providers fetch it by an id that only their administrators were told"}
_NAMING = [
    route
    for route in signin_routes()
    if route.name not in _TOLD and any(parameter not in PLAIN for parameter in route.parameters)
]


@pytest.fixture
def application(ours: House, theirs: House) -> Application:
    """An application that both may use."""
    ensure_signing_keys()
    made: Application = ApplicationFactory.create(name="Sample")
    for house in (ours, theirs):
        TenantApplication.objects.create(tenant=house.tenant, application=made)
    return made


@pytest.fixture
def browser(application: Application) -> Browser:
    """A browser that the application sent to Globex; forms are taken from anywhere, so that nothing else stops them."""
    browser = Browser(application)
    browser.client.handler.enforce_csrf_checks = False
    browser.authorize(organization="globex")
    return browser


def request_of(browser: Browser) -> str:
    """The id of the application's request."""
    return browser.address.rpartition("request=")[2]


def test_there_is_something_to_try() -> None:
    assert {"federation-start", "connection-test-start", "sign-in-code"} <= {route.name for route in _NAMING}


@pytest.mark.parametrize("route", _NAMING, ids=str)
def test_an_address_with_a_neighbours_id_is_one_with_nobodys(
    route: Route, browser: Browser, ours: House, theirs: House
) -> None:
    sent = {"request": request_of(browser), "ticket": "guessed", "login_hint": "ada@initech.example"}

    def answer(method: str, ids: Mapping[str, object]) -> Told:
        named = {"slug": "globex", "client_id": browser.application.client_id, **ids}
        where = reverse(route.name, kwargs={name: named[name] for name in route.parameters})
        send: Any = browser.client.get if method == "GET" else browser.client.post
        form = {} if method == "GET" else {"data": {"turn": str(uuid.uuid4()), "code": "123456", "password": "x"}}
        return told(send, where, asked=ids.values(), query_params=sent, **form)

    stolen = {name: theirs.ids[name] for name in route.parameters if name not in PLAIN}
    made_up = {name: nobodys(name, ours) for name in stolen}
    before = theirs.rows()
    for method in ("GET", "POST"):
        foreign = answer(method, stolen)
        assert differences(foreign, answer(method, made_up)) == []
        assert foreign.status in {404, 405}
        assert not [name for name in theirs.names if name in foreign.body]
    assert theirs.rows() == before


def test_what_a_state_or_a_code_is_worth_is_not_told(browser: Browser, theirs: House) -> None:
    """At either callback, whatever comes with it."""
    for name in ("federation-callback", "connection-test-callback"):
        sent = [{"state": "guessed", "code": "guessed"}, {"state": str(theirs.ids["test_id"]), "error": "x"}, {}]
        where = reverse(name)
        found = [told(browser.client.get, where, each) for each in sent]
        assert {(each.status, each.body) for each in found} == {(404, found[0].body)}
        assert differences(found[0], found[1]) == []


def typed(browser: Browser, email: str, **parameters: str) -> Told:
    """What a page tells that is asked about an e-mail address, in a browser that has asked nothing before."""
    browser.authorize(**parameters)
    asked = [email, quote_plus(email), request_of(browser)]
    return told(browser.client.post, browser.address, {"email": email}, asked=asked)


def test_a_domain_that_leads_nowhere_is_not_told_from_any_other(
    browser: Browser, theirs: House, application: Application
) -> None:
    """By the page that knows no organisation yet: claimed, proved without single sign-on, or for other applications."""
    anybodys = typed(browser, "ada@nowhere.halden.com")
    address = f"ada@{theirs.domain}"
    claim, connection = EmailDomain.objects.filter(name=theirs.domain), theirs.ids["connection_id"]
    for status in (DomainStatus.WAITING, DomainStatus.SETTLING):
        claim.update(status=status)
        assert differences(typed(browser, address), anybodys) == []
    claim.update(status=DomainStatus.PROVED)
    TenantApplication.objects.filter(tenant=theirs.tenant).delete()
    assert differences(typed(browser, address), anybodys) == []
    TenantApplication.objects.create(tenant=theirs.tenant, application=application)
    states.disable(theirs.tenant, uuid.UUID(str(connection)), actor=ACTOR)
    assert differences(typed(browser, address), anybodys) == []


@pytest.mark.parametrize("status", [DomainStatus.PROVED, DomainStatus.WAITING])
def test_a_tenants_page_knows_no_domain_of_a_neighbours(
    browser: Browser, ours: House, theirs: House, status: DomainStatus
) -> None:
    """Wherever it leads there."""
    EmailDomain.objects.filter(name=theirs.domain).update(status=status)
    anybodys = typed(browser, "ada@nowhere.halden.com", organization="globex")
    assert differences(typed(browser, f"ada@{theirs.domain}", organization="globex"), anybodys) == []
