"""The style guide in a real browser: nothing for axe-core to find, and each enhancement does what it says."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tests.e2e.inspection import faults_of

pytestmark = pytest.mark.browser
expect.set_options(timeout=30_000)

GUIDE = "/local/styleguide/"
PAGES = ["", "empty", "brand/sign-in", "brand/sign-in?wrong", "brand/code", "brand/enrol"]
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-sync"]


@pytest.fixture
def browser(live_server: LiveServer, chromium: Path) -> Iterator[Browser]:
    """A browser that ends before the database is emptied, which must not happen inside playwright's event loop."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def guide(browser: Browser, live_server: LiveServer) -> Page:
    """The style guide on a wide screen, in the light theme."""
    page = browser.new_page(color_scheme="light", viewport={"width": 1440, "height": 900})
    page.goto(f"{live_server.url}{GUIDE}")
    expect(page.locator("[data-palette-open]")).to_be_visible()
    return page


def test_no_page_has_a_fault_that_axe_finds(guide: Page, live_server: LiveServer) -> None:
    complaints: list[str] = []
    guide.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    guide.on("pageerror", lambda error: complaints.append(str(error)))
    faults = []
    for address in PAGES:
        guide.goto(f"{live_server.url}{GUIDE}{address}")
        faults += faults_of(guide)
    assert faults == []
    assert complaints == []


def test_the_error_summary_takes_the_focus(guide: Page) -> None:
    expect(guide.locator("[data-error-summary]")).to_be_focused()


def test_the_palette_opens_filters_and_goes(guide: Page) -> None:
    guide.keyboard.press("Control+k")
    expect(guide.get_by_role("combobox", name="Go to")).to_be_focused()
    guide.keyboard.type("globex")
    expect(guide.locator("#palette").get_by_role("option")).to_have_count(1)
    guide.keyboard.press("Enter")
    guide.wait_for_url("**/#globex")


def test_the_theme_is_remembered(guide: Page) -> None:
    guide.locator("[data-theme-menu] summary").click()
    guide.get_by_role("button", name="Dark").click()
    guide.reload()
    assert guide.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"


def test_escape_closes_a_menu_and_gives_the_focus_back(guide: Page) -> None:
    summary = guide.locator(".switcher summary")
    summary.click()
    guide.keyboard.press("ArrowDown")
    expect(guide.locator(".switcher .menu__item").first).to_be_focused()
    guide.keyboard.press("Escape")
    expect(summary).to_be_focused()
    expect(guide.locator(".switcher .menu__item").first).to_be_hidden()


def test_the_confirmation_waits_for_the_name(guide: Page) -> None:
    button = guide.get_by_role("button", name="Delete tenant").last
    expect(button).to_have_attribute("aria-disabled", "true")
    guide.locator("#confirm-name").fill("acme")
    expect(button).to_have_attribute("aria-disabled", "false")


def test_unsaved_changes_are_guarded(guide: Page, live_server: LiveServer) -> None:
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    guide.on("dialog", leave)
    guide.get_by_label("Notes").fill("not saved")
    guide.goto(f"{live_server.url}{GUIDE}empty")
    assert asked == ["beforeunload"]


def test_the_navigation_of_a_phone_opens_without_scripts(browser: Browser, live_server: LiveServer) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844}, java_script_enabled=False)
    page.goto(f"{live_server.url}{GUIDE}empty")
    page.locator(".nav-fold summary").click()
    expect(page.get_by_role("link", name="Single sign-on")).to_be_visible()
    expect(page.locator("[data-theme-menu]")).to_be_hidden()
