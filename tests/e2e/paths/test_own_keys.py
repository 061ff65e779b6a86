"""Somebody who comes by an identity provider sets a security key up here, signs in with it, and has others."""

import pytest
from playwright.sync_api import expect

from tests.e2e.paths import asking
from tests.e2e.paths.account_pages import reads
from tests.e2e.paths.conftest import KEYBOARD
from tests.e2e.paths.walk import Somebody, Walk
from tests.e2e.test_operator_factors import BUILT_IN_KEY
from tests.support.oidc_idp import OidcIdp

pytestmark = pytest.mark.browser
# One that is plugged in, and knows nobody by a fingerprint or a PIN.
_SECURITY_KEY = {**BUILT_IN_KEY, "transport": "usb", "hasUserVerification": False, "isUserVerified": False}


@pytest.mark.parametrize("walk", list(KEYBOARD.values()), ids=list(KEYBOARD), indirect=True)
def test_a_security_key_is_set_up_and_asked_for(walk: Walk, idp: OidcIdp, domain: str) -> None:
    """And then looked after on the account page, beside another one and an app."""
    walk.office.ask("connect", tenant=walk.tenant("keyholders"), issuer=idp.issuer, name=f"Pier {domain}")
    page = walk.hands.page
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    key = tools.send("WebAuthn.addVirtualAuthenticator", {"options": _SECURITY_KEY})

    walk.begin("keyholders")
    walk.hands.press(f"Continue with Pier {domain}")
    walk.hands.see("Set up a second factor")
    walk.hands.choose("Security key or passkey")
    walk.hands.press("Continue")
    walk.hands.see("Set up a security key or passkey")
    walk.hands.write("Name", "Desk")
    # Enter in the field is as good as the button.
    page.keyboard.press("Enter")
    walk.hands.see(f"Signed in as ada@{domain}")

    page.context.clear_cookies()
    touched = {"authenticatorId": key["authenticatorId"]}
    tools.send("WebAuthn.setAutomaticPresenceSimulation", {**touched, "enabled": False})
    walk.begin("keyholders")
    walk.hands.press(f"Continue with Pier {domain}")
    walk.hands.see("Use your security key or passkey")
    tools.send("WebAuthn.setAutomaticPresenceSimulation", {**touched, "enabled": True})
    walk.hands.choose("Do not ask again in this browser for 1 day")
    walk.hands.press("Use your security key or passkey")
    walk.hands.see(f"Signed in as ada@{domain}")

    page.goto(f"{walk.demo.signin}/{walk.tenant('keyholders')}/account/own-factors")
    walk.hands.see("Your second factors")
    walk.hands.press("Add an app")
    walk.hands.see("Set up your authenticator app")
    ada = Somebody(f"ada@{domain}", walk.demo)
    walk.take_secret(ada)
    walk.answer(ada.app_code(), "Six-digit code")
    reads(walk, "The authenticator app is set up.")
    walk.hands.press("Remove the app")
    reads(walk, "The authenticator app is removed.")

    # The one that is there says that it is there already: another one is plugged in.
    tools.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": key["authenticatorId"]})
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": _SECURITY_KEY})
    walk.hands.press("Add a security key or passkey")
    walk.hands.see("Add a security key or passkey")
    walk.hands.write("Name", "Travel")
    page.keyboard.press("Enter")
    reads(walk, "The security key or passkey is added.")
    walk.hands.write("Name of Travel", "Pocket")
    page.keyboard.press("Enter")
    reads(walk, "The security key or passkey has another name.")
    walk.hands.press("Remove Desk")
    reads(walk, "The security key or passkey is removed.")
    expect(walk.hands.target("Remove Pocket")).to_be_visible()
    expect(walk.hands.target("Remove Desk")).to_have_count(0)

    # Whatever it is by now: no key is asked for here.
    walk.hands.open(asking.address(walk, "keyholders", prompt="login"))
    walk.hands.press(f"Continue with Pier {domain}")
    asking.is_answered(walk)
