"""A tenant's people and their passkeys, in Chromium's virtual authenticator: from the policy to signing in by one."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewContext
from tests.e2e.demo import Demo
from tests.e2e.inspection import faults_of
from tests.e2e.people import Operator, Person
from tests.e2e.test_operator_factors import BUILT_IN_KEY, heading
from tests.support.waiting import eventually

pytestmark = pytest.mark.browser


def cognito_follows(page: Page) -> None:
    """Wait until the page says that what was saved is in Cognito."""

    def is_there() -> bool:
        page.reload()
        return page.get_by_text("In sync", exact=True).first.is_visible()

    eventually(is_there)


def let_pool_have_passkeys(operator: Operator) -> None:
    """Say which host the shared pool's passkeys belong to, and let its tenants choose them."""
    page = operator.page
    page.goto(f"{operator.demo.dashboard}/fleet/cells/pools/")
    # Its cell stands beside its kind. Other tests have shared pools in cells of their own.
    page.get_by_role("row", name="Shared local").get_by_role("link").first.click()
    page.goto(f"{page.url}settings/")
    page.get_by_role("checkbox", name="Passkey", exact=True).check()
    page.get_by_label("Passkeys belong to the host").fill("localhost")
    page.get_by_role("button", name="Save").last.click()
    expect(page.get_by_role("heading", name="User pool", level=1)).to_be_visible()
    cognito_follows(page)


def allow_passkeys(admin: Person, *, wanted: bool) -> list[str]:
    """Set the tenant's policy; return what is wrong with its page."""
    page = admin.page
    page.goto(f"{admin.demo.dashboard}/t/wayne/sign-in-policy/")
    page.get_by_role("checkbox", name=re.compile("^Passkey")).set_checked(wanted)
    faults = faults_of(page) if wanted else []
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Applying to Cognito")).to_be_visible()
    cognito_follows(page)
    return faults


def sign_in_page(page: Page, demo: Demo) -> None:
    """Open the tenant's sign-in page by way of the dashboard."""
    page.goto(f"{demo.signin}/wayne/sign-in")
    heading(page, "Sign in")


def test_a_passkey_is_offered_after_the_password_and_signs_in(
    demo: Demo, new_context: NewContext, admin: Person
) -> None:
    operator = Operator(new_context().new_page(), demo)
    operator.sign_in()
    let_pool_have_passkeys(operator)
    faults = allow_passkeys(admin, wanted=True)

    page = new_context().new_page()
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    key = tools.send("WebAuthn.addVirtualAuthenticator", {"options": BUILT_IN_KEY})
    presence = {"authenticatorId": key["authenticatorId"]}
    wilma = Person(page, demo, admin.email, admin.password)
    sign_in_page(page, demo)
    wilma.enter_credentials()
    heading(page, "Sign in faster next time")
    faults += faults_of(page)
    page.get_by_role("button", name="Create a passkey").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_attached()

    page.context.clear_cookies()
    tools.send("WebAuthn.setAutomaticPresenceSimulation", {**presence, "enabled": False})
    sign_in_page(page, demo)
    faults += faults_of(page)
    page.get_by_label("E-mail address").fill(wilma.email)
    page.get_by_role("button", name="Use a passkey").click()
    heading(page, "Use your passkey")
    faults += faults_of(page)
    tools.send("WebAuthn.setAutomaticPresenceSimulation", {**presence, "enabled": True})
    page.get_by_role("button", name="Use your passkey").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_attached()
    # Other tests' people of this tenant are to be offered what they expect.
    faults += allow_passkeys(admin, wanted=False)
    assert faults == []
