"""The account page: who somebody is, and how they sign in with a password, an app, or a passkey."""

import pytest
from playwright.sync_api import expect

from tests.e2e.paths import asking
from tests.e2e.paths.account_pages import go_to, open_account, reads
from tests.e2e.paths.conftest import KEYBOARD
from tests.e2e.paths.walk import Somebody, Walk
from tests.e2e.test_operator_factors import BUILT_IN_KEY

pytestmark = pytest.mark.browser

NAME_OF_APP = "Name of Authenticator app"
WRONG, NEW = "Not-The-Password-1", "Another-Monkey-Dishwasher-3"
# One of those that the demo's service knows.
LEAKED = "Summer2024!Summer2024!"


def test_a_name_and_an_address(walk: Walk) -> None:
    """The address is another one once its code was entered, and signs in from then on."""
    ann = walk.somebody("plain", "ann")
    open_account(walk, ann)
    walk.hands.press("Change your name")
    walk.hands.see("Change your name")
    walk.hands.write("Name", " ")
    walk.hands.press("Save")
    walk.hands.is_told("This field is required.")
    walk.hands.write("Name", "Ann of the paths")
    walk.hands.press("Save")
    reads(walk, "Your name is changed.")
    reads(walk, "Ann of the paths")

    moved = Somebody(f"moved-{ann.email}", walk.demo, password=ann.password)
    walk.hands.press("Change your e-mail address")
    walk.hands.see("Change your e-mail address")
    walk.hands.write("New e-mail address", "nonsense")
    walk.hands.press("Mail me a code")
    walk.hands.is_told("Enter a valid email address.")
    walk.hands.write("New e-mail address", moved.email)
    walk.hands.press("Mail me a code")
    walk.hands.see("Enter the code from the mail")
    walk.hands.write("Code from the mail", "0000 0000")
    walk.hands.press("Change my address")
    walk.hands.is_told("The code is not right")
    walk.hands.write("Code from the mail", moved.mailed_code())
    walk.hands.press("Change my address")
    reads(walk, "Your e-mail address is changed.")
    walk.hands.open(asking.address(walk, "plain", prompt="login"))
    walk.hands.see("Sign in")
    walk.enter(moved)
    asking.is_answered(walk)


def test_a_language(walk: Walk) -> None:
    """The page speaks it from then on, whatever the browser asks for."""
    open_account(walk, walk.somebody("plain", "ann"))
    walk.hands.press("Change your language")
    walk.hands.see("Change your language")
    walk.hands.select("Language", "Deutsch")
    walk.hands.press("Save")
    walk.hands.see("Ihr Konto")


def test_a_password(walk: Walk) -> None:
    ann = walk.somebody("plain", "ann")
    open_account(walk, ann)
    go_to(walk, "Signing in")
    walk.hands.press("Change your password")
    walk.hands.see("Change your password")
    walk.hands.write("Present password", WRONG)
    walk.choose_password(NEW, "Change password")
    walk.hands.is_told("That is not your present password.")
    walk.hands.write("Present password", ann.password)
    walk.choose_password(LEAKED, "Change password")
    walk.hands.is_told("This password became known by a breach")
    walk.hands.write("Present password", ann.password)
    walk.choose_password(NEW, "Change password")
    reads(walk, "Your password is changed.")
    walk.hands.open(asking.address(walk, "plain", prompt="login"))
    walk.hands.see("Sign in")
    walk.enter(ann, NEW)
    asking.is_answered(walk)


def test_an_authenticator_app_and_recovery_codes(walk: Walk) -> None:
    ann = walk.somebody("plain", "ann")
    open_account(walk, ann)
    go_to(walk, "Signing in")
    walk.hands.press("Add an app")
    walk.hands.see("Set up your authenticator app")
    walk.take_secret(ann)
    walk.answer(ann.wrong_app_code(), "Six-digit code")
    walk.hands.is_told("That code is not right.")
    walk.hands.write("Name (optional)", "Phone")
    walk.answer(ann.app_code(), "Six-digit code")
    reads(walk, "The authenticator app is set up.")
    expect(walk.hands.field(NAME_OF_APP)).to_have_value("Phone")
    walk.hands.write(NAME_OF_APP, "Work laptop")
    walk.hands.press("Rename Authenticator app")
    reads(walk, "The authenticator app has another name.")
    walk.hands.open(asking.address(walk, "plain", prompt="login"))
    walk.hands.see("Sign in")
    walk.enter(ann)
    reads(walk, "Open your authenticator app “Work laptop”")
    walk.answer(ann.app_code(), "Six-digit code")
    asking.is_answered(walk)
    walk.hands.open(f"{walk.demo.signin}/{walk.tenant('plain')}/account/factors")
    walk.hands.see("Your second factors")
    expect(walk.hands.field(NAME_OF_APP)).to_have_value("Work laptop")
    walk.hands.press("Back to your account")
    walk.hands.press("Make recovery codes")
    codes = walk.hands.page.get_by_role("region", name="Your recovery codes").locator("code").inner_text().split()
    assert len(set(codes)) == len(codes) > 1
    walk.hands.see("Your account")
    walk.hands.press("I have kept them")
    reads(walk, f"{len(codes)} of {len(codes)} left")
    walk.hands.press("Remove the app")
    walk.hands.see("Remove your authenticator app?")
    walk.hands.press("Remove")
    reads(walk, "The authenticator app is removed.")


@pytest.mark.parametrize("walk", KEYBOARD.values(), ids=KEYBOARD, indirect=True)
def test_a_passkey(walk: Walk) -> None:
    """It is added, named, and removed."""
    page = walk.hands.page
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": BUILT_IN_KEY})
    open_account(walk, walk.somebody("rich", "ann"), "rich")
    go_to(walk, "Signing in")
    walk.hands.press("Add a passkey")
    walk.hands.see("Your passkeys")
    walk.hands.press("Add a passkey")
    walk.hands.see("Add a passkey")
    walk.hands.write("Name", "Laptop")
    walk.hands.press("Create a passkey")
    reads(walk, "The passkey is added.")
    walk.hands.write("Name of Laptop", "Desk")
    walk.hands.press("Rename Laptop")
    reads(walk, "The passkey has another name.")
    walk.hands.see("Your passkeys")
    page.get_by_role("button", name="Remove").press("Enter")
    reads(walk, "The passkey is removed.")
