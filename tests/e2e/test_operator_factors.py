"""Operators and their second factors: a code from an app, and a passkey in Chromium's virtual authenticator."""

import re
from dataclasses import replace

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewContext
from tests.e2e.demo import Demo
from tests.e2e.inspection import faults_behind, faults_of
from tests.e2e.people import TOTP_STEP_SECONDS, Operator
from tests.support.mail import body_text
from tests.support.waiting import eventually

pytestmark = pytest.mark.browser

PASSWORD = "Entirely-Sensible-Sentence-9"
# https://chromedevtools.github.io/devtools-protocol/tot/WebAuthn/: a key built in, that knows its owner and says yes.
BUILT_IN_KEY = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def colleague(demo: Demo, new_context: NewContext, email: str) -> Operator:
    """Have the demo's operator add somebody, who follows the link in their mail, chooses a password and signs in."""
    owner = Operator(new_context().new_page(), demo)
    owner.sign_in()
    owner.page.goto(f"{demo.dashboard}/fleet/team/new/")
    owner.page.get_by_label("Name", exact=True).fill("Nia Duty")
    owner.page.get_by_label("E-mail address").fill(email)
    owner.page.get_by_role("button", name="Add them").click()
    expect(owner.page.get_by_role("row", name=email)).to_be_visible()
    link = re.search(r"http://\S+/accounts/password/reset/key/\S+", body_text(demo.mailbox.wait_for(email)))
    assert link
    page = new_context().new_page()
    page.goto(link[0])
    page.get_by_label("New Password", exact=True).fill(PASSWORD)
    page.get_by_label("New Password (again)").fill(PASSWORD)
    page.get_by_role("button", name="Save password").click()
    expect(page.get_by_role("heading", name="Password changed")).to_be_visible()
    operator = Operator(page, replace(demo, email=email, password=PASSWORD))
    operator.sign_in()
    return operator


def another_code(totp: pyotp.TOTP, used: str) -> str:
    """Wait for the next code: each works once (RFC 6238 section 5.2)."""

    def unused() -> str:
        code = totp.now()
        return code if code != used else ""

    return eventually(unused, timeout=TOTP_STEP_SECONDS + 1.0)


def open_and_confirm(page: Page, address: str) -> None:
    """Open a page that asks for the password once more, and give it."""
    page.goto(address)
    heading(page, "Confirm it is you")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()


def heading(page: Page, name: str) -> None:
    """See that the page has this heading."""
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def test_an_operator_enrols_an_app_and_signs_in_with_its_code(demo: Demo, new_context: NewContext) -> None:
    operator = colleague(demo, new_context, "totp@lifeguard.example")
    page = operator.page
    open_and_confirm(page, f"{demo.dashboard}/accounts/2fa/totp/activate/")
    heading(page, "Set up an authenticator app")
    faults = faults_of(page)
    totp = pyotp.TOTP(page.locator(".copy__value").first.inner_text().replace(" ", ""))
    used = totp.now()
    page.get_by_label("Authenticator code").fill(used)
    page.get_by_role("button", name="Activate").click()
    heading(page, "Recovery codes")
    faults += faults_of(page)
    for address in ("", "totp/deactivate/", "recovery-codes/generate/"):
        page.goto(f"{demo.dashboard}/accounts/2fa/{address}")
        faults += faults_of(page)

    page.context.clear_cookies()
    page.goto(demo.dashboard)
    page.get_by_label("E-mail").fill("totp@lifeguard.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    heading(page, "Second factor")
    faults += faults_of(page)
    page.goto(f"{demo.dashboard}/fleet/")
    expect(page.get_by_role("heading", name="Overview", level=1)).not_to_be_visible()
    page.goto(f"{demo.dashboard}/accounts/2fa/authenticate/")
    page.get_by_role("textbox").fill(another_code(totp, used))
    page.get_by_role("button", name="Continue").click()
    heading(page, "Overview")
    assert faults == []


def test_an_operator_signs_in_with_a_passkey_alone(demo: Demo, new_context: NewContext) -> None:
    page = colleague(demo, new_context, "passkey@lifeguard.example").page
    browser_tools = page.context.new_cdp_session(page)
    browser_tools.send("WebAuthn.enable")
    browser_tools.send("WebAuthn.addVirtualAuthenticator", {"options": BUILT_IN_KEY})
    open_and_confirm(page, f"{demo.dashboard}/accounts/2fa/webauthn/add/")
    heading(page, "Add a passkey or security key")
    faults = faults_of(page)
    page.get_by_role("textbox", name="Name").fill("Laptop")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Continue").click()
    heading(page, "Recovery codes")
    page.goto(f"{demo.dashboard}/accounts/2fa/webauthn/")
    expect(page.get_by_text("Laptop")).to_be_visible()
    faults += faults_of(page)
    for name in ("Rename", "Remove"):
        page.goto(f"{demo.dashboard}/accounts/2fa/webauthn/")
        faults += faults_behind(page.get_by_role("link", name=name))

    page.context.clear_cookies()
    page.goto(demo.dashboard)
    page.get_by_role("button", name="Sign in with a passkey").click()
    heading(page, "Overview")
    assert faults == []
