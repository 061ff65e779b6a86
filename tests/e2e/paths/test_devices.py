"""Signing a device in that has no browser: RFC 8628."""

from typing import Any

import pytest
from playwright.sync_api import APIResponse

from tests.e2e.paths import asking
from tests.e2e.paths.walk import Walk

pytestmark = pytest.mark.browser

GRANT = "urn:ietf:params:oauth:grant-type:device_code"


def begin(walk: Walk) -> dict[str, Any]:
    """Have a device begin; return what it was answered, and its client ID."""
    client_id = asking.atlas(walk, "plain")
    form = {"client_id": client_id, "client_secret": asking.SECRET, "scope": "openid email"}
    answer = walk.hands.page.request.post(
        f"{walk.demo.signin}/oauth2/device_authorization", form={**form, "organization": walk.tenant("plain")}
    )
    assert answer.ok, answer.text()
    return {**answer.json(), "client_id": client_id}


def ask_for_tokens(walk: Walk, device: dict[str, Any]) -> APIResponse:
    """Have the device ask whether somebody let it in."""
    form = {"client_id": device["client_id"], "client_secret": asking.SECRET}
    return walk.hands.page.request.post(
        f"{walk.demo.signin}/oauth2/token", form={**form, "grant_type": GRANT, "device_code": device["device_code"]}
    )


def to_confirmation(walk: Walk, device: dict[str, Any]) -> None:
    """Type the device's code, and sign in."""
    ann = walk.somebody("plain", "ann")
    walk.hands.open(device["verification_uri"])
    walk.hands.see("Sign in on a device")
    walk.hands.write("Code on the device", "BBBB-BBBB")
    walk.hands.press("Continue")
    walk.hands.is_told("No device waits with this code")
    walk.hands.write("Code on the device", device["user_code"].lower())
    walk.hands.press("Continue")
    walk.hands.see("Sign in")
    walk.enter(ann)
    walk.hands.see("Sign in to Atlas?")
    assert device["user_code"] in walk.hands.page.locator("main").inner_text()


def test_a_device_is_let_in(walk: Walk) -> None:
    device = begin(walk)
    to_confirmation(walk, device)
    walk.hands.press("Sign the device in")
    walk.hands.see("The device is signed in")
    answer = ask_for_tokens(walk, device)
    assert answer.status == 200, answer.text()
    assert answer.json()["access_token"]


def test_a_device_is_refused(walk: Walk) -> None:
    device = begin(walk)
    to_confirmation(walk, device)
    walk.hands.press("Refuse")
    walk.hands.see("The device was refused")
    answer = ask_for_tokens(walk, device)
    assert (answer.status, answer.json()["error"]) == (400, "access_denied")
