"""What somebody is asked for at a sign-in, looked after on the account page: codes, and who comes by a connection."""

import pytest
from playwright.sync_api import expect

from tests.e2e.paths.account_pages import go_to, open_account, reads
from tests.e2e.paths.walk import Walk

pytestmark = pytest.mark.browser


def test_codes_are_added_preferred_and_removed(walk: Walk) -> None:
    ann = walk.somebody("rich", "ann")
    open_account(walk, ann, "rich")
    go_to(walk, "Signing in")
    walk.hands.press("See your second factors")
    walk.hands.see("Your second factors")
    walk.hands.press("Add Code by e-mail")
    walk.hands.see("Check your mail")
    walk.answer("00000000")
    walk.hands.is_told("That code is not right")
    walk.answer(ann.mailed_code())
    reads(walk, "The codes are set up.")
    walk.hands.press("Add Code by SMS")
    walk.give_number(ann)
    reads(walk, "The codes are set up.")
    walk.hands.see("Your second factors")
    walk.hands.select("When you sign in", "Code by SMS")
    walk.hands.press("Save")
    reads(walk, "Your choice is saved.")
    walk.hands.press("Remove Code by SMS")
    reads(walk, "The codes are removed.")
    expect(walk.hands.target("Remove Code by e-mail")).to_be_visible()


def test_a_number_is_to_be_changed_and_is_kept_after_all(walk: Walk) -> None:
    ann = walk.somebody("rich", "ann", factors=["totp", "sms"])
    walk.hands.open(f"{walk.demo.signin}/{walk.tenant('rich')}/account/factors")
    walk.hands.see("Sign in")
    walk.enter(ann)
    walk.hands.see("Choose a second factor")
    walk.hands.choose("Authenticator app")
    walk.hands.press("Continue")
    walk.hands.see("Enter your code")
    walk.answer(ann.app_code(), "Six-digit code")
    walk.hands.see("Your second factors")
    walk.hands.press("Change your mobile number")
    walk.hands.see("Your mobile number")
    walk.hands.write("Mobile number", f"{ann.number[:-1]}{(int(ann.number[-1]) + 1) % 10}")
    walk.hands.press("Send the code")
    walk.hands.see("Check your phone")
    walk.hands.press("Cancel")
    walk.hands.see_part("You are changing your mobile number")
    walk.hands.press(f"Keep {ann.number}")
    reads(walk, "Your codes go to the number that you had before.")
    expect(walk.hands.target("Remove Code by SMS")).to_be_visible()
