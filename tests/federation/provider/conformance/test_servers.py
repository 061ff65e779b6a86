"""What servers ask beside tokens: pushed requests, revocation, devices, discovery."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from federation.models import AuthorizationRequest, PushedRequest
from federation.provider.assertion import ASSERTION_TYPE
from tenants.models import Application
from tests.federation.browser import SECRET, Browser, json_of
from tests.federation.conftest import issuer
from tests.federation.device import Device
from tests.federation.provider.conformance.asking import metadata
from tests.federation.provider.test_assertion import RSA, assertion
from tests.support.certificates import rsa_key
from tests.tenants.test_client_keys import jwk

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]


def test_an_assertion_pushes_a_request(browser: Browser, assigned: Application) -> None:
    """The part of FAPI 2.0 that applies: private_key_jwt at the endpoint of RFC 9126, and `iss` with the code."""
    assigned.public_keys = [jwk(RSA.public_key(), kid="rsa")]
    assigned.save(update_fields=["public_keys"])

    def push(signed: str, **changed: str | None) -> Any:
        proof = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed}
        return Client().post("/oauth2/par", {**browser.parameters(organization="acme", **changed), **proof})

    for refused in (
        push(assertion(assigned, key=rsa_key(2048, 1))),
        push(assertion(assigned, aud="https://x.example")),
    ):
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    uri = push(assertion(assigned, aud=f"{issuer()}/oauth2/par")).json()["request_uri"]
    assert "client_assertion" not in str(PushedRequest.objects.values_list("parameters"))
    browser.get(f"/oauth2/authorize?{urlencode({'client_id': assigned.client_id, 'request_uri': uri})}")
    assert browser.answer()["iss"] == issuer()


def test_too_much_is_refused_as_that(browser: Browser) -> None:
    """RFC 9126 section 2.3."""
    answer: Any = Client().post("/oauth2/par", {**browser.parameters(state="s" * 20_001), "client_secret": SECRET})
    assert (answer.status_code, answer.json()["error"]) == (413, "invalid_request")


def test_a_hint_that_is_not_known_revokes_all_the_same(browser: Browser, assigned: Application) -> None:
    """RFC 7009 section 2.1."""
    token = browser.tokens_from_session()["refresh_token"]
    body = {"token": token, "token_type_hint": "other", "client_id": assigned.client_id, "client_secret": SECRET}
    assert Client().post("/oauth2/revoke", body).status_code == 200
    assert browser.refresh(token).status_code == 400


def test_a_device_is_told_what_is_wrong_with_its_request(assigned: Application) -> None:
    """RFC 8628 sections 3.1 and 3.5, RFC 6749 section 5.2; its codes are kept by nobody on the way (section 5.1)."""
    Application.objects.filter(pk=assigned.pk).update(device_flow=True)
    device = Device(assigned, secret=SECRET)
    begun = device.asked_to_begin()
    assert (begun["Content-Type"], begun["Cache-Control"]) == ("application/json", "no-store")
    device.codes = json_of(begun)
    assert device.error(device_code="") == "invalid_request"
    assert device.error(grant_type="device_code") == "unsupported_grant_type"
    for path, body in (("device_authorization", {}), ("token", {"grant_type": metadata()["grant_types_supported"][2]})):
        twice = {**device.proof, **body, "scope": ["openid", "email"], "device_code": "x"}
        answer: Any = Client().post(f"/oauth2/{path}", twice)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_discovery_and_keys_are_json_for_a_while() -> None:
    """oidcc-discovery-endpoint-verification: also for HEAD; a copy of some minutes does no harm."""
    for path in ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/oauth2/jwks"):
        for ask in (Client().get, Client().head):
            answer: Any = ask(path)
            assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
            assert answer["Cache-Control"] == "public, max-age=300"
            assert "Set-Cookie" not in answer


def test_what_discovery_says_is_not_there_is_not(browser: Browser) -> None:
    """oidcc-unsigned-request-object-…, -request-uri-…: `request` and `request_uri` have errors of their own."""
    document = metadata()
    for name in ("request", "request_uri"):
        assert document[f"{name}_parameter_supported"] is False
        browser.authorize(organization="acme", **{name: "https://app.example/"})
        assert browser.answer()["error"] == f"{name}_not_supported"
    assert document["claims_parameter_supported"] is False
    for mode in {"query", "fragment", "form_post", "jwt"} - set(document["response_modes_supported"]):
        browser.authorize(organization="acme", response_mode=mode)
        assert browser.answer()["error"] == "invalid_request"
    assert not AuthorizationRequest.objects.exists()
