"""A bulk change in the browser: a file is looked over, confirmed, followed until it is done, and not done twice."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import contexts_of
from tests.e2e.demo import Demo
from tests.e2e.inspection import faults_of
from tests.e2e.people import Operator, Person, TenantDraft

pytestmark = pytest.mark.browser


@dataclass
class Scene:
    """The first admin of a tenant in a shared pool, signed in."""

    demo: Demo
    page: Page


@pytest.fixture(scope="module")
def scene(demo: Demo, browser: Browser) -> Iterator[Scene]:
    """A tenant in which nothing has happened yet."""
    with contexts_of(browser) as make:
        operator = Operator(make().new_page(), demo)
        operator.sign_in()
        operator.register_application("Bulk Portal", demo.sample)
        draft = TenantDraft("Brevik Group", "brevik", "Partition of a shared pool", "ada@brevik.example")
        operator.onboard(draft, "Bulk Portal")
        admin = Person(make().new_page(), demo, draft.first_admin)
        admin.accept_invitation("Correct-Horse-Battery-1")
        admin.enter_credentials()
        admin.decline_second_factor()
        expect(admin.page.get_by_role("navigation", name="Main")).to_be_attached()
        yield Scene(demo, admin.page)


def upload(page: Page, scene: Scene, kind: str, lines: list[str]) -> None:
    """Send a CSV file, and look at what would be done."""
    page.goto(f"{scene.demo.dashboard}/t/brevik/users/")
    page.get_by_role("link", name="Bulk changes").click()
    page.get_by_role("link", name="New bulk change").first.click()
    page.get_by_role("radio", name=kind).check()
    content = "\n".join(["email,name", *lines]).encode()
    page.get_by_label("CSV file").set_input_files({"name": "p.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name="Check").click()


def test_a_job_is_followed_until_it_is_done(scene: Scene) -> None:
    """The page asks for itself, survives a reload, and says what was not done and why."""
    page = scene.page
    upload(page, scene, "Create users", [f"new-{n}@brevik.example,Person {n}" for n in range(150)] + ["nobody,N"])
    expect(page.get_by_text("150 of 151 lines can be done")).to_be_visible()
    faults = faults_of(page)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("progressbar", name="Progress")).to_be_visible()
    faults += faults_of(page)
    page.reload()
    expect(page.get_by_text("151 of 151 (100 %)")).to_be_visible(timeout=60_000)
    expect(page.locator("#job-progress").get_by_text("Done", exact=True).first).to_be_visible()
    expect(page.get_by_role("button", name="Cancel")).not_to_be_visible()
    expect(page.get_by_role("rowheader", name="nobody")).to_be_visible()
    faults += faults_of(page)
    page.goto(f"{scene.demo.dashboard}/t/brevik/users/?q=new-1")
    expect(page.locator("tbody").get_by_text("Not invited").first).to_be_visible()
    assert faults == []


def test_whom_all_pages_have_is_counted_before_it_is_typed(scene: Scene) -> None:
    """The box for all pages is enough for the buttons; what is deleted has to be typed with its number."""
    page = scene.page
    page.goto(f"{scene.demo.dashboard}/t/brevik/users/?q=new-")
    delete = page.get_by_role("button", name="Delete…").first
    expect(delete).to_be_disabled()
    page.get_by_label("All that match, on every page").check()
    expect(delete).to_be_enabled()
    delete.click()
    expect(page.get_by_text("150 of 150 lines can be done")).to_be_visible()
    start = page.get_by_role("button", name="Delete users")
    page.get_by_label("Type delete 150 to confirm").fill("delete 15")
    expect(start).to_be_disabled()
    page.get_by_label("Type delete 150 to confirm").fill("delete 150")
    start.click()
    expect(page.get_by_text("150 of 150 (100 %)")).to_be_visible(timeout=60_000)
    page.goto(f"{scene.demo.dashboard}/t/brevik/users/?q=new-")
    expect(page.get_by_text("No user matches")).to_be_visible()
