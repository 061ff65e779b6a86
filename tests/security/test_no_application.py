"""What somebody writes who proves to be no application at all."""

import base64
import json

import pytest
from django.test import Client

from federation.provider.assertion import ASSERTION_TYPE

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]


def segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize("proof", ["/zr/", "YQ==", "ADoA", "====", "\xff", " ", ""])
@pytest.mark.parametrize("address", ["/oauth2/token", "/oauth2/par", "/oauth2/introspect", "/oauth2/revoke"])
def test_a_header_that_cannot_be_read(address: str, proof: str) -> None:
    """No base64, no UTF-8, no colon, a NUL, or nothing."""
    response = Client().post(address, {"grant_type": "refresh_token"}, HTTP_AUTHORIZATION=f"Basic {proof}")
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("subject", ["app\0", "\ud800", "\N{SNOWMAN}", "a" * 2000])
@pytest.mark.parametrize("address", ["/oauth2/token", "/oauth2/par", "/oauth2/introspect", "/oauth2/revoke"])
def test_a_client_id_that_nobody_can_have(address: str, subject: str) -> None:
    """A lone surrogate can be written in JSON, and in no text that PostgreSQL is asked for."""
    unsigned = ".".join((segment({"alg": "RS256"}), segment({"sub": subject}), "AAAA"))
    body = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": unsigned, "grant_type": "refresh_token"}
    response = Client().post(address, body)
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
