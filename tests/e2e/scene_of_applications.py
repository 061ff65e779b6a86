"""What an application has in the scene besides itself: an API that it may call, and a role of its own."""

import re

from playwright.sync_api import Locator, expect

from tests.e2e.people import Operator


def api_and_role(operator: Operator, application_id: str) -> dict[str, str]:
    """Set both up by their pages; return what stands in their addresses."""
    page, fleet = operator.page, f"{operator.demo.dashboard}/fleet"
    page.goto(f"{fleet}/apis/new/")
    page.get_by_label("Name", exact=True).fill("Orders")
    page.get_by_label("Identifier").fill("https://orders.example")
    page.get_by_label("Scopes").fill("orders:read Read orders")
    page.get_by_role("button", name="Add", exact=True).click()
    api_id = _last_id(page.get_by_role("link", name="Orders", exact=True))
    page.goto(f"{fleet}/applications/{application_id}/apis/")
    page.get_by_label("May call it").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("region", name="APIs")).to_contain_text("https://orders.example")
    page.goto(f"{fleet}/applications/{application_id}/roles/new/")
    page.get_by_label("Name", exact=True).fill("editor")
    page.get_by_label("Everybody has it").check()
    page.get_by_role("button", name="Add", exact=True).click()
    return {"api_id": api_id, "role_id": _last_id(page.get_by_role("link", name="Edit editor"))}


def _last_id(link: Locator) -> str:
    found = re.search(r"/([0-9a-f-]{36})/$", link.get_attribute("href") or "")
    assert found
    return found[1]
