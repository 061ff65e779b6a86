"""The whole story, from an operator at an empty fleet to a tenant's user in an application, in both isolations."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from local.stack.ports import Ports
from tests.e2e.conftest import NewContext
from tests.e2e.demo import Demo
from tests.e2e.people import DEDICATED, SHARED, Operator, Person, TenantDraft
from tests.e2e.sample import running_sample

pytestmark = pytest.mark.browser

LOGO = Path(__file__).parent / "logo.svg"


@dataclass
class Story:
    """What a test of the story works with."""

    demo: Demo
    operator: Operator
    application: str
    application_url: str
    new_context: NewContext

    def person(self, email: str) -> Person:
        """Somebody at a browser of their own."""
        return Person(self.new_context().new_page(), self.demo, email)

    def onboard(self, name: str, slug: str, isolation: str, first_admin: str) -> None:
        """Have the operator onboard a tenant that may use the application."""
        self.operator.onboard(TenantDraft(name, slug, isolation, first_admin), self.application)

    def open_application(self, person: Person, slug: str) -> None:
        """Press "Sign in" in the application."""
        person.page.goto(self.application_url)
        person.page.get_by_label("Organization").fill(slug)
        person.page.get_by_role("button", name="Sign in").click()


@pytest.fixture
def story(request: pytest.FixtureRequest, demo: Demo, new_context: NewContext, tmp_path: Path) -> Iterator[Story]:
    """An operator who has signed in and registered an application, which runs."""
    operator = Operator(new_context().new_page(), demo)
    operator.sign_in()
    name = f"Application of {request.node.name}"
    port = Ports.unused().sample
    credentials = operator.register_application(name, f"http://localhost:{port}")
    with running_sample(demo.signin, credentials, port, tmp_path / "sample.log") as url:
        yield Story(demo, operator, name, url, new_context)


def claim(page: Page, name: str) -> str:
    """Read a claim of the verified ID token that the application shows."""
    return page.locator(f'[data-claim="{name}"]').inner_text()


def signed_in_to_application(page: Page, email: str) -> None:
    """Check that the application has verified an ID token of `email`."""
    expect(page.get_by_role("heading", name=f"Signed in as {email}")).to_be_visible()
    assert claim(page, "email") == email


def save(page: Page) -> None:
    """Press "Save" and see that it was."""
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved").first).to_be_visible()


def require_mfa(page: Page, dashboard: str, slug: str) -> None:
    """Have a tenant admin ask everybody for a second factor, and wait until Cognito has it."""
    page.goto(f"{dashboard}/t/{slug}/sign-in-policy/")
    page.get_by_label("Required").check()
    save(page)
    expect(page.locator(".topbar").get_by_text("In sync")).to_be_visible()


@pytest.mark.parametrize(("isolation", "slug"), [(DEDICATED, "acme"), (SHARED, "globex")], ids=["dedicated", "shared"])
def test_from_onboarding_to_a_user_in_the_application(story: Story, isolation: str, slug: str) -> None:
    story.onboard(f"The {slug} company", slug, isolation, f"admin@{slug}.example")

    admin = story.person(f"admin@{slug}.example")
    link = admin.accept_invitation("Correct-Horse-Battery-1")
    admin.enter_credentials()
    admin.decline_second_factor()
    expect(admin.page.get_by_role("heading", name=f"The {slug} company", level=1)).to_be_visible()
    assert admin.page.url == f"{story.demo.dashboard}/t/{slug}/"

    admin.page.goto(link)
    expect(admin.page.get_by_label("New password", exact=True)).not_to_be_visible()

    brand(admin.page, story.demo.dashboard, slug)
    user = story.person(f"user@{slug}.example")
    invite(admin.page, story.demo.dashboard, slug, user.email)
    user.accept_invitation("Purple-Monkey-Dishwasher-2")

    story.open_application(user, slug)
    wears_the_brand(user.page)
    user.enter_credentials("not the password")
    expect(user.page.get_by_role("alert")).to_be_visible()
    user.enter_credentials()
    user.decline_second_factor()
    signed_in_to_application(user.page, user.email)
    uses_its_tokens(user.page)
    user.page.get_by_role("button", name="Sign out").click()
    expect(user.page.get_by_role("button", name="Sign in")).to_be_visible()

    temporary = set_temporary_password(admin.page, story.demo.dashboard, slug, user.email)
    require_mfa(admin.page, story.demo.dashboard, slug)
    story.open_application(user, slug)
    user.enter_credentials(temporary)
    user.choose_new_password("Another-Monkey-Dishwasher-3")
    user.enrol_totp()
    signed_in_to_application(user.page, user.email)
    user.page.get_by_role("button", name="Sign out").click()

    story.open_application(user, slug)
    user.enter_credentials()
    user.answer_totp()
    signed_in_to_application(user.page, user.email)
    assert "otp" in json.loads(claim(user.page, "amr"))


def brand(page: Page, dashboard: str, slug: str) -> None:
    """Set a display name and an accent, and upload a logo."""
    page.goto(f"{dashboard}/t/{slug}/branding/")
    page.get_by_label("Display name").fill(f"{slug.title()} Identity")
    page.get_by_label("Accent", exact=True).fill("#7a1f5c")
    save(page)
    page.get_by_label("Logo").set_input_files(LOGO)
    page.get_by_role("button", name="Upload logo").click()
    expect(page.get_by_role("button", name="Remove logo")).to_be_visible()


def wears_the_brand(page: Page) -> None:
    """See the tenant's logo and accent on the sign-in page."""
    expect(page.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    assert page.locator("img[src*='logo']").evaluate("image => image.naturalWidth") > 0
    button = page.get_by_role("button", name="Sign in", exact=True)
    expect(button).to_have_css("background-color", "rgb(122, 31, 92)")


def invite(page: Page, dashboard: str, slug: str, email: str) -> None:
    """Invite a user who has no role in the dashboard."""
    page.goto(f"{dashboard}/t/{slug}/users/")
    page.get_by_role("link", name="Invite user").first.click()
    page.get_by_label("E-mail").fill(email)
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_role("link", name=email).first).to_be_visible()


def set_temporary_password(page: Page, dashboard: str, slug: str, email: str) -> str:
    """Have the admin replace a user's password by a temporary one, which is shown once."""
    page.goto(f"{dashboard}/t/{slug}/users/")
    page.get_by_role("link", name=email).first.click()
    page.get_by_text("Actions", exact=True).click()
    page.get_by_role("link", name=re.compile("temporary password", re.IGNORECASE)).click()
    page.get_by_role("button", name="Set temporary password").click()
    return page.get_by_role("group", name="Temporary password").locator("code").inner_text()


def uses_its_tokens(page: Page) -> None:
    """Call the application's API, refresh, and call it again."""
    page.get_by_role("button", name="Call the API").click()
    expect(page.get_by_role("heading", name="The API answered 200")).to_be_visible()
    page.get_by_role("button", name="Refresh tokens").click()
    expect(page.get_by_role("status")).to_be_visible()
    page.get_by_role("button", name="Call the API").click()
    expect(page.get_by_role("heading", name="The API answered 200")).to_be_visible()


def test_one_address_in_three_tenants_is_three_users(story: Story) -> None:
    """A dedicated tenant and two in one shared pool: each knows its own password for the same address alone."""
    tenants = {"initech": DEDICATED, "hooli": SHARED, "umbrella": SHARED}
    passwords = {slug: f"Password-Of-{slug}-1" for slug in tenants}
    subjects = {}
    for count, (slug, isolation) in enumerate(tenants.items(), start=1):
        story.onboard(f"{slug.title()} Inc", slug, isolation, "same.person@example.com")
        story.person("same.person@example.com").accept_invitation(passwords[slug], count=count)
    for slug, password in passwords.items():
        person = story.person("same.person@example.com")
        story.open_application(person, slug)
        for other in set(passwords.values()) - {password}:
            person.enter_credentials(other)
            expect(person.page.get_by_role("alert")).to_be_visible()
        person.enter_credentials(password)
        person.decline_second_factor()
        signed_in_to_application(person.page, "same.person@example.com")
        subjects[slug] = claim(person.page, "sub")
    assert len(set(subjects.values())) == len(tenants)
