"""A tenant's own pages, in a pool of its own and in a shared one."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.e2e.inspection import faults_of
from tests.e2e.pages.addresses import inspect_all, pages_of
from tests.e2e.scene import Scene

pytestmark = pytest.mark.browser


def test_no_page_of_a_tenant_has_a_fault(scene: Scene) -> None:
    assert inspect_all(scene.admin.page, scene, "tenant") == []


def test_no_state_of_a_tenants_pages_has_a_fault(scene: Scene) -> None:
    page, home = scene.admin.page, f"{scene.demo.dashboard}/t/halden"
    faults = []
    connection, domain = (f"/{what}s/{scene.ids[f'{what}_id']}" for what in ("connection", "domain"))
    for address in (
        "/users/?q=nothing-like-it",
        "/audit/?action=user.disabled",
        "/connections/new/?q=nothing-like-it",
        *(f"{connection}/values/?by={way}" for way in ("url", "paste", "fields")),
        f"{connection}/sign-ins/?outcome=refused",
        f"{domain}/rules/new/?for=subdomain",
        f"{domain}/try/?address=ada@halden.example",
    ):
        page.goto(f"{home}{address}")
        faults += faults_of(page)
    page.goto(f"{home}/users/")
    page.get_by_text("Actions for").first.locator("xpath=ancestor::summary").click()
    assert faults + faults_of(page) == []


def test_a_plan_can_be_asked_for_and_followed(scene: Scene) -> None:
    """By the tenant's own admin, whose page follows the worker by itself."""
    page, home = scene.member.page, f"{scene.demo.dashboard}/t/orrin"
    page.goto(f"{home}/sync/")
    page.get_by_role("button", name="Show me the plan").click()
    expect(page.get_by_text("Shown only; nothing was written.")).to_be_visible()
    expect(page.get_by_text("A worker is looking at Cognito")).to_have_count(0)
    faults = faults_of(page)
    page.goto(f"{home}/sync/plans/")
    page.locator("tbody a").first.click()
    expect(page.get_by_role("heading", name="Plan", level=1)).to_be_visible()
    assert faults + faults_of(page) == []


def test_users_are_selected_all_at_once_also_after_filtering(scene: Scene) -> None:
    page = scene.admin.page
    page.goto(f"{scene.demo.dashboard}/t/halden/users/")
    rows, count = page.locator("tbody input[type=checkbox]"), page.locator("#bulk [aria-live]")
    every, disable = page.get_by_label("Select all users on this page"), page.get_by_role("button", name="Disable")
    expect(disable).to_be_disabled()
    every.check()
    expect(count).to_have_text("Selected users: 50")
    expect(disable).to_be_enabled()
    rows.first.uncheck()
    assert every.evaluate("box => box.indeterminate")
    faults = faults_of(page)
    clear = page.get_by_role("link", name="Clear")
    expect(clear).not_to_be_visible()
    page.get_by_role("searchbox").fill("okafor")
    expect(clear).to_be_visible()
    expect(count).to_have_text("Selected users: 0")
    expect(disable).to_be_disabled()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    # The box takes the focus from the search, which must not ask for the list again: that would empty the selection.
    every.click()
    expect(count).to_have_text(f"Selected users: {rows.count()}")
    assert [url for url in asked if "okafor" in url] == []
    assert 0 < rows.count() < 50
    assert faults + faults_of(page) == []
    clear.click()
    expect(clear).not_to_be_visible()


def test_a_tenant_in_a_shared_pool_is_told_nothing_of_it(scene: Scene) -> None:
    """Neither the pool's name and id nor the other tenants of the installation are in any page or export."""
    page = scene.operator
    page.goto(f"{scene.demo.dashboard}/fleet/cells/pools/")
    identifiers = set(re.findall(r"\blg-[0-9a-f-]{36}|\bus-east-1_\w+", page.locator("#main").inner_text()))
    assert len(identifiers) >= 4
    member, slug = scene.member.page, {"slug": "orrin"}
    addresses = [
        reverse(route.name, urlconf="config.urls.dashboard", kwargs=slug)
        for route in pages_of("tenant")
        if route.parameters == ("slug",)
    ]
    texts = {address: member.request.get(f"{scene.demo.dashboard}{address}").text() for address in addresses}
    told = {a: word for a, text in texts.items() for word in (*identifiers, "Halden", "Initech") if word in text}
    assert told == {}
