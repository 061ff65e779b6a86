"""The token endpoint, and what its tokens open."""

import base64
import hashlib
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

import jwt
import pytest
from django.test import Client

from federation.provider.assertion import ASSERTION_TYPE
from identity.models import DirectoryUser
from tenants.models import Application
from tests.factories import ApplicationFactory
from tests.federation.browser import SECRET, Browser, json_of
from tests.federation.conftest import issuer
from tests.federation.provider.conformance.asking import FORM, asked_for_tokens, basic, metadata

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]


def test_an_id_token_is_what_a_strict_client_verifies(browser: Browser) -> None:
    """oidcc-server; OpenID Connect Core section 3.1.3.7, with what discovery says."""
    browser.authorize(organization="acme", max_age="10000")
    response = browser.exchange(browser.answer()["code"])
    tokens = json_of(response)
    assert {"access_token", "token_type", "expires_in", "refresh_token", "scope", "id_token"} == set(tokens)
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 600)
    header = jwt.get_unverified_header(tokens["id_token"])
    assert [header["alg"]] == metadata()["id_token_signing_alg_values_supported"]
    keys = jwt.PyJWKSet.from_dict(Client().get(urlsplit(metadata()["jwks_uri"]).path).json())
    claims = jwt.decode(
        tokens["id_token"],
        keys[header["kid"]],
        algorithms=["RS256"],
        issuer=metadata()["issuer"],
        audience=browser.application.client_id,
        options={"require": ["sub", "iat", "exp", "auth_time"], "strict_aud": True},
    )
    digest = hashlib.sha256(tokens["access_token"].encode()).digest()[:16]
    assert claims["at_hash"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert claims["nonce"] == browser.nonce
    assert isinstance(claims["auth_time"], int)
    assert claims["auth_time"] <= claims["iat"] <= time.time()
    # It is for one client alone, which needs no saying.
    assert "azp" not in claims
    for answer in (response, browser.exchange("wrong"), browser.exchange("wrong", client_secret="wrong")):
        assert answer["Content-Type"] == "application/json"
        assert (answer["Cache-Control"], answer["Pragma"]) == ("no-store", "no-cache")


def test_id_and_secret_may_be_encoded_in_the_header(browser: Browser, assigned: Application) -> None:
    """RFC 6749 section 2.3.1 has them form-urlencoded, each character if a client likes."""
    encoded = ["".join(f"%{ord(letter):02x}" for letter in text) for text in (assigned.client_id, SECRET)]
    for name, secret in ((assigned.client_id, SECRET), tuple(encoded)):
        assert asked_for_tokens(browser, headers=basic(name, secret)).status_code == 200
    also_named = [
        asked_for_tokens(browser, headers=basic(*encoded), client_id=name) for name in (assigned.client_id, "other")
    ]
    assert [answer.status_code for answer in also_named] == [200, 400]


@pytest.mark.parametrize("secret", [SECRET, "wrong"])
@pytest.mark.parametrize("other", [{"client_secret": SECRET}, {"client_assertion": "x"}])
def test_two_ways_of_authentication_are_refused(
    browser: Browser, assigned: Application, secret: str, other: dict[str, str]
) -> None:
    """RFC 6749 sections 2.3 and 5.2, even where one of the two would do."""
    proof: dict[str, Any] = {"client_id": assigned.client_id, "client_assertion_type": ASSERTION_TYPE, **other}
    refused = asked_for_tokens(browser, headers=basic(assigned.client_id, secret), **proof)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request")
    for path in ("introspect", "revoke", "par", "device_authorization"):
        body = {**browser.parameters(), **proof, "token": "x"}
        answer: Any = Client().post(f"/oauth2/{path}", body, headers=basic(assigned.client_id, secret))
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_a_public_client_that_proves_something_is_judged_by_it(browser: Browser, assigned: Application) -> None:
    """Else a wrong proof would be worth as much as none (RFC 6749 section 5.2)."""
    Application.objects.filter(pk=assigned.pk).update(is_public=True, secret_hash="")
    named: dict[str, Any] = {"client_id": assigned.client_id}
    assert asked_for_tokens(browser, **named).status_code == 200
    refused = asked_for_tokens(browser, headers=basic(assigned.client_id, "x"), **named)
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert asked_for_tokens(browser, client_assertion="x", **named).json()["error"] == "invalid_client"


@pytest.mark.parametrize("path", ["token", "introspect", "revoke", "par", "device_authorization"])
def test_whoever_fails_by_the_header_is_challenged_in_it(browser: Browser, assigned: Application, path: str) -> None:
    """RFC 6749 section 5.2; RFC 7617 section 2 requires the realm."""
    body = {**browser.parameters(), "grant_type": "authorization_code", "code": "x", "token": "x"}
    for headers in (basic(assigned.client_id, "wrong"), basic("unknown", SECRET), {"Authorization": "Basic ="}):
        answer: Any = Client().post(f"/oauth2/{path}", body, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
        assert answer["WWW-Authenticate"] == f'Basic realm="{issuer()}"'
        assert answer["Cache-Control"] == "no-store"


def test_what_is_missing_is_told_from_what_is_wrong(browser: Browser, assigned: Application) -> None:
    """RFC 6749 section 5.2; oidcc-refresh-token: the token is nobody else's."""
    other = ApplicationFactory.create()
    proof = {"client_id": assigned.client_id, "client_secret": SECRET, "grant_type": "refresh_token"}
    token = browser.tokens_from_session()["refresh_token"]
    for changed, error in (
        ({"client_id": other.client_id}, "invalid_grant"),
        ({"refresh_token": None}, "invalid_request"),
        ({"refresh_token": ""}, "invalid_request"),
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": '"é'}, "unsupported_grant_type"),
    ):
        refused = browser.token({**proof, "refresh_token": token, **changed})
        assert (refused.status_code, json_of(refused)["error"]) == (400, error)
    assert browser.refresh(token).status_code == 200


def test_a_body_that_is_no_form_is_refused(assigned: Application) -> None:
    """RFC 6749 section 3.2 and appendix B: UTF-8, by the one media type."""
    body = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": assigned.client_id}
    answer: Any = Client().post("/oauth2/token", body, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    other = Client().post("/oauth2/token", urlencode(body), content_type=f"{FORM}; charset=utf-16")
    assert other.status_code == 400


def test_userinfo_answers_get_and_post_by_the_header_alone(browser: Browser, ann: DirectoryUser) -> None:
    """oidcc-userinfo-get, -post-header, -post-body; a token in the body or address may be refused (RFC 6750)."""
    token = browser.tokens_from_session()["access_token"]
    for method in (Client().get, Client().post):
        answer: Any = method("/oauth2/userinfo", headers={"Authorization": f"bearer {token}"})
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
        assert answer.json()["sub"] == str(ann.pk)
        refused: Any = method("/oauth2/userinfo", {"access_token": token})
        assert (refused.status_code, refused["WWW-Authenticate"]) == (401, f'Bearer realm="{issuer()}"')
    wrong: Any = Client().get("/oauth2/userinfo", headers={"Authorization": f"Bearer {token}x"})
    assert wrong["WWW-Authenticate"] == f'Bearer realm="{issuer()}", error="invalid_token"'
