"""What applications ask of the sign-in: another application, `prompt`, `acr_values`, and what they are refused."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from federation.levels import ACR_MULTI_FACTOR
from tests.e2e.paths import asking
from tests.e2e.paths.conftest import KEYBOARD
from tests.e2e.paths.walk import Walk

pytestmark = pytest.mark.browser


def test_a_second_application_after_the_first(walk: Walk) -> None:
    """Nobody is asked; who wants to sign in anew is, with the address filled in where the application knows it."""
    ann = walk.somebody("plain", "ann")
    walk.begin("plain")
    walk.enter(ann)
    walk.arrive(ann)
    walk.hands.open(asking.address(walk, "plain"))
    asking.is_answered(walk)
    walk.hands.open(asking.address(walk, "plain", prompt="login", login_hint=ann.email))
    walk.hands.see("Sign in")
    expect(walk.hands.field("E-mail address")).to_have_value(ann.email)
    walk.hands.write("Password", ann.password)
    walk.hands.press("Sign in")
    asking.is_answered(walk)


def test_a_program_on_the_computer(walk: Walk) -> None:
    """It proves nothing, so that whoever is signed in sees who asks, and goes on, or is somebody else."""
    ann, ben = walk.somebody("plain", "ann"), walk.somebody("plain", "ben")
    walk.begin("plain")
    walk.enter(ann)
    walk.arrive(ann)
    listens = asked_by_program(walk)
    walk.hands.press("Continue")
    asking.is_answered(walk, listens)
    asked_by_program(walk)
    walk.hands.press("Not you?")
    walk.hands.see("Sign in")
    walk.enter(ben)
    asking.is_answered(walk, listens)


def asked_by_program(walk: Walk) -> str:
    """Be sent by a program that listens on this computer, and be shown who asks; return where it listens."""
    beacon = walk.office.ask("program", tenant=walk.tenant("plain"))
    listens = f"http://127.0.0.1:{walk.demo.ports.sample}/callback"
    walk.hands.open(asking.address(walk, "plain", client_id=beacon, redirect_uri=listens))
    walk.hands.see("Sign in to Beacon")
    return listens


def test_an_account_is_chosen_and_another_one(walk: Walk) -> None:
    ann, ben = walk.somebody("plain", "ann"), walk.somebody("plain", "ben")
    walk.begin("plain")
    walk.enter(ann)
    walk.arrive(ann)
    walk.hands.open(asking.address(walk, "plain", prompt="select_account"))
    walk.hands.see("Choose an account")
    walk.hands.press(f"House {walk.tenant('plain')} {ann.email}")
    asking.is_answered(walk)
    walk.hands.open(asking.address(walk, "plain", prompt="select_account"))
    walk.hands.press("Use another account")
    walk.hands.see("Sign in")
    walk.enter(ben)
    asking.is_answered(walk)
    walk.hands.open(f"{walk.demo.signin}/{walk.tenant('plain')}/account")
    walk.hands.see("Your account")
    expect(walk.hands.page.get_by_text(ben.email).first).to_be_visible()


def test_nobody_may_be_asked(walk: Walk) -> None:
    """`prompt=none`: answered at once, whoever is there or not."""
    ann = walk.somebody("plain", "ann")
    walk.hands.open(asking.address(walk, "plain", prompt="none"))
    expect(walk.hands.page).to_have_url(re.compile(r"/callback\?(.*&)?error=login_required"))
    walk.hands.open(asking.address(walk, "plain"))
    walk.hands.see("Sign in")
    walk.enter(ann)
    asking.is_answered(walk)
    walk.hands.open(asking.address(walk, "plain", prompt="none"))
    asking.is_answered(walk)


def test_a_sign_in_that_must_not_be_old(walk: Walk) -> None:
    """`max_age`: one that is young enough is enough, and without a further page."""
    ann = walk.somebody("plain", "ann")
    walk.hands.open(asking.address(walk, "plain", max_age="3600", login_hint=ann.email))
    walk.hands.see("Sign in")
    walk.enter(ann)
    asking.is_answered(walk)
    walk.hands.open(asking.address(walk, "plain", max_age="3600"))
    asking.is_answered(walk)
    walk.hands.open(asking.address(walk, "plain", max_age="0"))
    walk.hands.see("Sign in")
    walk.enter(ann)
    asking.is_answered(walk)


def test_a_language_is_asked_for(walk: Walk) -> None:
    """`ui_locales`: the first of those that the pages speak."""
    walk.hands.open(asking.address(walk, "plain", ui_locales="cy de"))
    walk.hands.see("Anmelden")
    walk.hands.press("Passwort vergessen?")
    walk.hands.see("Passwort vergessen?")


def test_an_account_is_asked_for(walk: Walk) -> None:
    """Where the policy lets people make one; who has one goes on to sign in."""
    ann = walk.somebody("plain", "ann")
    walk.hands.open(asking.address(walk, "plain", prompt="create"))
    walk.hands.see("Make an account")
    walk.hands.press("I have an account: sign in")
    walk.hands.see("Sign in")
    walk.enter(ann)
    asking.is_answered(walk)
    walk.hands.open(asking.address(walk, "rich", prompt="create"))
    walk.hands.see("Sign in")


def test_two_factors_are_asked_for(walk: Walk) -> None:
    """Who came by a password alone sets a second factor up, and then nobody is asked again."""
    ann = walk.somebody("plain", "ann")
    walk.begin("plain")
    walk.enter(ann)
    walk.arrive(ann)
    walk.hands.open(asking.address(walk, "plain", acr_values=ACR_MULTI_FACTOR))
    walk.hands.see("Sign in")
    walk.enter(ann)
    walk.hands.see("Set up your authenticator app")
    walk.take_secret(ann)
    walk.answer(ann.wrong_app_code(), "Six-digit code")
    walk.hands.is_told("not right")
    walk.answer(ann.app_code(), "Six-digit code")
    asking.is_answered(walk)
    walk.hands.open(asking.address(walk, "plain", acr_values=ACR_MULTI_FACTOR))
    asking.is_answered(walk)


@pytest.mark.parametrize("walk", KEYBOARD.values(), ids=KEYBOARD, indirect=True)
def test_what_is_refused(walk: Walk) -> None:
    """Each is told in words, on a page of ours: there is nobody to whom it could be answered."""
    slug = walk.tenant("plain")
    walk.hands.open(asking.address(walk, "plain", client_id="nobody"))
    walk.hands.see("The application's request was refused")
    walk.hands.open(asking.address(walk, "plain", redirect_uri="https://elsewhere.example/"))
    walk.hands.see("The application's request was refused")
    walk.hands.open(asking.address(walk, "plain", organization=walk.tenant("brief")))
    walk.hands.see("Sign-in is not possible here")
    walk.hands.open(asking.address(walk, "plain", organization="no-such-tenant"))
    walk.hands.see("Sign-in is not possible here")
    walk.hands.open(f"{walk.demo.signin}/{slug}/sign-in?request=nonsense")
    walk.hands.see("Sign-in stopped")
    walk.hands.open(f"{walk.demo.signin}/nothing/is/here")
    walk.hands.see("There is nothing here")


@pytest.mark.parametrize("walk", KEYBOARD.values(), ids=KEYBOARD, indirect=True)
def test_a_request_that_took_too_long(walk: Walk) -> None:
    """It is told at the first answer, and not taken for a wrong password."""
    ann = walk.somebody("plain", "ann")
    walk.hands.open(asking.address(walk, "plain"))
    walk.hands.see("Sign in")
    request = parse_qs(urlsplit(walk.hands.page.url).query)["request"][0]
    walk.office.ask("let_request_expire", request=request)
    walk.enter(ann)
    walk.hands.see("Sign-in stopped")


@pytest.mark.parametrize("walk", KEYBOARD.values(), ids=KEYBOARD, indirect=True)
def test_a_tenant_that_is_suspended(walk: Walk) -> None:
    """It lets nobody in, also not who was inside, and does not say why."""
    ann, slug = walk.somebody("closed", "ann"), walk.tenant("closed")
    walk.hands.open(asking.address(walk, "closed"))
    walk.hands.see("Sign in")
    walk.enter(ann)
    asking.is_answered(walk)
    walk.office.ask("suspend", tenant=slug)
    walk.hands.open(asking.address(walk, "closed"))
    walk.hands.see("Sign-in is not possible here")
    walk.hands.open(f"{walk.demo.signin}/{slug}/account")
    walk.hands.see("Sign-in is not possible here")
    expect(walk.hands.page.locator("body")).not_to_contain_text(re.compile("suspend", re.IGNORECASE))
    walk.office.ask("resume", tenant=slug)
    walk.hands.open(asking.address(walk, "closed"))
    walk.hands.see("Sign in")
