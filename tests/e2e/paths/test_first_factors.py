"""Paths that begin without a password: a code by mail or SMS, and a passkey."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.e2e.paths.conftest import KEYBOARD
from tests.e2e.paths.walk import Walk
from tests.e2e.test_operator_factors import BUILT_IN_KEY

pytestmark = pytest.mark.browser


def test_a_mailed_code(walk: Walk) -> None:
    ann = walk.somebody("rich", "ann")
    walk.begin("rich")
    walk.hands.write("E-mail address", ann.email)
    walk.hands.press("Mail me a code")
    walk.hands.see("Check your mail")
    walk.answer("00000000")
    walk.hands.is_told("That code is not right")
    walk.answer(ann.mailed_code())
    walk.arrive(ann)


def test_a_texted_code(walk: Walk) -> None:
    ann = walk.somebody("rich", "ann", number=True)
    walk.begin("rich")
    walk.hands.write("E-mail address", ann.email)
    walk.hands.press("Text me a code")
    walk.hands.see("Check your phone")
    walk.answer(ann.texted_code())
    walk.arrive(ann)


def test_a_mailed_code_where_there_are_no_passwords(walk: Walk) -> None:
    ann = walk.somebody("wordless", "ann")
    walk.begin("wordless")
    expect(walk.hands.field("Password")).to_have_count(0)
    walk.hands.press("Mail me a code")
    walk.hands.is_told("This field is required.")
    walk.hands.write("E-mail address", ann.email)
    walk.hands.press("Mail me a code")
    walk.hands.see("Check your mail")
    walk.answer(ann.mailed_code())
    walk.arrive(ann)


@dataclass
class Authenticator:
    """Chromium's virtual one, built into the browser."""

    tools: CDPSession
    id: str

    @classmethod
    def of(cls, page: Page) -> "Authenticator":
        """Build one in."""
        tools = page.context.new_cdp_session(page)
        tools.send("WebAuthn.enable")
        added = tools.send("WebAuthn.addVirtualAuthenticator", {"options": BUILT_IN_KEY})
        return cls(tools, added["authenticatorId"])

    def answers(self, *, at_once: bool) -> None:
        """Say whether its owner touches it whenever it asks, or leaves it alone."""
        presence = {"authenticatorId": self.id, "enabled": at_once}
        self.tools.send("WebAuthn.setAutomaticPresenceSimulation", presence)


@pytest.mark.parametrize("walk", list(KEYBOARD.values()), ids=list(KEYBOARD), indirect=True)
def test_a_passkey(walk: Walk) -> None:
    """Made after a sign-in by password, used after the address, and then from the field of the address itself."""
    ann, key = walk.somebody("rich", "ann", offered=["passkey"]), Authenticator.of(walk.hands.page)
    walk.begin("rich")
    walk.enter(ann)
    walk.hands.see("Sign in faster next time")
    walk.hands.press("Create a passkey")
    walk.arrive(ann)

    walk.hands.page.context.clear_cookies()
    key.answers(at_once=False)
    walk.begin("rich")
    walk.hands.write("E-mail address", ann.email)
    walk.hands.press("Use a passkey")
    walk.hands.see("Use your passkey")
    key.answers(at_once=True)
    walk.hands.press("Use your passkey")
    walk.arrive(ann)

    # Who signed out is known to this browser still: the authenticator is asked as soon as the page is there.
    walk.hands.press("Sign out")
    walk.hands.see("Welcome to Orbit")
    walk.hands.open(walk.entrance("rich"))
    walk.arrive(ann)
