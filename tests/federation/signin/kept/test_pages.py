"""Pages that are kept are as the ordinary ones, and of nobody in particular."""

import re
from collections.abc import Callable
from functools import partial
from typing import cast

import pytest
from django.db import connection as database
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from config.env import Site
from config.site_middleware import middleware_of
from federation.models import AuthorizationRequest
from federation.signin.kept_pages import KEPT
from tenants.models import Application, SignInPolicy, Tenant, TenantApplication
from tenants.models.pool_settings import PoolSettings
from tests.factories import TenantFactory
from tests.federation.browser import Browser
from tests.federation.signin.kept.asking import ADA, active, arrive, counted, later, ordinary, told
from tests.support.domains import otherwise, proved

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]


def tables_of(ask: Callable[[], object]) -> set[str]:
    """The tables that an answer reads."""
    with CaptureQueriesContext(database) as found:
        ask()
    return {name for query in found for name in re.findall(r'(?:FROM|JOIN) "?(\w+)', query["sql"])}


@pytest.mark.parametrize("has_connection", [False, True])
@pytest.mark.parametrize("language", ["en", "de", "ja"])
def test_a_kept_page_is_the_ordinary_one(
    browser: Browser, acme: Tenant, monkeypatch: pytest.MonkeyPatch, has_connection: bool, language: str
) -> None:
    """Headers, cookies and text, but for the token; the first time, when it is made, and afterwards."""
    if has_connection:
        active(acme)
    ways = ["EMAIL_OTP"]
    SignInPolicy.objects.filter(tenant=acme).update(sign_up="anyone", first_factors=ways, ready_factors=ways)
    where = arrive(browser)

    def ask() -> object:
        return browser.client.get(where, headers={"Accept-Language": language})

    expected = ordinary(monkeypatch, ask)
    assert f'lang="{language}"' in str(expected[3])
    assert told(ask()) == expected
    statements, again = counted(ask)
    assert (statements, told(again)) == (1, expected)


def test_each_answer_has_a_token_and_a_request_of_its_own(browser: Browser, application: Application) -> None:
    other = Browser(application)
    pages = [cast(HttpResponse, each.client.get(arrive(each))).content.decode() for each in (browser, other, browser)]
    tokens = [re.findall(r"\w{64}", each) for each in pages]
    assert all(len(found) == 2 and found[0] == found[1] for found in tokens)
    assert len({found[0] for found in tokens}) == 3
    requests = [set(re.findall(r"request=([0-9a-f-]{36})", each)) for each in pages]
    assert all(len(found) == 1 for found in requests)
    assert set.union(*requests) <= {str(each) for each in AuthorizationRequest.objects.values_list("pk", flat=True)}


def test_the_token_of_a_kept_page_is_taken(browser: Browser, acme: Tenant) -> None:
    for _turn in range(2):
        browser.authorize(organization="acme")
    browser.submit(email="", password="")
    assert browser.page.status_code == 422


def test_two_tenants_never_share_a_page(browser: Browser, application: Application) -> None:
    globex = TenantFactory.create(slug="globex", name="Globex")
    TenantApplication.objects.create(tenant=globex, application=application)
    for _turn in range(2):
        for slug, name in (("acme", "Acme"), ("globex", "Globex")):
            text = browser.authorize(organization=slug).content.decode()
            others = {"Acme", "Globex"} - {name}
            assert name in text
            assert not [each for each in others if each in text]


def test_who_said_who_they_are_gets_a_page_of_their_own(browser: Browser, acme: Tenant) -> None:
    """By a hint of the application's or in the address: it is on the page, and nothing of it is kept."""
    plain = arrive(browser)
    for where in (arrive(browser, login_hint=ADA), f"{plain}&login_hint={ADA}", f"{plain}&password=1"):
        statements, response = counted(partial(browser.client.get, where))
        assert statements > 1
        assert (ADA in cast(HttpResponse, response).content.decode()) == ("password" not in where)
    assert ADA.encode() not in b"".join(piece for page in KEPT.values() for piece in page.pieces)


def test_a_browser_that_is_known_is_asked_for_its_passkey(browser: Browser, acme: Tenant) -> None:
    """Where the tenant lets people sign in by one; everywhere else it gets the page that is kept."""
    cookie = f"lifeguard_device_{acme.key}"
    where = arrive(browser)
    browser.client.get(where)
    browser.client.cookies[cookie] = "a-token"
    assert counted(lambda: browser.client.get(where))[0] == 1
    SignInPolicy.objects.filter(tenant=acme).update(first_factors=["WEB_AUTHN"], ready_factors=["WEB_AUTHN"])
    PoolSettings.objects.create(pool=acme.pool, passkey_rp_id="localhost")
    browser.client.get(where)
    known = counted(lambda: browser.client.get(where))
    assert known[0] > 1
    assert "Use a passkey" in cast(HttpResponse, known[1]).content.decode()
    del browser.client.cookies[cookie]
    assert counted(lambda: browser.client.get(where))[0] == 1


def test_every_table_that_a_page_is_made_of_is_in_the_statement(browser: Browser, acme: Tenant) -> None:
    """So that nobody puts something on the page whose change would not show."""
    ways = ["WEB_AUTHN", "EMAIL_OTP"]
    SignInPolicy.objects.filter(tenant=acme).update(first_factors=ways, ready_factors=ways)
    otherwise(proved(acme, "acme-people.com"), active(acme))
    where = arrive(browser)
    not_shown = {
        "tenants_cell": "is loaded with the pool; no page shows where that is",
        "federation_connectionversion": "is loaded with a connection, whose row names the newest and changes with it",
    }
    later(browser).client.get(where)
    kept = tables_of(lambda: browser.client.get(where))
    assert "federation_authorizationrequest" in kept
    assert "federation_emaildomain" in kept
    for address in (where, f"{where}&password=1"):
        said = {"login_hint": ADA, **dict(each.split("=") for each in address.partition("?")[2].split("&"))}
        read = tables_of(partial(browser.client.get, address, said))
        assert not kept >= read
        assert read - set(not_shown) <= kept, address


def test_the_sign_in_host_keeps_what_protects_it(browser: Browser) -> None:
    """It runs less middleware than the dashboard, and none less of these."""
    left_out = set(middleware_of(Site.DASHBOARD)) - set(middleware_of(Site.SIGNIN))
    assert {each.rpartition(".")[2] for each in left_out} == {
        "SessionMiddleware",
        "AuthenticationMiddleware",
        "MessageMiddleware",
        "HtmxMiddleware",
        "actor_middleware",
        "members_have_no_local_account",
    }
    page = browser.authorize(organization="acme")
    protecting = {
        "Content-Security-Policy",
        "X-Frame-Options",
        "X-Content-Type-Options",
        "Referrer-Policy",
        "X-Request-ID",
    }
    assert protecting <= set(page.headers)
    assert "no-store" in page["Cache-Control"]
    assert Client(enforce_csrf_checks=True).post(browser.address, {"email": ADA}).status_code == 403
    assert [name for name in page.cookies if name.endswith("session")] == []


@pytest.mark.django_db(transaction=True)
def test_a_connection_to_the_database_that_was_cut_is_opened_anew(browser: Browser) -> None:
    where = arrive(browser)
    assert browser.client.get(where).status_code == 200
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    other = database.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    other.close()
    assert browser.client.get(where).status_code == 200
