"""No language that is written from right to left ships yet; the pages are ready for one."""

import pytest

from tests.e2e.inspection import faults_of
from tests.e2e.paths.conftest import KEYBOARD
from tests.e2e.paths.walk import Walk

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("walk", [KEYBOARD["shared"]], ids=["shared"], indirect=True)
def test_the_sign_in_page_from_right_to_left(walk: Walk) -> None:
    """With all ways in, and with a fault."""
    ann = walk.somebody("rich", "ann")
    walk.begin("rich")
    walk.enter(ann, "Not-The-Password-1")
    walk.hands.is_told("not right")
    page = walk.hands.page
    page.evaluate("document.documentElement.dir = 'rtl'")
    assert faults_of(page) == []
    password = page.get_by_label("Password", exact=True).bounding_box()
    reveal = page.get_by_role("button", name="Show password").bounding_box()
    assert password
    assert reveal
    # What ends a field is at its other end then.
    assert reveal["x"] < password["x"] + password["width"] / 2
