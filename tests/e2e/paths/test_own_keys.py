"""Somebody who comes by an identity provider sets a security key up here, and signs in with it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.paths.conftest import KEYBOARD
from tests.e2e.paths.walk import Walk
from tests.e2e.test_operator_factors import BUILT_IN_KEY
from tests.support.oidc_idp import OidcIdp

pytestmark = pytest.mark.browser
# One that is plugged in, and knows nobody by a fingerprint or a PIN.
_SECURITY_KEY = {**BUILT_IN_KEY, "transport": "usb", "hasUserVerification": False, "isUserVerified": False}


@pytest.fixture
def idp() -> Iterator[OidcIdp]:
    """An OpenID provider that signs Ada in without asking."""
    running = OidcIdp()
    yield running
    running.stop()


@pytest.mark.parametrize("walk", list(KEYBOARD.values()), ids=list(KEYBOARD), indirect=True)
def test_a_security_key_is_set_up_and_asked_for(walk: Walk, idp: OidcIdp) -> None:
    walk.office.ask("connect", tenant=walk.tenant("keyholders"), issuer=idp.issuer, name="Harbour")
    page = walk.hands.page
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    key = tools.send("WebAuthn.addVirtualAuthenticator", {"options": _SECURITY_KEY})

    walk.begin("keyholders")
    walk.hands.press("Continue with Harbour")
    walk.hands.see("Set up a second factor")
    walk.hands.choose("Security key or passkey")
    walk.hands.press("Continue")
    walk.hands.see("Set up a security key or passkey")
    walk.hands.write("Name", "Desk")
    # Enter in the field is as good as the button.
    page.keyboard.press("Enter")
    walk.hands.see("Signed in as ada@acme.example")

    page.context.clear_cookies()
    touched = {"authenticatorId": key["authenticatorId"]}
    tools.send("WebAuthn.setAutomaticPresenceSimulation", {**touched, "enabled": False})
    walk.begin("keyholders")
    walk.hands.press("Continue with Harbour")
    walk.hands.see("Use your security key or passkey")
    tools.send("WebAuthn.setAutomaticPresenceSimulation", {**touched, "enabled": True})
    walk.hands.press("Use your security key or passkey")
    walk.hands.see("Signed in as ada@acme.example")

    page.goto(f"{walk.demo.signin}/{walk.tenant('keyholders')}/account/own-factors")
    walk.hands.see("Your second factors")
    expect(page.get_by_role("button", name="Remove Desk")).to_be_visible()
