"""Paths with a second factor: each that can be asked for, the choice between them, and setting each up on the way."""

import pytest

from tests.e2e.paths import asking
from tests.e2e.paths.account_pages import reads
from tests.e2e.paths.conftest import IN_SHARED
from tests.e2e.paths.walk import Somebody, Walk

pytestmark = pytest.mark.browser


def test_a_code_from_an_app(walk: Walk) -> None:
    ann = walk.somebody("plain", "ann", factors=["totp"])
    walk.begin("plain")
    walk.enter(ann)
    walk.hands.see("Enter your code")
    walk.answer("12", "Six-digit code")
    walk.hands.is_told("Enter the six digits that the app shows.")
    walk.answer(ann.app_code(), "Six-digit code")
    walk.arrive(ann)


def test_a_mailed_code(walk: Walk) -> None:
    ann = walk.somebody("rich", "ann", factors=["email"])
    walk.begin("rich")
    walk.enter(ann)
    walk.hands.see("Check your mail")
    walk.answer("00000000")
    walk.hands.is_told("That code is not right.")
    walk.answer(ann.mailed_code())
    walk.arrive(ann)


def test_a_texted_code(walk: Walk) -> None:
    ann = walk.somebody("rich", "ann", factors=["sms"])
    walk.begin("rich")
    walk.enter(ann)
    walk.hands.see("Check your phone")
    walk.answer("00000000")
    walk.hands.is_told("That code is not right.")
    walk.answer(ann.texted_code())
    walk.arrive(ann)


def test_one_of_several(walk: Walk) -> None:
    ann = walk.somebody("rich", "ann", factors=["totp", "email", "sms"])
    walk.begin("rich")
    walk.enter(ann)
    walk.hands.see("Choose a second factor")
    walk.hands.choose("Code by SMS")
    walk.hands.press("Continue")
    walk.hands.see("Check your phone")
    walk.answer(ann.texted_code())
    walk.arrive(ann)


def test_a_browser_is_remembered(walk: Walk) -> None:
    """The password is enough there, until its owner has it forgotten."""
    ann = walk.somebody("rich", "ann", factors=["totp"])
    walk.begin("rich")
    walk.enter(ann)
    walk.hands.see("Enter your code")
    walk.hands.write("Six-digit code", ann.app_code())
    walk.hands.choose("Do not ask again in this browser for 30 days")
    walk.hands.press("Continue")
    walk.arrive(ann)
    walk.hands.open(asking.address(walk, "rich", prompt="login"))
    walk.enter(ann)
    asking.is_answered(walk)
    walk.hands.open(f"{walk.demo.signin}/{walk.tenant('rich')}/account/devices")
    walk.hands.see("Your account")
    reads(walk, "No second factor is asked for here until")
    walk.hands.press("Forget all browsers")
    reads(walk, "All browsers are forgotten.")
    walk.hands.open(asking.address(walk, "rich", prompt="login"))
    walk.enter(ann)
    walk.hands.see("Enter your code")


def set_up_app(walk: Walk, person: Somebody) -> None:
    """Take the key from the page, as an app does that cannot read its picture, and answer with its code."""
    walk.take_secret(person)
    walk.answer(person.app_code(), "Six-digit code")


def test_an_app_that_is_demanded(walk: Walk) -> None:
    """In a pool of its own Cognito demands it, and lets nobody choose before they are in."""
    ann = walk.somebody("strict", "ann")
    walk.begin("strict")
    walk.enter(ann)
    if walk.isolation == "shared":
        walk.hands.see("Set up a second factor")
        walk.hands.choose("Authenticator app")
        walk.hands.press("Continue")
    walk.hands.see("Set up your authenticator app")
    set_up_app(walk, ann)
    walk.arrive(ann)
    walk.hands.open(f"{walk.demo.signin}/{walk.tenant('strict')}/account/security")
    walk.hands.press("Remove the app")
    walk.hands.see("That did not work")
    walk.hands.press("Back to your account")
    walk.hands.see("Your account")


@pytest.mark.parametrize("walk", list(IN_SHARED.values()), ids=list(IN_SHARED), indirect=True)
def test_texted_codes_that_are_demanded(walk: Walk) -> None:
    """Cognito itself, in a pool of its own, has an app set up alone."""
    ann = walk.somebody("strict", "ann")
    walk.begin("strict")
    walk.enter(ann)
    walk.hands.see("Set up a second factor")
    walk.hands.choose("Code by SMS")
    walk.hands.press("Continue")
    walk.give_number(ann)
    walk.arrive(ann)


def test_mailed_codes_that_are_demanded(walk: Walk) -> None:
    """In a pool of its own Cognito mails them to everybody whose address is known to be theirs."""
    ann = walk.somebody("mailed", "ann")
    walk.begin("mailed")
    walk.enter(ann)
    if walk.isolation == "shared":
        walk.hands.see("Set up a second factor")
        walk.hands.choose("Code by e-mail")
        walk.hands.press("Continue")
    walk.hands.see("Check your mail")
    walk.answer(ann.mailed_code())
    walk.arrive(ann)


def test_texted_codes_that_are_offered(walk: Walk) -> None:
    """The number is typed, and shown to be the person's own by its first code."""
    ann = walk.somebody("rich", "ann", offered=["factor"])
    walk.begin("rich")
    walk.enter(ann)
    walk.hands.see("Add a second factor")
    walk.hands.choose("Code by SMS")
    walk.hands.press("Continue")
    walk.give_number(ann)
    walk.arrive(ann)


def test_mailed_codes_that_are_offered(walk: Walk) -> None:
    ann = walk.somebody("rich", "ann", offered=["factor"])
    walk.begin("rich")
    walk.enter(ann)
    walk.hands.see("Add a second factor")
    walk.hands.choose("Code by e-mail")
    walk.hands.press("Continue")
    walk.hands.see("Check your mail")
    walk.answer(ann.mailed_code())
    walk.arrive(ann)


def test_an_app_that_is_offered(walk: Walk) -> None:
    ann = walk.somebody("plain", "ann", offered=["factor"])
    walk.begin("plain")
    walk.enter(ann)
    walk.hands.see("Add an authenticator app")
    set_up_app(walk, ann)
    walk.arrive(ann)


def test_a_recovery_code_in_place_of_the_app(walk: Walk) -> None:
    """It takes the app away, and the sign-in begins again."""
    ann = walk.somebody("plain", "ann", factors=["totp"])
    code, *_rest = walk.office.ask("recovery_codes", user=ann.id)
    walk.begin("plain")
    walk.enter(ann)
    walk.hands.see("Enter your code")
    walk.hands.press("Use a recovery code")
    walk.hands.see("Use a recovery code")
    walk.answer("not-one", "Recovery code")
    walk.hands.is_told("That is none of your codes")
    walk.answer(code, "Recovery code")
    walk.hands.see("Your second factor is removed")
    walk.hands.press("Sign in")
    walk.hands.see("Sign in")
    walk.enter(ann)
    walk.hands.see("Add an authenticator app")
    walk.hands.press("Not now")
    walk.arrive(ann)
