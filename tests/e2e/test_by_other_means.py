"""The wizard up to a test that passes, for those who come without a mouse, and without scripts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import NewContext
from tests.e2e.identity_providers import AUDIENCE, SECRET, Oidc, Saml
from tests.e2e.keyboard import Keyboard
from tests.e2e.people import Person
from tests.support.waiting import eventually

pytestmark = pytest.mark.browser

DOMAIN = "wayne.example"


@pytest.fixture
def saml() -> Iterator[Saml]:
    running = Saml(DOMAIN, AUDIENCE)
    yield running
    running.stop()


@pytest.fixture
def oidc() -> Iterator[Oidc]:
    running = Oidc(DOMAIN, SECRET)
    yield running
    running.stop()


def test_the_wizard_works_by_keyboard_alone(admin: Person, saml: Saml) -> None:
    """From the tenant's overview to "active, in sync"."""
    page, keyboard = admin.page, Keyboard(admin.page)
    page.goto(f"{admin.demo.dashboard}/t/wayne/")
    keyboard.press(page.get_by_role("navigation", name="Main").get_by_role("link", name="Single sign-on"))
    keyboard.press(page.get_by_role("link", name="Connect an identity provider"))
    keyboard.write(page.get_by_label("What is it called?"), "Harbour")
    keyboard.press(page.get_by_role("button", name=saml.guide))
    ours = page.get_by_role("region", name="Our values for Harbour")
    saml.set_up({"ACS URL": ours.get_by_text("/saml2/idpresponse").inner_text()})
    saml.correct(ours.get_by_text("urn:amazon:cognito:sp:").inner_text())
    keyboard.press(page.get_by_role("button", name="Next: values"))
    keyboard.write(page.get_by_label("Metadata URL"), saml.metadata_url)
    page.keyboard.press("Enter")
    keyboard.press(page.get_by_role("link", name="Next: attributes"))
    map_by_keyboard(keyboard, saml)
    keyboard.press(page.get_by_role("button", name="Begin the test"))
    with page.context.expect_page() as pages:
        keyboard.press(page.get_by_role("link", name="Open the test sign-in"))
    Keyboard(pages.value).press(pages.value.get_by_role("button", name="Sign in as Noor Haddad"))
    expect(pages.value.get_by_role("heading", name="The test is over")).to_be_visible()
    pages.value.close()
    expect(page.get_by_text("The sign-in works")).to_be_visible()
    keyboard.press(page.locator(".wizard-foot").get_by_role("link", name="Review and activate"))
    keyboard.press(page.get_by_role("button", name="Activate", exact=True))
    expect(page.get_by_role("region", name="In Cognito").get_by_text("In sync")).to_be_visible()


def map_by_keyboard(keyboard: Keyboard, saml: Saml) -> None:
    """Say what the attributes are called, and give a role to those in a group."""
    page, rule = keyboard.page, keyboard.page.get_by_role("group", name="Rule 1")
    for label, claim in saml.claims.items():
        keyboard.write(page.get_by_label(label, exact=True).or_(page.get_by_label(f"{label} (optional)")), claim)
    keyboard.write(rule.get_by_label("Group at the identity provider"), "Engineering")
    keyboard.choose(rule.get_by_label("Role here"), "Auditor")
    keyboard.press(page.get_by_role("button", name="Save and continue").last)


def test_a_provider_is_entered_exchanged_and_tested_without_scripts(
    admin: Person, new_context: NewContext, oidc: Oidc
) -> None:
    person = Person(new_context(java_script_enabled=False).new_page(), admin.demo, admin.email, admin.password)
    page = person.page
    page.goto(f"{admin.demo.dashboard}/t/wayne/connections/new/")
    person.enter_credentials()
    page.get_by_role("button", name=oidc.guide).click()
    redirect_uri = page.get_by_role("region", name="Our values for").get_by_text("/oauth2/idpresponse").inner_text()
    client = oidc.register(redirect_uri, "client_secret_post")
    page.get_by_role("button", name="Next: values").click()
    exchange_the_issuer(page, client, oidc.issuer, before=f"http://localhost:{admin.demo.ports.oidc_idp}")
    page.get_by_role("link", name="Next: attributes").click()
    page.get_by_role("button", name="Save and continue").last.click()
    page.get_by_role("button", name="Begin the test").click()
    opened = page.get_by_role("link", name="Open the test sign-in")
    eventually(lambda: is_visible_after_looking_again(page, opened))
    with page.context.expect_page() as pages:
        opened.click()
    oidc.sign_in(pages.value)
    expect(pages.value.get_by_role("heading", name="The test is over")).to_be_visible()
    eventually(lambda: is_visible_after_looking_again(page, page.get_by_text("The sign-in works")))
    expect(page.get_by_role("region", name="Who would come in").get_by_text(f"noor@{DOMAIN}")).to_be_visible()


def exchange_the_issuer(page: Page, client: dict[str, str], issuer: str, *, before: str) -> None:
    """Enter another issuer first: the secret that was entered for it is not sent to the second one."""
    page.get_by_label("Issuer", exact=True).fill(before)
    page.get_by_label("Client ID").fill(client["client_id"])
    page.get_by_label("Client secret").fill(client["client_secret"])
    page.get_by_role("button", name="Look it up and save").click()
    page.get_by_text("Change the values").click()
    page.get_by_label("Issuer", exact=True).fill(issuer)
    page.get_by_role("button", name="Look it up and save").click()
    expect(page.get_by_text("enter the client secret again").first).to_be_visible()
    expect(page.get_by_label("Issuer", exact=True)).to_have_value(issuer)
    page.get_by_label("Client secret").fill(client["client_secret"])
    page.get_by_role("button", name="Look it up and save").click()
    expect(
        page.get_by_role("region", name="What we found at the issuer").get_by_text(f"{issuer}/token")
    ).to_be_visible()


def is_visible_after_looking_again(page: Page, awaited: Locator) -> bool:
    """Say whether something is there, after loading the page again as it offers to those without scripts."""
    if not awaited.is_visible():
        page.get_by_role("link", name="Look again").click()
    return awaited.is_visible()
