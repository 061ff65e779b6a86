"""A tenant's administrator: who tried to sign in, and what of a policy Cognito forbids."""

import pytest
from playwright.sync_api import expect

from tests.e2e.paths.hands import WithoutScripts
from tests.e2e.paths.walk import Somebody, Walk

pytestmark = pytest.mark.browser

WRONG = "Not-The-Password-1"


def enter_dashboard(walk: Walk, person: Somebody, house: str, place: str) -> None:
    """Go to a page of the tenant's dashboard, and sign in on the way."""
    walk.hands.open(f"{walk.demo.dashboard}/t/{walk.tenant(house)}/{place}/")
    walk.hands.see("Sign in")
    walk.enter(person)


def test_the_log_of_sign_ins(walk: Walk) -> None:
    """A failure is found by the address, with its reason, and counted in the chart."""
    ada, ben = walk.somebody("plain", "ada", role="auditor"), walk.somebody("plain", "ben")
    walk.begin("plain")
    walk.enter(ben, WRONG)
    walk.hands.is_told("not right")
    walk.enter(ben)
    walk.arrive(ben)
    walk.hands.page.context.clear_cookies()
    enter_dashboard(walk, ada, "plain", "sign-ins")
    walk.hands.see("Log of sign-ins")
    page = walk.hands.page
    expect(page.get_by_role("img", name="Attempts to sign in, day by day")).to_be_visible()
    lines = page.locator("#sign-in-results").get_by_role("region", name="Log of sign-ins").locator("tbody tr")
    walk.hands.write("Search the log of sign-ins", ben.email)
    walk.hands.press("Filter")
    expect(lines).to_have_count(2)
    walk.hands.select("Outcome", "Failed")
    walk.hands.press("Filter")
    expect(lines).to_have_count(1)
    expect(lines).to_contain_text(ben.email)
    expect(lines).to_contain_text("The password was wrong.")


def test_a_policy_that_cognito_forbids(walk: Walk) -> None:
    """The page says so before it is chosen, and when it is chosen all the same; nothing is saved."""
    enter_dashboard(walk, walk.somebody("rich", "ada", role="owner"), "rich", "sign-in-policy")
    walk.hands.see("Sign-in and MFA")
    page = walk.hands.page
    rows = page.get_by_role("region", name="What goes together").get_by_role("row")
    forbidden = rows.filter(has=page.get_by_role("rowheader", name="Code by e-mail"))
    expect(forbidden.get_by_text("Not possible")).to_be_visible()
    walk.hands.choose("Required")
    walk.hands.press("Save")
    if not isinstance(walk.hands, WithoutScripts):
        walk.hands.is_told("Please correct the following:")
    expect(page.get_by_role("alert")).to_contain_text("Second factor:")
    walk.hands.open(f"{walk.demo.dashboard}/t/{walk.tenant('rich')}/sign-in-policy/")
    expect(walk.hands.option("Optional")).to_be_checked()
