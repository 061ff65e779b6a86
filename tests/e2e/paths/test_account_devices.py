"""Where somebody is signed in: one device signed out, all others, and browsers that are known."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NewContext
from tests.e2e.paths.account_pages import go_to, open_account, reads
from tests.e2e.paths.hands import WithoutScripts
from tests.e2e.paths.walk import Somebody, Walk
from tests.support.waiting import eventually

pytestmark = pytest.mark.browser

TELEPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.0 Mobile/15E148 Safari/604.1"
)


def elsewhere(walk: Walk, new_context: NewContext) -> Walk:
    """The same person with a telephone, of which nothing is known."""
    page = new_context(user_agent=TELEPHONE).new_page()
    return Walk(walk.demo, walk.office, WithoutScripts(page), walk.isolation)


def is_told_of_new_browser(walk: Walk, person: Somebody) -> bool:
    """Say whether a mail told of a browser that is not known."""
    mails = walk.demo.mailbox.messages_to(person.email)
    return any("Somebody signed in with a new browser" in str(mail["Subject"]) for mail in mails)


def test_one_device_is_signed_out(walk: Walk, new_context: NewContext) -> None:
    """Its owner was told of it by mail. The application there is told by Lifeguard, and knows them no more."""
    ann, lost = walk.somebody("plain", "ann"), elsewhere(walk, new_context)
    open_account(walk, ann)
    lost.begin("plain")
    lost.enter(ann)
    lost.arrive(ann)
    eventually(lambda: is_told_of_new_browser(walk, ann))
    go_to(walk, "Devices")
    walk.hands.press("Sign out on Safari on iPhone")
    reads(walk, "That device is signed out.")
    expect(walk.hands.target("Sign out on Safari on iPhone")).to_have_count(0)

    def is_out() -> bool:
        lost.hands.page.reload()
        return lost.hands.page.get_by_role("heading", name="Welcome to Orbit").is_visible()

    eventually(is_out)
    lost.begin("plain")

    walk.hands.press("Forget Safari on iPhone")
    reads(walk, "That browser is forgotten.")


def test_all_other_devices_are_signed_out(walk: Walk, new_context: NewContext) -> None:
    """Who is signed in elsewhere is signed out there, at once; and then everywhere."""
    ann, other = walk.somebody("plain", "ann"), elsewhere(walk, new_context)
    open_account(other, ann)
    open_account(walk, ann)
    go_to(walk, "Devices")
    walk.hands.press("Sign out on all other devices")
    reads(walk, "All other devices are signed out.")
    other.hands.page.reload()
    other.hands.see("Sign in")
    walk.hands.press("Forget all browsers")
    reads(walk, "All browsers are forgotten.")
    go_to(walk, "Activity")
    expect(walk.hands.page.get_by_role("region", name="Recent activity").get_by_text("Signed in").first).to_be_visible()
    other.enter(ann)
    other.hands.see("Your account")
    go_to(walk, "Devices")
    walk.hands.press("Sign out everywhere, here too")
    walk.hands.see("You are signed out")
    other.hands.page.reload()
    other.hands.see("Sign in")
