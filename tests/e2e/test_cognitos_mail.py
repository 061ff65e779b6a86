"""The mail that Cognito itself sends, in a demo of which nobody set anything: in the words of the organization."""

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.conftest import contexts_of
from tests.e2e.demo import Demo
from tests.e2e.people import Person
from tests.support.waiting import eventually

pytestmark = pytest.mark.browser


def test_a_forgotten_passwords_code(admin: Person, demo: Demo, browser: Browser) -> None:
    with contexts_of(browser) as make:
        page = make().new_page()
        page.goto(f"{demo.signin}/wayne/account")
        page.get_by_role("link", name="Forgot your password?").click()
        page.get_by_label("E-mail address").fill(admin.email)
        page.get_by_role("button", name="Send the mail").click()
        expect(page.get_by_role("heading", name="Choose a new password")).to_be_visible()
    # The code is not entered: she is somebody whom other tests need.
    wanted = "Your code for a new password at Wayne Works"
    eventually(lambda: wanted in [mail["Subject"] for mail in demo.mailbox.messages_to(admin.email)])
