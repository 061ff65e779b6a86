"""The way of somebody whose application does not say which organization: a code by mail, and a choice."""

import pytest
from playwright.sync_api import expect

from tests.e2e.paths import asking
from tests.e2e.paths.account_pages import open_account
from tests.e2e.paths.conftest import KEYBOARD
from tests.e2e.paths.walk import Walk

pytestmark = pytest.mark.browser


def test_one_of_two_organizations(walk: Walk) -> None:
    """The same address in two tenants is two people; that of the organization that was chosen signs in."""
    ann = walk.somebody("plain", "ann")
    walk.office.ask("same_address", tenant=walk.tenant("rich"), email=ann.email)
    walk.hands.open(asking.address(walk, "plain", "rich", organization=""))
    walk.hands.see("Find your organization")
    walk.hands.write("E-mail address", "nonsense")
    walk.hands.press("Continue")
    walk.hands.is_told("Enter a valid email address.")
    walk.hands.write("E-mail address", ann.email)
    walk.hands.press("Continue")
    walk.hands.see("Check your mail")
    walk.answer("0000 0000", "Code from the mail")
    walk.hands.is_told("The code is not right")
    walk.answer(ann.mailed_code(), "Code from the mail")
    walk.hands.see("Choose your organization")
    expect(walk.hands.target(f"Continue with House {walk.tenant('rich')}")).to_be_visible()
    walk.hands.press(f"Continue with House {walk.tenant('plain')}")
    walk.hands.see("Sign in")
    expect(walk.hands.field("E-mail address")).to_have_value(ann.email)
    walk.enter(ann)
    asking.is_answered(walk)


def test_ones_account_in_another_organization(walk: Walk) -> None:
    """From the account in one to that in the other, after the address was proved; then an application takes either."""
    ann, other = walk.somebody("plain", "ann"), f"House {walk.tenant('rich')}"
    walk.office.ask("same_address", tenant=walk.tenant("rich"), email=ann.email)
    open_account(walk, ann)
    walk.hands.press("Go to another organization")
    walk.hands.see("Find your organization")
    expect(walk.hands.field("E-mail address")).to_have_value(ann.email)
    walk.hands.press("Continue")
    walk.hands.see("Check your mail")
    walk.answer(ann.mailed_code(), "Code from the mail")
    walk.hands.see("Choose your organization")
    walk.hands.press(f"Continue with {other}")
    walk.hands.see("Sign in")
    walk.enter(ann)
    walk.hands.see("Your account")
    expect(walk.hands.page.get_by_text(other, exact=True).first).to_be_visible()
    walk.hands.open(asking.address(walk, "plain", "rich", organization=""))
    walk.hands.see("Choose an account")
    expect(walk.hands.target("Use another account")).to_be_visible()
    walk.hands.press(f"{other} {ann.email}")
    asking.is_answered(walk)


@pytest.mark.parametrize("walk", [KEYBOARD["shared"]], ids=["shared"], indirect=True)
def test_an_address_that_nobody_has(walk: Walk) -> None:
    """It is answered like every other, and no code comes."""
    walk.hands.open(asking.address(walk, "plain", organization=""))
    walk.hands.see("Find your organization")
    walk.hands.write("E-mail address", f"nobody-{id(walk)}@nowhere.example")
    walk.hands.press("Continue")
    walk.hands.see("Check your mail")
