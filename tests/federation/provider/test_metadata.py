"""What the provider says of itself is complete and true; keys are published before they sign, and after."""

from datetime import timedelta
from io import StringIO
from typing import Any

import jwt
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from federation.dashboard_login.application import CLIENT_ID, client_secret
from federation.models import KeyState, SigningKey
from federation.services.signing_keys import PUBLISH_RETIRED_FOR, ROTATE_AFTER, rotate_signing_keys
from federation.tasks import rotate_signing_keys as rotation_task
from identity.tokens import verify_access_token
from tenants.models import Application
from tests.federation.browser import Browser
from tests.federation.conftest import issuer

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]


def metadata() -> dict[str, Any]:
    response = Client().get("/.well-known/openid-configuration")
    assert response.status_code == 200
    document: dict[str, Any] = response.json()
    return document


def published() -> list[str]:
    keys = Client().get("/oauth2/jwks").json()["keys"]
    # Nothing of a private key is in it.
    assert all(set(key) == {"kty", "n", "e", "kid", "use", "alg"} for key in keys)
    return [key["kid"] for key in keys]


def kid_of(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


def test_every_endpoint_answers_at_its_address() -> None:
    document = metadata()
    assert document["issuer"] == issuer()
    names = {
        "authorization_endpoint": "oauth2-authorize",
        "pushed_authorization_request_endpoint": "oauth2-par",
        "device_authorization_endpoint": "oauth2-device-authorization",
        "token_endpoint": "oauth2-token",
        "userinfo_endpoint": "oauth2-userinfo",
        "jwks_uri": "oauth2-jwks",
        "revocation_endpoint": "oauth2-revoke",
        "introspection_endpoint": "oauth2-introspect",
        "end_session_endpoint": "oauth2-logout",
    }
    for member, name in names.items():
        assert document[member] == issuer() + reverse(name)
        assert Client().get(reverse(name)).status_code in {200, 400, 401, 405}
    assert Client().get("/.well-known/oauth-authorization-server").json() == document


def test_only_claims_that_are_listed_are_sent(browser: Browser) -> None:
    tokens = browser.tokens_from_session(scope=" ".join(metadata()["scopes_supported"]))
    claims = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert set(claims) == set(metadata()["claims_supported"])


def test_the_access_token_is_that_of_rfc_9068(browser: Browser, assigned: Application) -> None:
    token = browser.tokens_from_session()["access_token"]
    assert jwt.get_unverified_header(token)["typ"] == "at+jwt"
    claims = jwt.decode(token, options={"verify_signature": False})
    assert {"iss", "exp", "aud", "sub", "client_id", "iat", "jti"} <= set(claims)
    assert (claims["aud"], claims["client_id"]) == (assigned.audience, assigned.client_id)
    assert claims["exp"] - claims["iat"] == 600
    assert "email" not in claims


# Keys.


def test_rotation_loses_no_token(browser: Browser, assigned: Application) -> None:
    before = published()
    assert len(before) == 2
    first = browser.tokens_from_session()["access_token"]
    waiting = SigningKey.objects.get(state=KeyState.NEXT).kid
    assert rotate_signing_keys(now=timezone.now(), force=True) is True
    second = browser.tokens_from_session(nonce="second")["access_token"]
    # The key that signs now was published before it did.
    assert kid_of(second) == waiting
    assert waiting in before
    assert set(before) < set(published())
    for token in (first, second):
        assert verify_access_token(token, audience=assigned.audience).client_id == assigned.client_id

    later = timezone.now() + PUBLISH_RETIRED_FOR + timedelta(minutes=1)
    assert rotate_signing_keys(now=later) is False
    assert kid_of(first) not in published()
    assert kid_of(second) in published()


def test_keys_are_rotated_when_they_are_old(browser: Browser) -> None:
    active = SigningKey.objects.get(state=KeyState.ACTIVE)
    rotation_task()
    active.refresh_from_db()
    assert active.state == KeyState.ACTIVE
    SigningKey.objects.filter(pk=active.pk).update(activated_at=timezone.now() - ROTATE_AFTER)
    rotation_task()
    active.refresh_from_db()
    assert active.state == KeyState.RETIRED
    call_command("rotate_signing_keys", "--now", stdout=StringIO())
    assert SigningKey.objects.filter(state=KeyState.RETIRED).count() == 2


def test_private_keys_are_sealed(browser: Browser) -> None:
    keys = list(SigningKey.objects.all())
    assert keys
    for key in keys:
        assert b"PRIVATE KEY" not in bytes(key.private_key_encrypted)
        assert "PRIVATE KEY" in key.private_key_pem


# Setting up.


def test_setup_repeats_safely_and_follows_the_settings(settings: Any) -> None:
    SigningKey.objects.all().delete()
    call_command("setup", stdout=StringIO())
    first = Application.objects.get(client_id=CLIENT_ID)
    keys = published()
    assert len(keys) == 2
    settings.DASHBOARD_URL = "https://elsewhere.example"
    call_command("setup", stdout=StringIO())
    second = Application.objects.get(client_id=CLIENT_ID)
    assert (second.pk, published()) == (first.pk, keys)
    assert second.redirect_uris == ["https://elsewhere.example/accounts/lifeguard/login/callback/"]
    assert second.audience == "https://elsewhere.example/api"
    assert second.is_builtin is True
    assert second.check_secret(client_secret())
