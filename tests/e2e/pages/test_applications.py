"""How an application proves who it is, from one secret to two and on to keys: the operator's pages in each state."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from playwright.sync_api import Page, expect

from tests.e2e.inspection import faults_behind, faults_of
from tests.e2e.people import Operator
from tests.e2e.scene import Scene
from tests.support.keys import key_set

pytestmark = pytest.mark.browser


def registered(scene: Scene, name: str) -> str:
    """Register an application; return the address of its page, which is shown then."""
    page = scene.operator
    page.goto(f"{scene.demo.dashboard}/fleet/applications/")
    Operator(page, scene.demo).register_application(name, "https://invoices.example")
    assert faults_of(page) == []
    page.get_by_role("link", name="I have copied it").click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()
    return page.url


def new_secret(page: Page) -> list[str]:
    """Make a new secret and come back; return the faults of the pages on the way."""
    faults = faults_behind(page.get_by_role("link", name="New secret"))
    page.get_by_role("button", name="Make a new secret").click()
    expect(page.get_by_role("group", name="Client secret")).to_be_visible()
    faults += faults_of(page)
    page.get_by_role("link", name="I have copied it").click()
    return faults


def paste_keys(page: Page, text: str) -> None:
    """Paste keys into the application's form."""
    page.get_by_label("Public keys").fill(text)
    page.get_by_role("button", name="Save", exact=True).click()


def test_no_state_of_an_applications_secrets_has_a_fault(scene: Scene) -> None:
    page, name = scene.operator, "Harbour Invoices"
    address = registered(scene, name)
    two = page.get_by_role("region", name="Two secrets are taken")
    expect(two).to_have_count(0)
    faults = faults_of(page) + new_secret(page)
    expect(two).to_contain_text("Not since the new one was made")
    faults += faults_of(page)
    page.get_by_role("link", name="New secret").click()
    expect(page.get_by_text("The secret before it ends at once")).to_be_visible()
    faults += faults_of(page)
    page.goto(address)
    page.get_by_role("link", name="End the old one…").click()
    end = page.get_by_role("button", name="End the old secret")
    faults += faults_of(page)
    page.get_by_label("to confirm").fill(name)
    end.click()
    expect(page.get_by_text("The old secret is taken no more.")).to_be_visible()
    expect(two).to_have_count(0)
    assert faults + faults_of(page) == []


def test_no_state_of_an_applications_keys_has_a_fault(scene: Scene) -> None:
    """Bad ones are told at their field, which keeps what is no secret; with good ones there is no secret to renew."""
    page = scene.operator
    page.goto(f"{registered(scene, 'Harbour Archive')}edit/")
    faults = []
    private = {"kty": "oct", "k": "c2VjcmV0", "kid": "1", "alg": "HS256"}
    for bad, kept in (("no keys", "no keys"), (json.dumps({"keys": [private]}), "")):
        paste_keys(page, bad)
        expect(page.locator("[data-error-summary]")).to_be_focused()
        expect(page.get_by_label("Public keys")).to_have_value(kept)
        expect(page.get_by_label("Public keys")).to_have_attribute("aria-invalid", "true")
        faults += faults_of(page)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    paste_keys(page, json.dumps(key_set(now=key)))
    configured = page.get_by_role("region", name="Configure your client")
    expect(configured.locator(".kv__row", has_text="Client authentication")).to_contain_text("private_key_jwt")
    expect(configured.locator(".kv__row", has_text="Public keys")).to_contain_text("now")
    expect(page.get_by_role("link", name="New secret")).to_have_count(0)
    faults += faults_of(page)
    page.get_by_role("link", name="Edit").click()
    expect(page.get_by_label("Public keys")).not_to_be_empty()
    assert faults + faults_of(page) == []
