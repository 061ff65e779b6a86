"""Requests as applications send them, in every detail."""

import base64
import time
from typing import Any
from urllib.parse import urlencode

from django.test import Client

from tests.federation.browser import Browser

FORM = "application/x-www-form-urlencoded"


def metadata() -> dict[str, Any]:
    document: dict[str, Any] = Client().get("/.well-known/openid-configuration").json()
    return document


def basic(name: str, secret: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(f'{name}:{secret}'.encode()).decode()}"}


def asked_for_tokens(browser: Browser, *, headers: dict[str, str] | None = None, **changed: str | None) -> Any:
    """A code's exchange as applications send it, urlencoded; by default without any proof of who sends it."""
    browser.authorize(organization="acme", nonce=f"{time.time_ns()}")
    sent = {
        "grant_type": "authorization_code",
        "code": browser.answer()["code"],
        "redirect_uri": browser.application.redirect_uris[0],
        "code_verifier": browser.verifier,
        **changed,
    }
    body = urlencode({name: value for name, value in sent.items() if value is not None})
    return Client().post("/oauth2/token", body, content_type=FORM, headers=headers)
