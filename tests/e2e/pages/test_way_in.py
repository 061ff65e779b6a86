"""The sign-in pages and each step of signing in."""

import re
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewContext
from tests.e2e.inspection import faults_behind, faults_of
from tests.e2e.people import Person
from tests.e2e.scene import Scene
from tests.support.mail import body_text

pytestmark = pytest.mark.browser


def test_no_sign_in_page_has_a_fault(scene: Scene, new_context: NewContext) -> None:
    page, demo = new_context().new_page(), scene.demo
    person = Person(page, demo, "ada@halden.example")
    faults = []
    bare = ["/sign-in", "/halden/invitation/not-a-token", "/oauth2/logout", "/nosuch/sign-in", "/nothing"]
    bare += ["/federation/callback?state=nothing", "/federation/test/callback", "/federation/test/end"]
    bare += [f"/halden/start/{scene.ids['connection_id']}"]
    refused = urlencode({"client_id": "nobody", "response_type": "code"})
    for address in (*bare, f"/oauth2/authorize?{refused}"):
        page.goto(f"{demo.signin}{address}")
        faults += faults_of(page)
    page.goto(f"{demo.dashboard}/t/halden/")
    faults += faults_of(page)
    person.enter_credentials("not the password")
    expect(page.get_by_role("alert")).to_be_visible()
    faults += faults_of(page)
    page.goto(demo.dashboard)
    faults += faults_of(page)
    page.get_by_label("E-mail").fill("nobody@example.com")
    page.get_by_label("Password", exact=True).fill("not the password")
    assert faults + faults_behind(page.get_by_role("button", name="Sign in", exact=True)) == []


def test_no_step_of_signing_in_has_a_fault(scene: Scene, new_context: NewContext) -> None:
    """An invitation, a temporary password, an authenticator app, and a code."""
    admin, home = scene.admin.page, f"{scene.demo.dashboard}/t/halden"
    person = Person(new_context().new_page(), scene.demo, "grace@halden.example")
    admin.goto(f"{home}/users/invite/")
    admin.get_by_label("E-mail").fill(person.email)
    admin.get_by_role("radio", name="Admin").check()
    admin.get_by_role("button", name="Send invitation").click()
    person.page.goto(_link_in(person))
    faults = faults_of(person.page)
    link = person.accept_invitation("Purple-Monkey-Dishwasher-2")
    person.page.goto(link)
    faults += faults_of(person.page)
    temporary = _temporary_password(admin, home, person.email)
    faults += faults_of(admin)
    _require_mfa(admin, home)
    person.page.goto(f"{home}/")
    person.enter_credentials(temporary)
    faults += _at(person.page, "Choose a new password")
    person.choose_new_password("Another-Monkey-Dishwasher-3")
    faults += _at(person.page, "Set up your authenticator app")
    person.enrol_totp()
    expect(person.page.get_by_role("navigation", name="Main")).to_be_attached()
    person.page.context.clear_cookies()
    person.page.goto(f"{home}/")
    person.enter_credentials()
    faults += _at(person.page, "Enter your code")
    assert faults == []


def _link_in(person: Person) -> str:
    link = re.search(r"http://\S+/invitation/\S+", body_text(person.newest_mail()))
    assert link
    return link[0]


def _temporary_password(page: Page, home: str, email: str) -> str:
    page.goto(f"{home}/users/?q={email}")
    page.get_by_role("link", name=email).first.click()
    expect(page.get_by_role("heading", name=email, level=1)).to_be_visible()
    page.goto(f"{page.url}temporary-password/")
    page.get_by_role("button", name="Set temporary password").click()
    return page.get_by_role("group", name="Temporary password").locator("code").inner_text()


def _require_mfa(page: Page, home: str) -> None:
    page.goto(f"{home}/sign-in-policy/")
    page.get_by_label("Required").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator(".topbar").get_by_text("In sync")).to_be_visible()


def _at(page: Page, heading: str) -> list[str]:
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    return faults_of(page)
