"""Paths that begin with a password, and with the lack of one."""

import pytest

from tests.e2e.paths.walk import Walk

pytestmark = pytest.mark.browser


def test_a_password(walk: Walk) -> None:
    ann = walk.somebody("plain", "ann")
    walk.begin("plain")
    walk.enter(ann)
    walk.arrive(ann)


def test_a_wrong_password_and_then_the_right_one(walk: Walk) -> None:
    ann = walk.somebody("plain", "ann")
    walk.begin("plain")
    walk.enter(ann, "Not-the-password-1")
    walk.hands.is_told("not right")
    walk.hands.write("Password", ann.password)
    walk.hands.press("Sign in")
    walk.arrive(ann)
