"""A tenant's IT person, who has never seen the product, connects their identity provider, up to "active, in sync"."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewContext
from tests.e2e.inspection import faults_behind, faults_of, focused_after_tab
from tests.e2e.people import Person
from tests.support.waiting import eventually

pytestmark = pytest.mark.browser

SAMPLES = Path(__file__).resolve().parents[1] / "federation" / "metadata" / "samples"
OKTA, ADFS = SAMPLES / "okta-saml.xml", SAMPLES / "adfs.xml"


def test_the_wizard_leads_to_a_connection_in_sync(admin: Person) -> None:
    """Each page as it is met, in both themes and widths: with what was refused, left in between and come back to."""
    page, home = admin.page, f"{admin.demo.dashboard}/t/wayne/connections/"
    page.goto(home)
    faults = faults_of(page)
    page.get_by_role("link", name="Connect an identity provider").click()
    expect(page.get_by_role("button", name="Google Personal")).to_be_disabled()
    faults += faults_of(page)
    _choose_by_keyboard(page, "okta saml", "Okta SAML 2.0")
    expect(page.get_by_role("heading", name="Set up at Okta")).to_be_visible()
    expect(page.get_by_role("complementary").get_by_text("urn:amazon:cognito:sp:")).to_be_visible()
    page.get_by_text("The person is not assigned").click()
    faults += faults_of(page)
    faults += faults_behind(page.get_by_role("button", name="Next: values from Okta"))
    faults += _refused(page)
    page.get_by_role("link", name="As a file").click()
    page.get_by_label("Metadata file").set_input_files(OKTA)
    page.get_by_role("button", name="Read and save").click()
    understood = page.get_by_role("region", name="What we understood")
    expect(understood.get_by_text("http://www.okta.com/exk1sample2okta3Xy5d7")).to_be_visible()
    faults += faults_of(page)
    # Left here, and come back to from the list.
    page.goto(home)
    faults += faults_of(page)
    page.get_by_role("link", name="Continue setting up Okta").click()
    expect(page.get_by_role("heading", name="Attributes", exact=True)).to_be_visible()
    faults += _map(page)
    faults += faults_of(page)
    page.get_by_label("Reason").fill("Tried out with two colleagues")
    page.get_by_role("button", name="Activate without a test").click()
    state = page.locator("#connection-state")
    page.evaluate("window.neverReloaded = true")
    expect(state.get_by_text("In sync")).to_be_visible()
    assert page.evaluate("window.neverReloaded")
    faults += faults_of(page)
    page.goto(home)
    row = page.get_by_role("row", name="Okta")
    expect(row.get_by_text("Active")).to_be_visible()
    expect(row.get_by_text("In sync")).to_be_visible()
    assert faults + faults_of(page) == []


def test_a_connection_is_changed_and_ends(admin: Person) -> None:
    """Its versions, disabling, and deleting by its name."""
    page, home = admin.page, f"{admin.demo.dashboard}/t/wayne/connections/"
    page.goto(home)
    page.get_by_role("link", name="Okta").click()
    faults = faults_behind(page.get_by_role("link", name="Read the metadata from a file"))
    page.go_back()
    page.get_by_role("link", name="Change the values").click()
    expect(page.get_by_text("This connection is in use")).to_be_visible()
    faults += faults_of(page)
    page.get_by_role("link", name="Okta", exact=True).click()
    faults += faults_behind(page.get_by_role("link", name="Disable…"))
    page.get_by_role("button", name="Disable connection").click()
    expect(page.get_by_role("button", name="Enable")).to_be_visible()
    faults += faults_behind(page.get_by_role("link", name="Delete…"))
    page.get_by_label("Type Okta to confirm").fill("Okta")
    page.get_by_role("button", name="Delete connection").click()
    expect(page.get_by_role("heading", name="Single sign-on", level=1)).to_be_visible()
    expect(page.get_by_role("row", name="Okta")).to_have_count(0)
    assert faults == []


def test_the_wizard_works_without_scripts(admin: Person, new_context: NewContext) -> None:
    """As with them, but for loading the page again."""
    person = Person(new_context(java_script_enabled=False).new_page(), admin.demo, admin.email, admin.password)
    page, home = person.page, f"{admin.demo.dashboard}/t/wayne/connections/"
    page.goto(home)
    person.enter_credentials()
    expect(page.get_by_role("navigation", name="Main").first).to_be_attached()
    page.goto(home)
    page.get_by_role("link", name="Connect an identity provider").click()
    page.get_by_role("searchbox").or_(page.get_by_label("Search guides")).first.fill("ad fs")
    page.get_by_role("button", name="Filter").click()
    page.get_by_role("button", name="AD FS").click()
    page.get_by_role("button", name="Next: values").click()
    page.goto(f"{page.url}?by=paste")
    page.get_by_label("Metadata XML").fill(ADFS.read_text())
    page.get_by_role("button", name="Read and save").click()
    page.get_by_role("link", name="Next: attributes").click()
    page.get_by_role("button", name="Add a rule").click()
    expect(page.get_by_role("group", name="Rule 2")).to_be_visible()
    page.get_by_role("button", name="Save and continue").last.click()
    page.locator(".wizard-foot").get_by_role("link", name="Review and activate").click()
    page.get_by_label("Reason").fill("No scripts here")
    page.get_by_role("button", name="Activate without a test").click()
    expect(page.get_by_role("heading", name="In Cognito")).to_be_visible()
    eventually(lambda: _in_sync_after_refresh(page), timeout=30.0)


def _choose_by_keyboard(page: Page, text: str, guide: str) -> None:
    search = page.get_by_role("searchbox").or_(page.get_by_label("Search guides")).first
    search.focus()
    page.keyboard.type(text)
    expect(page.get_by_role("button", name="Keycloak SAML 2.0")).to_have_count(0)
    found = page.get_by_role("button", name=guide)
    while not found.evaluate("button => button === document.activeElement"):
        name, visible = focused_after_tab(page)
        assert visible, name
    page.keyboard.press("Enter")


def _refused(page: Page) -> list[str]:
    """Give what is no metadata, and metadata that cannot work."""
    page.get_by_role("link", name="Pasted").click()
    page.get_by_label("Metadata XML").fill("<html><body>Sign in</body></html>")
    page.get_by_role("button", name="Read and save").click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page.get_by_text("This is a web page").first).to_be_visible()
    faults = faults_of(page)
    page.get_by_label("Metadata XML").fill(OKTA.read_text().replace("HTTP-Redirect", "HTTP-POST"))
    page.get_by_role("button", name="Read and save").click()
    expect(page.get_by_text("Nothing was saved")).to_be_visible()
    return faults + faults_of(page)


def _map(page: Page) -> list[str]:
    """Give the people of a group a role, after a rule that gives nothing was refused."""
    page.get_by_label("Group at the identity provider").first.fill("IT")
    page.get_by_role("button", name="Save and continue").last.click()
    expect(page.locator("[data-error-summary]")).to_be_focused()
    faults = faults_of(page)
    page.get_by_label("Role here").first.select_option("Auditor")
    page.get_by_role("button", name="Save and continue").last.click()
    expect(page.get_by_role("button", name="Begin the test")).to_be_visible()
    faults += faults_of(page)
    page.locator(".wizard-foot").get_by_role("link", name="Review and activate").click()
    expect(page.get_by_role("heading", name="Review", exact=True)).to_be_visible()
    return faults


def _in_sync_after_refresh(page: Page) -> bool:
    page.reload()
    return page.locator("#connection-state").get_by_text("In sync").is_visible()
