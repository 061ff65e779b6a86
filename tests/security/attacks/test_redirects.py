"""Where a browser may be sent: never where somebody else says (RFC 9700 sections 4.1 and 4.11; CVE list 15)."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from tenants.models import Application, Tenant, TenantApplication
from tests.factories import ApplicationFactory
from tests.federation.browser import Browser
from tests.federation.conftest import issuer

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]

# What another reader could take for https://app.example/callback or https://app.example/, and what is near to it.
_NEAR = [
    "https://app.example/callback/",
    "https://app.example/callback?x=1",
    "https://app.example/callback#x",
    "https://app.example/callback/../evil.example",
    "https://app.example/callback%2f..%2fevil.example",
    "https://app.example/Callback",
    "https://APP.example/callback",
    "https://app.example:443/callback",
    "https://app.example:8443/callback",
    "http://app.example/callback",
    "https://app.example.evil.example/callback",
    "https://app.example@evil.example/callback",
    "https://evil.example\\@app.example/callback",
    "https://evil.example#@app.example/callback",
    "https://sub.app.example/callback",
    "https://xn--pp-eka.example/callback",
    "//app.example/callback",
    "/callback",
    "https:app.example/callback",
    " https://app.example/callback",
    "https://app.example/callback ",
    "https://app.example/callback\t",
    "https://app.example/callback\r\nLocation: https://evil.example/",
    "javascript:alert(1)//https://app.example/callback",
    "data:text/html,https://app.example/callback",
    "urn:ietf:wg:oauth:2.0:oob",
    "http://127.0.0.1/callback",
    "http://localhost/callback",
]


@pytest.mark.parametrize("more", [{}, {"prompt": "none"}, {"scope": "none"}, {"response_mode": "form_post"}], ids=str)
def test_no_answer_goes_to_an_address_that_is_nearly_right(browser: Browser, more: dict[str, str]) -> None:
    """Neither a code nor an error, by no mode of answering."""
    for uri in _NEAR:
        page: Any = browser.authorize(**{"organization": "acme", "redirect_uri": uri, **more})
        assert page.status_code == 400, uri
        assert "Location" not in page, uri
        assert "<form" not in browser.text, uri
        assert "evil.example" not in browser.text, uri


def test_no_code_is_exchanged_for_an_address_that_is_nearly_right(browser: Browser) -> None:
    browser.authorize(organization="acme")
    code = browser.answer()["code"]
    assert [uri for uri in _NEAR if browser.exchange(code, redirect_uri=uri).status_code != 400] == []
    assert browser.exchange(code).status_code == 200


def leads(page: Any) -> str:
    """Where an answer sends the browser, by a header or by itself."""
    return str(page.get("Location", "")) + ("evil.example" if b"evil.example" in page.content else "")


def test_signing_out_leads_to_no_address_that_is_nearly_right(browser: Browser) -> None:
    """With a hint, without one, and by our own question's form with its hidden field changed."""
    hint = browser.tokens_from_session()["id_token"]
    client = browser.application.client_id
    browser.client.handler.enforce_csrf_checks = False
    for address in (*(uri.replace("callback", "") for uri in _NEAR), "https://evil.example/"):
        asked = {"post_logout_redirect_uri": address, "client_id": client}
        hinted = urlencode({**asked, "id_token_hint": hint})
        assert leads(Client().get(f"/oauth2/logout?{urlencode(asked)}")) == "", address
        assert leads(browser.client.get(f"/oauth2/logout?{hinted}")) == "", address
        assert leads(browser.client.post("/oauth2/logout/confirm", asked)) == "", address


def test_signing_out_leads_to_no_address_of_another_application(browser: Browser, acme: Tenant) -> None:
    hint = browser.tokens_from_session()["id_token"]
    other: Application = ApplicationFactory.create(post_logout_redirect_uris=["https://other.example/"])
    TenantApplication.objects.create(tenant=acme, application=other)
    theirs = {"post_logout_redirect_uri": "https://other.example/"}
    browser.client.handler.enforce_csrf_checks = False
    for asked in ({"id_token_hint": hint}, {"id_token_hint": hint, "client_id": browser.application.client_id}, {}):
        assert leads(browser.client.get(f"/oauth2/logout?{urlencode({**theirs, **asked})}")) == ""
    elsewhere = {**theirs, "client_id": "", "next": "//evil.example"}
    assert leads(browser.client.post("/oauth2/logout/confirm", elsewhere)) == ""


def test_an_error_leads_nowhere_before_the_client_is_known(browser: Browser) -> None:
    """Section 4.11.2: an open redirector needs no victim who is signed in."""
    for changed in ({"client_id": "app_nobodys"}, {"client_id": None}, {"redirect_uri": None}):
        page: Any = browser.authorize(**changed)
        assert page.status_code == 400
        assert "Location" not in page


def test_a_state_is_data_and_nothing_else(browser: Browser) -> None:
    for state in ("https://evil.example/", "x&code=evil", "x#code=evil", "\r\nLocation: //evil.example", "é\u202e"):
        browser.state = state
        browser.authorize(organization="acme", nonce=f"n-{state!r}")
        answer = browser.answer()
        assert answer["state"] == state
        assert answer["code"] != "evil"
        assert answer["iss"] == issuer()
