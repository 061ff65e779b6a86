"""A tenant's way from the operator's form to its own pages, in browsers without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewContext
from tests.e2e.people import DEDICATED, Operator, Person, TenantDraft
from tests.e2e.scene import APPLICATION, Scene
from tests.support.waiting import eventually

pytestmark = pytest.mark.browser


def test_a_tenant_comes_signs_in_and_is_suspended_without_scripts(scene: Scene, new_context: NewContext) -> None:
    """While it is suspended its sign-in page says that nobody gets in, and not why."""
    operator = Operator(new_context(java_script_enabled=False).new_page(), scene.demo)
    operator.sign_in()
    _onboard_without_scripts(operator, TenantDraft("Soylent", "soylent", DEDICATED, "sol@soylent.example"))
    person = Person(new_context(java_script_enabled=False).new_page(), scene.demo, "sol@soylent.example")
    person.accept_invitation("Correct-Horse-Battery-1")
    person.enter_credentials()
    person.decline_second_factor()
    expect(person.page.get_by_role("heading", name="Soylent", level=1)).to_be_visible()
    person.page.get_by_role("link", name="Users").first.click()
    expect(person.page.get_by_role("heading", name="Users", level=1)).to_be_visible()
    operator.page.get_by_role("link", name="Suspend…").click()
    operator.page.get_by_role("button", name="Suspend tenant").click()
    expect(operator.page.get_by_text("Nobody can sign in until you resume it.")).to_be_visible()
    person.page.goto(f"{scene.demo.dashboard}/t/soylent/")
    expect(person.page.get_by_role("heading", name="Sign-in is not possible here")).to_be_visible()
    assert "suspend" not in person.page.content().lower()
    operator.page.get_by_role("button", name="Resume").click()
    expect(operator.page.get_by_role("link", name="Suspend…")).to_be_visible()
    person.page.goto(f"{scene.demo.dashboard}/t/soylent/")
    expect(person.page.get_by_label("E-mail address")).to_be_visible()


def _onboard_without_scripts(operator: Operator, draft: TenantDraft) -> None:
    page = operator.page
    page.goto(f"{operator.demo.dashboard}/fleet/tenants/new/")
    page.get_by_label("Name", exact=True).fill(draft.name)
    page.locator("select[name=cell]").select_option("local (us-east-1)")
    page.get_by_role("radio", name=draft.isolation).check()
    page.get_by_label("First admin's e-mail address").fill(draft.first_admin)
    page.get_by_label(APPLICATION, exact=True).check()
    page.get_by_role("button", name="Review").click()
    page.get_by_role("button", name="Create the tenant").click()
    expect(page.get_by_role("heading", name=draft.name, level=1)).to_be_visible()
    eventually(lambda: _in_sync_after_refresh(page), timeout=30.0)


def _in_sync_after_refresh(page: Page) -> bool:
    """Load the page again, which is how a page without scripts follows."""
    page.reload()
    return page.get_by_text("4 of 4 in sync").is_visible()
