"""Somebody of two tenants, whose application does not say which: a code by mail, then a choice."""

import re
import secrets
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewContext
from tests.e2e.demo import Demo
from tests.e2e.inspection import faults_of
from tests.e2e.people import SHARED, Operator, Person, TenantDraft
from tests.support.mail import body_text

pytestmark = pytest.mark.browser

NAME, EMAIL, PASSWORD = "Trade Desk", "lee@fjord.example", "Correct-Horse-Battery-1"


def test_a_code_by_mail_shows_ones_organizations(demo: Demo, new_context: NewContext) -> None:
    operator = Operator(new_context().new_page(), demo)
    operator.sign_in()
    client_id = operator.register_application(NAME, demo.sample).client_id
    for count, (name, slug) in enumerate((("Fjord Shipping", "fjord"), ("Tundra Rail", "tundra")), start=1):
        operator.onboard(TenantDraft(name, slug, SHARED, EMAIL), NAME)
        Person(new_context().new_page(), demo, EMAIL).accept_invitation(PASSWORD, count=count)

    page = new_context().new_page()
    page.goto(_authorization_address(demo, client_id))
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_role("button", name="Continue").click()
    faults = _at(page, "Check your mail")
    page.get_by_label("Code from the mail").fill("0000 0000")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("The code is not right")).to_be_visible()
    faults += faults_of(page)
    page.get_by_label("Code from the mail").fill(_code(Person(page, demo, EMAIL)))
    page.get_by_role("button", name="Continue").click()
    faults += _at(page, "Choose your organization")
    page.get_by_role("link", name="Continue with Tundra Rail").click()
    expect(page.get_by_text("Tundra Rail").first).to_be_visible()
    expect(page.get_by_label("E-mail address")).to_have_value(EMAIL)
    person = Person(page, demo, EMAIL, PASSWORD)
    person.enter_credentials()
    person.decline_second_factor()
    expect(page).to_have_url(re.compile(rf"{re.escape(demo.sample)}/callback\?.*code="))
    assert faults == []


def _authorization_address(demo: Demo, client_id: str) -> str:
    parameters = {
        "response_type": "code",
        "client_id": client_id,
        "redirect_uri": f"{demo.sample}/callback",
        "scope": "openid email",
        "state": secrets.token_urlsafe(16),
        "nonce": secrets.token_urlsafe(16),
        # Nobody redeems the code, so that nobody needs to know of what this is the hash.
        "code_challenge": secrets.token_urlsafe(32),
        "code_challenge_method": "S256",
    }
    return f"{demo.signin}/oauth2/authorize?{urlencode(parameters)}"


def _code(person: Person) -> str:
    found = re.search(r"\b\d{4} \d{4}\b", body_text(person.newest_mail(count=3)))
    assert found is not None
    return found[0]


def _at(page: Page, heading: str) -> list[str]:
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    return faults_of(page)
