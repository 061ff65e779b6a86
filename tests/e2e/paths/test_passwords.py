"""Paths that begin with a password, and with the lack of one."""

import pytest
from playwright.sync_api import expect

from tests.e2e.paths.walk import Somebody, Walk

pytestmark = pytest.mark.browser

WRONG, NEW = "Not-The-Password-1", "Another-Monkey-Dishwasher-3"


def test_a_password(walk: Walk) -> None:
    ann = walk.somebody("plain", "ann")
    walk.begin("plain")
    walk.enter(ann)
    walk.arrive(ann)


def test_a_wrong_password_and_then_the_right_one(walk: Walk) -> None:
    ann = walk.somebody("plain", "ann")
    walk.begin("plain")
    walk.enter(ann, WRONG)
    walk.hands.is_told("not right")
    walk.hands.write("Password", ann.password)
    walk.hands.press("Sign in")
    walk.arrive(ann)


def test_wrong_passwords_until_there_is_a_wait(walk: Walk) -> None:
    """After four failures each brings a wait, which is told; a slow machine may have waited without knowing."""
    ann, told = walk.somebody("plain", "ann"), False
    walk.begin("plain")
    for _ in range(9):
        walk.enter(ann, WRONG)
        walk.hands.see("Sign in")
        told = walk.hands.page.get_by_text("Too many attempts").is_visible()
        if told:
            break
        walk.hands.is_told("not right")
    walk.hands.is_told("Too many attempts")


def test_a_forgotten_password(walk: Walk) -> None:
    ann = walk.somebody("plain", "ann")
    walk.begin("plain")
    walk.hands.press("Forgot your password?")
    walk.hands.see("Forgot your password?")
    walk.hands.write("E-mail address", ann.email)
    walk.hands.press("Send the mail")
    walk.hands.see("Choose a new password")
    walk.hands.write("Code from the mail", "000000")
    walk.choose_password(NEW)
    walk.hands.is_told("The code is not right")
    reset(walk, ann)


def reset(walk: Walk, person: Somebody) -> None:
    """Choose another password by the code that was mailed, and sign in with it."""
    walk.hands.write("Code from the mail", person.mailed_code())
    walk.choose_password(NEW)
    walk.hands.see("Your password is changed")
    walk.hands.press("Sign in")
    walk.hands.see("Sign in")
    walk.enter(person, NEW)
    walk.arrive(person)


def test_a_password_that_has_to_be_another(walk: Walk) -> None:
    """Somebody with the AWS console said so. Whoever signs in is led on, and told why."""
    ann = walk.somebody("plain", "ann")
    walk.office.ask("demand_new_password", user=ann.id)
    ann.mailed_code()
    walk.begin("plain")
    walk.enter(ann)
    walk.hands.see("Choose a new password")
    expect(walk.hands.page.get_by_text("Your organization asks you to choose a new password.")).to_be_visible()
    reset(walk, ann)


def test_a_forgotten_password_that_an_administrator_sets(walk: Walk) -> None:
    """Where mails are a second factor, Cognito mails no code for a new password."""
    ann = walk.somebody("rich", "ann")
    walk.begin("rich")
    walk.hands.press("Forgot your password?")
    walk.hands.see("Forgot your password?")
    expect(walk.hands.page.get_by_text("Ask an administrator of your organization")).to_be_visible()
    walk.hands.press("Back to sign-in")
    walk.hands.see("Sign in")
    walk.enter(ann)
    walk.arrive(ann)


def test_a_temporary_password(walk: Walk) -> None:
    tim = walk.somebody("plain", "tim", temporary=True)
    walk.begin("plain")
    walk.enter(tim)
    walk.hands.see("Choose a new password")
    walk.choose_password("short", "Set password and continue")
    walk.hands.is_told("Use at least 12 characters.")
    walk.choose_password(NEW, "Set password and continue")
    walk.arrive(tim)


def test_a_temporary_password_that_has_expired(walk: Walk) -> None:
    """It is answered by a fresh invitation."""
    tim = walk.somebody("brief", "tim", temporary=True)
    walk.begin("brief")
    walk.enter(tim)
    walk.hands.see("Check your mail")
    accept(walk, tim, tim.mailed_link("/invitation/"))
    walk.begin("brief")
    walk.enter(tim, NEW)
    walk.arrive(tim)


def test_an_invitation(walk: Walk) -> None:
    ivy = Somebody(walk.office.ask("invite", tenant=walk.tenant("plain"), name="ivy"), walk.demo)
    link = ivy.mailed_link("/invitation/")
    accept(walk, ivy, link)
    walk.hands.open(link)
    walk.hands.see("This invitation was used already")
    walk.begin("plain")
    walk.enter(ivy, NEW)
    walk.hands.see("Add an authenticator app")
    walk.hands.press("Not now")
    walk.arrive(ivy)


def accept(walk: Walk, person: Somebody, link: str) -> None:
    """Follow an invitation; two passwords that differ come first."""
    walk.hands.open(link)
    walk.hands.see("Welcome")
    walk.hands.write("New password", NEW)
    walk.hands.write("New password again", WRONG)
    walk.hands.press("Set password")
    walk.hands.is_told("The two passwords are not the same.")
    walk.choose_password(NEW)
    walk.hands.see("You are all set")


def test_an_account_of_ones_own_making(walk: Walk) -> None:
    """By a mailed link, opened in the browser that asked for it: the sign-in goes on."""
    slug = walk.tenant("plain")
    sue = Somebody(f"sue-{walk.isolation}-{id(walk)}@{slug}.example", walk.demo)
    walk.begin("plain")
    walk.hands.press("Make one")
    walk.hands.see("Make an account")
    walk.hands.write("E-mail address", "nonsense")
    walk.hands.press("Continue")
    walk.hands.is_told("Enter a valid email address.")
    walk.hands.write("E-mail address", sue.email)
    walk.hands.write("Name (optional)", "Sue")
    walk.hands.press("Continue")
    walk.hands.see("Check your mail")
    walk.hands.open(sue.mailed_link("/sign-up/"))
    walk.hands.see("Welcome")
    walk.choose_password(NEW)
    walk.hands.see("Sign in")
    walk.hands.write("Password", NEW)
    walk.hands.press("Sign in")
    walk.hands.see("Add an authenticator app")
    walk.hands.press("Not now")
    walk.arrive(sue)
