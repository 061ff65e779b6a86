"""A page that follows at once upon its request is shown by what the browser brings along, and what is remembered."""

from typing import cast

import pytest
from django.http import HttpResponse
from django.test.client import encode_multipart
from django.utils import timezone

from federation.models import AuthorizationRequest, Connection, ConnectionStatus
from federation.selectors.page_state import PAGES, REALMS
from federation.signin import just_opened
from tenants.models import Branding, Tenant, TenantStatus
from tests.federation.browser import Browser
from tests.federation.signin.kept.asking import ADA, active, arrive, counted, later, told
from tests.support.domains import listing, otherwise, proved

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]
COOKIE = "lifeguard_opened"


def statements(browser: Browser, where: str) -> int:
    """How many statements the page takes."""
    taken, response = counted(lambda: browser.client.get(where))
    assert cast(HttpResponse, response).status_code == 200
    return taken


def posted(browser: Browser, email: str) -> tuple[int, HttpResponse]:
    """How many statements the page takes that leads on from an address."""
    taken, response = counted(lambda: browser.client.post(browser.address, {**browser.hidden(), "email": email}))
    return taken, cast(HttpResponse, response)


@pytest.mark.usefixtures("remembering")
def test_a_crowd_costs_no_statement(browser: Browser) -> None:
    statements(browser, arrive(browser))
    assert statements(browser, arrive(browser)) == 0


@pytest.mark.usefixtures("remembering")
def test_what_is_remembered_shows_again_and_what_is_new_after_it(browser: Browser, acme: Tenant) -> None:
    where = arrive(browser)
    before = told(browser.client.get(where))
    Branding.objects.filter(tenant=acme).update(display_name="Other")
    assert told(browser.client.get(where)) == before
    PAGES.forget_all()
    assert "Other" in str(told(browser.client.get(where))[3])


@pytest.mark.usefixtures("remembering")
def test_what_is_remembered_lets_nobody_in(browser: Browser, acme: Tenant) -> None:
    """The form is looked at by what is so, and not by what was."""
    browser.authorize(organization="acme")
    Tenant.objects.filter(pk=acme.pk).update(status=TenantStatus.SUSPENDED)
    assert browser.client.get(browser.address).status_code == 200
    assert browser.submit(email=ADA, password="a-password").status_code == 404


@pytest.mark.usefixtures("remembering")
def test_people_of_one_domain_are_led_on_by_one_statement(browser: Browser, acme: Tenant) -> None:
    claim = proved(acme, "acme-people.com")
    otherwise(claim, active(acme))
    browser.authorize()
    posted(browser, "ada@acme-people.com")
    taken, page = posted(browser, "grace@acme-people.com")
    assert taken == 0
    assert "grace%40acme-people.com" in page.content.decode()
    assert "ada%40" not in page.content.decode()


@pytest.mark.usefixtures("remembering")
def test_who_is_listed_is_looked_up_each_time(browser: Browser, acme: Tenant) -> None:
    claim = proved(acme, "acme-people.com")
    otherwise(claim, active(acme))
    listing(claim, "boss@acme-people.com", to=active(acme, "Okta"))
    browser.authorize()
    for email, name in (
        ("ada@acme-people.com", "Entra"),
        ("boss@acme-people.com", "Okta"),
        ("x@acme-people.com", "Entra"),
    ):
        taken, page = posted(browser, email)
        assert taken > 0
        assert name in page.content.decode()
    assert REALMS.values() == []


def test_nothing_is_brought_along_about_who_was_named(browser: Browser) -> None:
    where = arrive(browser, login_hint=ADA)
    assert COOKIE not in browser.client.cookies
    assert ADA in cast(HttpResponse, browser.client.get(where)).content.decode()


def test_a_request_that_says_very_much_is_looked_up(browser: Browser) -> None:
    where = arrive(browser, ui_locales="x" * 1500)
    assert COOKIE not in browser.client.cookies
    statements(browser, where)
    assert statements(browser, where) == 2


@pytest.mark.usefixtures("remembering")
def test_a_page_that_was_made_in_between_is_not_found_again(browser: Browser, acme: Tenant) -> None:
    """What is on it came and went within the second in which other versions counted."""
    where = arrive(browser)
    statements(browser, where)
    made = active(acme)
    in_german = {"Accept-Language": "de"}
    assert "Entra" in cast(HttpResponse, browser.client.get(where, headers=in_german)).content.decode()
    Connection.objects.filter(pk=made.pk).update(status=ConnectionStatus.DISABLED)
    PAGES.forget_all()
    assert "Entra" not in cast(HttpResponse, browser.client.get(where, headers=in_german)).content.decode()


@pytest.mark.usefixtures("remembering")
def test_what_leads_nowhere_takes_as_long_each_time(browser: Browser, acme: Tenant) -> None:
    """So that nobody learns from it who has proved a domain; and no made-up name takes memory."""
    proved(acme, "acme-people.com")
    browser.authorize()
    taken = [posted(browser, f"ada@{name}")[0] for name in ("acme-people.com", "acme-people.com", "x.acme-people.com")]
    assert min(taken) > 0
    assert taken[0] == taken[1]
    assert REALMS.values() == []


def test_of_two_requests_the_older_one_is_looked_up(browser: Browser) -> None:
    older, newer = arrive(browser), arrive(browser)
    statements(browser, newer)
    assert statements(browser, newer) == 1
    assert statements(browser, older) == 2


def test_a_minute_later_it_is_looked_up(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    where = arrive(browser)
    statements(browser, where)
    monkeypatch.setattr(just_opened, "_SECONDS", -1)
    assert statements(browser, where) == 2
    AuthorizationRequest.objects.update(completed_at=timezone.now())
    assert browser.client.get(where).status_code == 404


def test_where_somebody_is_signed_in_it_is_looked_up(browser: Browser, acme: Tenant) -> None:
    """They may have answered it, and come back by the browser's history."""
    where = arrive(browser)
    AuthorizationRequest.objects.update(completed_at=timezone.now())
    browser.client.cookies[f"lifeguard_sso_{acme.key}"] = "a-token"
    assert browser.client.get(where).status_code == 404


def test_what_another_browser_was_given_is_not_believed(browser: Browser) -> None:
    where = arrive(browser)
    other = later(Browser(browser.application))
    arrive(other)
    other.client.cookies[COOKIE] = browser.client.cookies[COOKIE].value
    assert other.client.get(where).status_code == 404


def test_nor_is_what_nobody_signed(browser: Browser) -> None:
    where = arrive(browser)
    statements(browser, where)
    value = browser.client.cookies[COOKIE].value
    code, _dot, about = value.partition(".")
    made, _dot, what = about.partition(".")
    later_made = f"{code}.{int(made) + 1}.{what}"
    other = "A" if value[-1] != "A" else "B"
    for changed in (value[:-1] + other, "x" + value, later_made, code, about, "é.1.a", "a.b.c", ""):
        browser.client.cookies[COOKIE] = changed
        assert statements(browser, where) == 2


def test_an_id_that_is_none_is_answered_as_one_that_is_not_there(browser: Browser) -> None:
    """Also where a sender names a character set by which its text cannot be written (UTF-7 has half characters)."""
    browser.authorize(organization="acme")
    fields = {"csrfmiddlewaretoken": browser.hidden()["csrfmiddlewaretoken"], "email": ADA}
    body = encode_multipart("x", fields)
    for named in ("%2B2AA-", "-" * 36, "%20", "%00"):
        where = f"/acme/sign-in?request={named}"
        assert browser.client.get(where).status_code == 404
        answer = browser.client.generic("POST", where, body, "multipart/form-data; boundary=x; charset=utf-7")
        assert answer.status_code == 404
