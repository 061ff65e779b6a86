"""Input that no form of ours sends: it is refused like any other bad input, and never a fault of ours."""

from urllib.parse import urlencode

import pytest
from django.test import Client

from federation.models import AuthorizationCode, AuthorizationRequest
from identity.models import DirectoryUser
from tenants.errors import ValidationFailed
from tenants.text import clean_email
from tests.federation.browser import SECRET, Browser

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]

NUL = "a\0b"


@pytest.mark.parametrize(
    "name", ["client_id", "redirect_uri", "scope", "state", "nonce", "organization", "login_hint", "ui_locales", "x"]
)
def test_a_nul_in_an_authorization_request(browser: Browser, name: str) -> None:
    response = browser.authorize(**{name: NUL})
    assert response.status_code == 400
    assert "Location" not in response
    assert not AuthorizationRequest.objects.exists()
    assert not AuthorizationCode.objects.exists()


@pytest.mark.parametrize("name", ["client_id", "client_secret", "code", "redirect_uri", "code_verifier", "grant_type"])
def test_a_nul_in_a_token_request(browser: Browser, name: str) -> None:
    browser.authorize(organization="acme")
    right = {"grant_type": "authorization_code", "code": browser.answer()["code"], "client_secret": SECRET}
    known = {"client_id": browser.application.client_id, "redirect_uri": browser.application.redirect_uris[0]}
    assert browser.token({**right, **known, "code_verifier": browser.verifier, name: NUL}).status_code in {400, 401}


def test_a_nul_in_basic_authentication(browser: Browser) -> None:
    for path in ("/oauth2/token", "/oauth2/revoke"):
        headers = {"Authorization": "Basic YQBiOnNlY3JldA=="}
        answer = Client().post(path, {"grant_type": "refresh_token", "refresh_token": "x"}, headers=headers)
        assert answer.json()["error"] == "invalid_client"


@pytest.mark.parametrize("name", ["client_id", "id_token_hint", "post_logout_redirect_uri", "state", "ui_locales"])
def test_a_nul_in_a_logout_request(browser: Browser, name: str) -> None:
    right = {"client_id": browser.application.client_id, "post_logout_redirect_uri": "https://app.example/"}
    assert browser.get(f"/oauth2/logout?{urlencode({**right, name: NUL})}").status_code == 200


def test_parameters_of_query_and_body_are_never_mixed(browser: Browser, ann: DirectoryUser) -> None:
    """The body decides: what a proxy or a page added to the address is not read."""
    other = {"redirect_uri": "https://evil.example/", "client_id": "other"}
    answer = browser.client.post(f"/oauth2/authorize?{urlencode(other)}", browser.parameters(organization="acme"))
    assert answer.status_code == 303
    assert "evil" not in answer["Location"]
    assert browser.client.get(answer["Location"])["Location"].startswith("https://app.example/callback?code=")
    code = AuthorizationCode.objects.get()
    assert code.user_id == ann.pk
    stolen = Client().post(f"/oauth2/token?client_id={browser.application.client_id}&client_secret={SECRET}", {})
    assert stolen.status_code in {400, 401}


@pytest.mark.parametrize(
    "address",
    [
        "https://app.example/callback/",
        "https://app.example/callback?",
        "https://app.example/callback#",
        "https://app.example/callback#x",
        "https://app.example/callback%2e",
        "https://app.example/%63allback",
        "https://app.example:443/callback",
        "https://APP.example/callback",
        "HTTPS://app.example/callback",
        "https://user@app.example/callback",
        "https://app.example@evil.example/callback",
        "https://app.example/callback/../callback",
        "https://app.example\\@evil.example/callback",
        "https://app.example/callback\t",
        " https://app.example/callback",
        "//app.example/callback",
        "http://app.example/callback",
        "javascript:alert(1)//https://app.example/callback",
    ],
)
def test_only_the_very_address_is_redirected_to(browser: Browser, address: str) -> None:
    response = browser.authorize(organization="acme", redirect_uri=address)
    assert response.status_code == 400
    assert "Location" not in response
    assert "evil.example" not in browser.text


@pytest.mark.parametrize(
    "address",
    [
        '"a\x1b[31m"@example.com',
        "a@exa\u202emple.com",
        "a@\u2066example.com",
        "a@exam\u200bple.com",
        "a@example.com\r\nBcc: b@example.com",
        "a@example.com\0",
        "a@example.com, b@example.com",
        "<a@example.com>",
    ],
)
def test_an_address_that_would_show_as_another_one(address: str) -> None:
    with pytest.raises(ValidationFailed):
        clean_email(address)
