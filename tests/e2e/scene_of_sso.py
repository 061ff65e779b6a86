"""What halden has of single sign-on in the scene: a connection, a test of it, a domain, and a rule of the domain."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.people import Person

_METADATA = Path(__file__).resolve().parents[1] / "federation" / "metadata" / "samples" / "okta-saml.xml"


def single_sign_on(admin: Person) -> dict[str, str]:
    """Set it up by its pages; return what stands in their addresses."""
    connection_id, domain_id = _connection(admin), _domain(admin)
    return {
        "connection_id": connection_id,
        "number": "2",
        "domain_id": domain_id,
        "rule_id": _rule(admin, domain_id),
        "test_id": _test(admin, connection_id),
    }


def id_in_address(page: Page) -> str:
    """Return the first ID in the address of the page that is shown."""
    found = re.search(r"/([0-9a-f-]{36})/", page.url)
    assert found, page.url
    return found[1]


def _connection(admin: Person) -> str:
    """Begin a connection, give it the identity provider's metadata, and leave it there."""
    page = admin.page
    page.goto(f"{admin.demo.dashboard}/t/halden/connections/new/")
    page.get_by_role("button", name="Okta SAML 2.0").click()
    page.get_by_role("button", name="Next: values").click()
    page.get_by_role("link", name="As a file").click()
    page.get_by_label("Metadata file").set_input_files(_METADATA)
    page.get_by_role("button", name="Read and save").click()
    expect(page.get_by_role("heading", name="What we understood")).to_be_visible()
    return id_in_address(page)


def _test(admin: Person, connection_id: str) -> str:
    """Begin a test of a connection, and cancel it."""
    page = admin.page
    page.goto(f"{admin.demo.dashboard}/t/halden/connections/{connection_id}/test/")
    page.get_by_role("button", name="Begin the test").click()
    expect(page.get_by_role("button", name="Cancel the test")).to_be_visible()
    found = re.search(r"/tests/([0-9a-f-]{36})/", page.url)
    assert found, page.url
    page.get_by_role("button", name="Cancel the test").click()
    expect(page.get_by_text("The test was canceled.").first).to_be_visible()
    return found[1]


def _domain(admin: Person) -> str:
    """Claim a domain that nobody proves."""
    page = admin.page
    page.goto(f"{admin.demo.dashboard}/t/halden/domains/new/")
    page.get_by_label("Domain", exact=True).fill("halden.example")
    page.get_by_role("button", name="Add the domain").click()
    expect(page.get_by_role("heading", name="halden.example", level=1)).to_be_visible()
    return id_in_address(page)


def _rule(admin: Person, domain_id: str) -> str:
    """Let a sub-domain of the domain lead to the connection, which is not in use yet."""
    page = admin.page
    page.goto(f"{admin.demo.dashboard}/t/halden/domains/{domain_id}/")
    page.get_by_role("link", name="Add a sub-domain").click()
    page.get_by_label("Sub-domain").fill("wharf")
    page.get_by_label("Chosen connections").check()
    page.get_by_label("Okta").check()
    page.get_by_role("button", name="Save the rule").click()
    row = page.get_by_role("row").filter(has_text="wharf.halden.example")
    expect(row.get_by_text("No connection that it names is active")).to_be_visible()
    row.get_by_role("link", name="Change").click()
    found = re.search(r"/rules/([0-9a-f-]{36})/", page.url)
    assert found, page.url
    return found[1]
