"""The way to somebody's account page, and about on it."""

from playwright.sync_api import expect

from tests.e2e.paths.walk import Somebody, Walk


def open_account(walk: Walk, person: Somebody, house: str = "plain") -> None:
    """Go to the account, and sign in on the way."""
    walk.hands.open(f"{walk.demo.signin}/{walk.tenant(house)}/account")
    walk.hands.see("Sign in")
    walk.enter(person)
    walk.hands.see("Your account")


def go_to(walk: Walk, tab: str) -> None:
    """Go to another tab, which is looked at as a page of its own."""
    walk.hands.press(tab)
    expect(walk.hands.page.locator(".tabs [aria-current=page]")).to_have_text(tab)
    walk.hands.see("Your account")


def reads(walk: Walk, sentence: str) -> None:
    """See what the page says after a change."""
    expect(walk.hands.page.get_by_text(sentence)).to_be_visible()
