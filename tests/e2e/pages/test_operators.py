"""The operator's pages: the fleet's, and those of the operator's own account."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.inspection import faults_of, focused_after_tab
from tests.e2e.pages.addresses import inspect_all
from tests.e2e.scene import Scene

pytestmark = pytest.mark.browser


def test_no_page_of_the_operator_has_a_fault(scene: Scene) -> None:
    assert inspect_all(scene.operator, scene, "fleet") == []


def test_no_page_of_the_operators_account_has_a_fault(scene: Scene) -> None:
    assert inspect_all(scene.operator, scene, "") == []


def test_no_state_of_the_operators_pages_has_a_fault(scene: Scene) -> None:
    page, home = scene.operator, scene.demo.dashboard
    faults = []
    for address in (
        "/fleet/tenants/?q=nothing-like-it",
        "/fleet/audit/?verify=1",
        "/fleet/sync/?state=failing",
        "/fleet/sync/plans/?q=nothing-like-it",
        "/fleet/sync/drift/?q=orrin",
        "/fleet/sync/drift/?kept=1",
        "/no/",
    ):
        page.goto(f"{home}{address}")
        faults += faults_of(page)
    page.goto(f"{home}/fleet/tenants/")
    page.get_by_role("link", name="Initech Pacific").click()
    # After some minutes without an answer it is a person's matter. Playwright matches an expression against the text
    # with its white space, unlike a string.
    state = page.get_by_role("region", name="In Cognito").locator(".card__actions")
    expect(state).to_have_text(re.compile(r"^\s*(Failing|Blocked)\s*$"))
    faults += faults_of(page)
    page.goto(f"{home}/fleet/tenants/new/")
    page.get_by_label("Name", exact=True).fill("Somebody else")
    page.get_by_label("Slug").fill("halden")
    page.get_by_label("First admin's e-mail address").fill("somebody@else.example")
    page.get_by_role("button", name="Review").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    assert faults + faults_of(page) == []


def test_drift_can_be_decided_about(scene: Scene) -> None:
    """The operator adopts one live value, the tenant's own admin has another restored, and the operator thinks again.

    The admin's page follows the workers by itself; at the end nothing is adopted, as the other tests found it.
    """
    taking, unknown = "A sign-in may take", "Unknown users are answered like wrong passwords"
    operator, fleet = scene.operator, f"{scene.demo.dashboard}/fleet/sync/drift/"
    operator.goto(f"{fleet}?q=orrin")
    card = operator.locator("section[id^=drift-]", has=operator.get_by_role("rowheader", name=taking))
    section = f"section#{card.get_attribute('id')}"
    expect(card.get_by_role("row", name=taking)).to_contain_text("15 minutes")
    card.get_by_role("button", name=f"Adopt {taking}").click()
    expect(operator.get_by_text("Adopted. It counts as ours from now on.")).to_be_visible()

    page = scene.member.page
    page.goto(f"{scene.demo.dashboard}/t/orrin/sync/drift/")
    own = page.locator(section)
    expect(own.get_by_role("table", name="Adopted from Cognito").get_by_role("row", name=taking)).to_contain_text(
        "5 minutes"
    )
    faults = faults_of(page)
    own.get_by_role("button", name=f"Restore ours {unknown}").click()
    expect(own.get_by_role("rowheader", name=unknown)).to_have_count(0)
    expect(own.get_by_role("rowheader", name=taking)).to_have_count(1)

    operator.goto(f"{fleet}?kept=1")
    faults += faults_of(operator)
    operator.locator(section).get_by_role("button", name=f"Return to ours {taking}").click()
    expect(operator.get_by_text("Saved. Applying to Cognito…")).to_be_visible()
    page.goto(page.url)
    expect(own.get_by_role("rowheader", name=taking)).to_have_count(0)
    assert faults == []


def test_the_keyboard_reaches_everything(scene: Scene) -> None:
    page = scene.operator
    page.goto(f"{scene.demo.dashboard}/fleet/tenants/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to")
    expect(skip).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.reload()
    seen = [focused_after_tab(page) for _ in range(20)]
    assert [name for name, visible in seen if not visible] == []
    account = page.locator(".topbar__end summary").last
    account.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".menu__item:focus")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(account).to_be_focused()
    page.keyboard.press("Control+k")
    page.keyboard.type("orrin")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Orrin Labs", level=1)).to_be_visible()
