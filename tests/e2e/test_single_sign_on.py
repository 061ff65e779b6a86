"""A tenant's IT person sets single sign-on up alone, and somebody of theirs comes in by it: SAML and OpenID Connect,
each with an identity provider that nobody here wrote, in a dedicated pool and in a shared one."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import NewContext
from tests.e2e.demo import Demo
from tests.e2e.identity_providers import (
    AUDIENCE,
    REDIRECT,
    SECRET,
    IdentityProvider,
    Mistake,
    Oidc,
    Saml,
)
from tests.e2e.inspection import faults_of
from tests.e2e.people import DEDICATED, SHARED, Operator, Person, TenantDraft
from tests.e2e.self_service import Setup

pytestmark = pytest.mark.browser

PROVIDERS: dict[str, type[Saml] | type[Oidc]] = {"saml": Saml, "oidc": Oidc}
ACCENT = ("#7a1f5c", "rgb(122, 31, 92)")


@pytest.fixture
def slug(protocol: str, isolation: str) -> str:
    """Of the tenant; its domain is called like it."""
    return f"{protocol}-{'shared' if isolation == SHARED else 'dedicated'}"


@pytest.fixture
def provider(protocol: str, slug: str, mistake: Mistake) -> Iterator[IdentityProvider]:
    """The tenant's identity provider."""
    running = PROVIDERS[protocol](f"{slug}.example", mistake)
    yield running
    running.stop()


@pytest.mark.parametrize(
    ("protocol", "isolation", "mistake", "names_tenant"),
    [
        ("saml", SHARED, AUDIENCE, False),
        ("saml", DEDICATED, AUDIENCE, True),
        ("oidc", SHARED, SECRET, True),
        ("oidc", DEDICATED, REDIRECT, False),
    ],
    ids=["saml-shared", "saml-dedicated", "oidc-shared", "oidc-dedicated"],
)
def test_from_the_guide_to_a_user_in_the_application(
    demo: Demo, new_context: NewContext, provider: IdentityProvider, slug: str, isolation: str, *, names_tenant: bool
) -> None:
    """Args: names_tenant: whether the application says whose sign-in page it wants; else the address alone decides."""
    operator = Operator(new_context().new_page(), demo)
    operator.sign_in()
    operator.onboard(TenantDraft(f"Company {slug}", slug, isolation, f"admin@{slug}.example"), "Orbit")
    tenant_id = operator.page.url.rstrip("/").split("/")[-1]
    admin = Person(new_context().new_page(), demo, f"admin@{slug}.example")
    admin.accept_invitation("Correct-Horse-Battery-1")
    admin.enter_credentials()
    admin.decline_second_factor()

    # Each page is looked at once for each protocol.
    setup = Setup(admin, slug, provider, looks=isolation == SHARED)
    brand(setup)
    setup.make_group()
    setup.follow_the_guide()
    setup.enter_values()
    setup.map()
    setup.meet_the_mistake()
    setup.repair_and_pass(f"noor@{slug}.example")
    setup.activate()
    setup.prove(f"{slug}.example")

    page = new_context().new_page()
    page.goto(demo.sample)
    page.get_by_label("Organization").fill(slug if names_tenant else "")
    page.get_by_role("button", name="Sign in").click()
    faults = type_address(page, f"noor@{slug}.example", slug=slug if names_tenant else "")
    provider.sign_in(page)
    expect(page.get_by_role("heading", name=f"Signed in as noor@{slug}.example")).to_be_visible()
    said = {name: page.locator(f'[data-claim="{name}"]').inner_text() for name in ("email", "org_id", "roles")}
    assert said["email"] == f"noor@{slug}.example"
    assert said["org_id"] == tenant_id
    assert json.loads(said["roles"]) == ["auditor"]

    setup.see_the_arrival(f"noor@{slug}.example")
    assert setup.faults + faults == []


def brand(setup: Setup) -> None:
    """Give the tenant's sign-in page a name and an accent of its own."""
    page = setup.page
    setup.go("Branding")
    page.get_by_label("Display name").fill(f"{setup.slug} Identity")
    page.get_by_label("Accent", exact=True).fill(ACCENT[0])
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved").first).to_be_visible()


def type_address(page: Page, email: str, *, slug: str) -> list[str]:
    """Type an address where the application led to: the tenant's own page, or the one for all."""
    if slug:
        expect(page.get_by_text(f"{slug} Identity").first).to_be_visible()
        button = page.get_by_role("button", name="Continue", exact=True)
        expect(button).to_have_css("background-color", ACCENT[1])
    else:
        expect(page.get_by_role("heading", name="Find your organization")).to_be_visible()
        button = page.get_by_role("button", name="Continue")
    faults = faults_of(page)
    page.get_by_label("E-mail address").fill(email)
    button.click()
    return faults
