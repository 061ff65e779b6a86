"""Signing out: where an application asks for it, and where somebody does."""

from urllib.parse import urlencode

import pytest
from playwright.sync_api import expect

from tests.e2e.paths import asking
from tests.e2e.paths.walk import Walk

pytestmark = pytest.mark.browser


def test_an_application_signs_out_whom_it_knows(walk: Walk) -> None:
    """By the ID token that it was given, nobody is asked; the next application has to ask."""
    ann = walk.somebody("plain", "ann")
    walk.begin("plain")
    walk.enter(ann)
    walk.arrive(ann)
    walk.hands.press("Sign out")
    expect(walk.hands.page.get_by_role("button", name="Sign in")).to_be_visible()
    walk.hands.open(asking.address(walk, "plain"))
    walk.hands.see("Sign in")


def test_a_sign_out_that_nobody_proved_is_confirmed(walk: Walk) -> None:
    """Without a hint anybody's page could sign people out. Afterwards it is back where the application said."""
    ann = walk.somebody("plain", "ann")
    walk.begin("plain")
    walk.enter(ann)
    walk.arrive(ann)
    back = f"{walk.demo.sample}/signed-out"
    asked = {"client_id": asking.atlas(walk, "plain"), "post_logout_redirect_uri": back, "state": "kept"}
    walk.hands.open(f"{walk.demo.signin}/oauth2/logout?{urlencode(asked)}")
    walk.hands.see("Sign out?")
    expect(walk.hands.page.get_by_text("Atlas asks to sign you out.")).to_be_visible()
    expect(walk.hands.page.get_by_text(ann.email)).to_be_visible()
    walk.hands.press("Sign out")
    expect(walk.hands.page).to_have_url(f"{back}?state=kept")
    walk.hands.open(asking.address(walk, "plain"))
    walk.hands.see("Sign in")


def test_signing_out_without_an_application(walk: Walk) -> None:
    ann, slug = walk.somebody("plain", "ann"), walk.tenant("plain")
    walk.hands.open(f"{walk.demo.signin}/{slug}/account")
    walk.hands.see("Sign in")
    walk.enter(ann)
    walk.hands.see("Your account")
    walk.hands.press("Sign out")
    walk.hands.see("Sign out?")
    walk.hands.press("Sign out")
    walk.hands.see("You are signed out")
    walk.hands.press("Sign in again")
    walk.hands.see("Sign in")
