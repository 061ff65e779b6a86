"""The sample application against Lifeguard's own sign-in host: what it asks for, and which tokens its API takes.

The whole way through the sign-in pages is the story in `tests/e2e`.
"""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import connection

from federation.services.signing_keys import active_key, ensure_signing_keys
from local.stack import product
from local.stack.demo import SampleCredentials, sample_application
from tests.support.processes import LiveProcess, on_database
from tests.support.stack_plugin import Stack

CLIENT_ID = "app_sample"


@pytest.fixture
def sample(stack: Stack, transactional_db: None, tmp_path: Path) -> Iterator[httpx.Client]:
    """The running application, with the issuer that it trusts."""
    ensure_signing_keys()
    environment = on_database(str(connection.settings_dict["NAME"]))
    credentials = SampleCredentials(CLIENT_ID, "secret")
    signin = LiveProcess(
        lambda: product.web("signin", Path(sys.executable), environment, stack.ports.signin, tmp_path / "signin.log")
    )
    application = LiveProcess(
        lambda: sample_application(stack.urls.signin, credentials, stack.ports.sample, tmp_path / "sample.log")
    )
    try:
        signin.start()
        application.start()
        with httpx.Client(base_url=stack.urls.sample, timeout=30) as client:
            yield client
    finally:
        application.stop()
        signin.stop()


@pytest.fixture
def access_token(stack: Stack) -> Callable[..., str]:
    """Makes an access token as Lifeguard does, with claims, `typ` or the key changed."""

    def make(*, typ: str = "at+jwt", key: rsa.RSAPrivateKey | None = None, **changes: Any) -> str:
        kid, own_key = active_key()
        now = int(time.time())
        claims = {
            "iss": stack.urls.signin,
            "sub": "somebody",
            "aud": f"{stack.urls.sample}/api",
            "client_id": CLIENT_ID,
            "scope": "openid profile",
            "iat": now,
            "exp": now + 300,
            "jti": "1",
            **changes,
        }
        return jwt.encode(claims, key or own_key, algorithm="RS256", headers={"kid": kid, "typ": typ})

    return make


def call(sample: httpx.Client, token: str) -> tuple[int, dict[str, Any]]:
    answer = sample.get("/api/me", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.json()


def test_the_api_takes_a_good_token_and_no_other(sample: httpx.Client, access_token: Callable[..., str]) -> None:
    assert call(sample, access_token())[0] == 200

    past = int(time.time()) - 600
    somebody_elses_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    bad = {
        "an ID token": access_token(typ="JWT"),
        "of another issuer": access_token(iss="https://evil.example"),
        "for another API": access_token(aud="urn:another"),
        "expired": access_token(iat=past, exp=past + 300),
        "signed by somebody else": access_token(key=somebody_elses_key),
        "not a token": "x.y.z",
    }
    for what, token in bad.items():
        status, body = call(sample, token)
        assert (what, status, body["error"]) == (what, 401, "invalid_token")

    assert call(sample, access_token(scope="openid"))[1]["error"] == "insufficient_scope"
    without = sample.get("/api/me")
    assert without.status_code == 401
    assert without.headers["www-authenticate"].startswith("Bearer ")


def test_sign_in_asks_with_pkce_nonce_state_and_the_organization(sample: httpx.Client, stack: Stack) -> None:
    location = urlsplit(sample.get("/sign-in", params={"organization": " acme "}).headers["location"])
    asked = {name: values[0] for name, values in parse_qs(location.query).items()}

    assert f"{location.scheme}://{location.netloc}{location.path}" == f"{stack.urls.signin}/oauth2/authorize"
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert asked["nonce"]
    assert asked["state"]
    assert asked["organization"] == "acme"
    assert "organization" not in sample.get("/sign-in").headers["location"]


def test_answers_that_do_not_belong_here_get_an_error_page(sample: httpx.Client, stack: Stack) -> None:
    error = {"error": "access_denied", "error_description": "Not <b>you</b>."}
    refused = sample.get("/callback", params={**error, "iss": stack.urls.signin})
    assert refused.status_code == 400
    assert "Not &lt;b&gt;you&lt;/b&gt;." in refused.text

    foreign = sample.get("/callback", params={"code": "1", "state": "2", "iss": stack.urls.signin})
    assert foreign.status_code == 400
    assert "mismatching_state" in foreign.text

    mixed_up = sample.get("/callback", params={"code": "1", "state": "2", "iss": "https://evil.example"})
    assert mixed_up.status_code == 400
    assert "wrong_issuer" in mixed_up.text


def test_forms_of_other_sites_are_refused(sample: httpx.Client) -> None:
    for path in ("/sign-out", "/refresh", "/call-api"):
        assert sample.post(path, headers={"Origin": "https://evil.example"}).status_code == 403
        assert sample.post(path).status_code == 403


def test_a_sign_out_is_taken_from_the_provider_alone(
    sample: httpx.Client, access_token: Callable[..., str], stack: Stack
) -> None:
    said: dict[str, Any] = {
        "typ": "logout+jwt",
        "aud": CLIENT_ID,
        "sid": "1",
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    }
    tokens = {
        200: [access_token(**said)],
        400: [
            access_token(**{**said, "aud": "app_another"}),
            access_token(**{**said, "iss": "https://evil.example"}),
            access_token(**{**said, "events": {}}),
            access_token(**said, nonce="1"),
            access_token(**said, key=rsa.generate_private_key(public_exponent=65537, key_size=2048)),
            "x.y.z",
            "",
        ],
    }
    for status, sent in tokens.items():
        for token in sent:
            assert sample.post("/backchannel-logout", data={"logout_token": token}).status_code == status
