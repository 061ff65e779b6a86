"""`private_key_jwt`: an application proves who it is by what it signs, once, to us, and then by nothing less."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.db import connection
from django.test import Client
from django.utils import timezone

from federation.models import ClientAssertion
from federation.provider.assertion import ASSERTION_TYPE
from federation.services.housekeeping import purge_sign_in_state
from tenants.models import Application
from tests.factories import ApplicationFactory
from tests.federation.browser import SECRET, Browser, json_of
from tests.federation.conftest import issuer
from tests.support.certificates import curve_key, rsa_key
from tests.tenants.test_client_keys import jwk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("config.urls.signin")]

RSA, CURVE = rsa_key(), curve_key(ec.SECP256R1)
OTHER = rsa_key(2048, 1)


@pytest.fixture
def keyed(assigned: Application) -> Application:
    """The application, with an RSA key and one on a curve."""
    assigned.public_keys = [jwk(RSA.public_key(), kid="rsa"), jwk(CURVE.public_key(), kid="curve")]
    assigned.save(update_fields=["public_keys"])
    return assigned


def assertion(
    application: Application, *, key: Any = RSA, algorithm: str = "RS256", headers: Any = None, **changed: Any
) -> str:
    """A right assertion, with `changed` replaced; None leaves a claim out."""
    now = int(time.time())
    right = {
        "iss": application.client_id,
        "sub": application.client_id,
        "aud": issuer(),
        "iat": now,
        "exp": now + 60,
        "jti": f"{time.time_ns()}",
    }
    claims = {name: value for name, value in {**right, **changed}.items() if value is not None}
    return jwt.encode(claims, key, algorithm=algorithm, headers=headers)


def exchange(browser: Browser, signed: str, **changed: str | None) -> Any:
    browser.authorize(organization="acme", nonce=f"{time.time_ns()}")
    proof = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": signed, "client_secret": None}
    return browser.exchange(browser.answer()["code"], **{**proof, **changed})


def refused(response: Any) -> None:
    assert (response.status_code, json_of(response)["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"algorithm": "PS256"},
        {"key": CURVE, "algorithm": "ES256"},
        {"key": CURVE, "algorithm": "ES256", "headers": {"kid": "curve"}},
        {"aud": "token"},
        {"aud": "par"},
        {"aud": ["issuer"]},
    ],
)
def test_an_assertion_is_as_good_as_a_secret(browser: Browser, keyed: Application, how: dict[str, Any]) -> None:
    if "aud" in how:
        how = {"aud": [issuer()] if how["aud"] == ["issuer"] else f"{issuer()}/oauth2/{how['aud']}"}
    response = exchange(browser, assertion(keyed, **how))
    assert response.status_code == 200, response.content


def test_the_client_id_need_not_be_said_twice(browser: Browser, keyed: Application) -> None:
    assert exchange(browser, assertion(keyed), client_id=None).status_code == 200
    refused(exchange(browser, assertion(keyed), client_id="another"))


def test_it_works_once(browser: Browser, keyed: Application) -> None:
    signed = assertion(keyed)
    assert exchange(browser, signed).status_code == 200
    refused(exchange(browser, signed))


def test_it_works_once_also_when_sent_many_times_at_once(browser: Browser, keyed: Application) -> None:
    body = {"token": "x", "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion(keyed)}

    def ask(_: int) -> int:
        try:
            return Client().post("/oauth2/introspect", body).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        assert sorted(pool.map(ask, range(5))) == [200, 401, 401, 401, 401]


@pytest.mark.parametrize(
    "how",
    [
        {"key": OTHER},
        {"headers": {"kid": "curve"}},
        {"headers": {"kid": "unknown"}},
        {"headers": {"jwk": jwk(OTHER.public_key())}, "key": OTHER},
        {"algorithm": "RS512"},
        {"algorithm": "none", "key": None},
        {"algorithm": "HS256", "key": "a" * 64},
        {"iss": "another"},
        {"sub": None},
        {"sub": ["app"]},
        {"aud": "https://another.example"},
        {"aud": None},
        {"aud": "both"},
        {"exp": None},
        {"exp": 1},
        {"exp": int(time.time()) + 86_400},
        {"exp": 10**30},
        {"exp": "soon"},
        {"nbf": int(time.time()) + 86_400},
        {"jti": None},
        {"jti": ""},
        {"jti": "j" * 256},
        {"jti": 7},
        {"jti": "\ud800"},
    ],
)
def test_what_proves_nothing_is_refused(browser: Browser, keyed: Application, how: dict[str, Any]) -> None:
    if how.get("aud") == "both":
        how = {"aud": [issuer(), "https://another.example"]}
    refused(exchange(browser, assertion(keyed, **how)))
    assert not ClientAssertion.objects.exists()


@pytest.mark.parametrize("signed", ["nonsense", "a.b.c", "e30.e30.", "x" * 5000, "\N{SNOWMAN}"])
def test_what_is_no_jwt_is_refused(browser: Browser, keyed: Application, signed: str) -> None:
    refused(exchange(browser, signed))


def test_a_secret_is_not_taken_beside_keys(browser: Browser, keyed: Application) -> None:
    """Otherwise the weaker way would be the one that counts."""
    browser.authorize(organization="acme")
    refused(browser.exchange(browser.answer()["code"]))
    refused(Client().post("/oauth2/introspect", {"token": "x", "client_id": keyed.client_id, "client_secret": SECRET}))


def test_without_keys_an_assertion_is_nothing(browser: Browser, assigned: Application) -> None:
    refused(exchange(browser, assertion(assigned)))


def test_one_applications_key_is_not_anothers(browser: Browser, keyed: Application) -> None:
    other = ApplicationFactory.create(public_keys=[jwk(OTHER.public_key())])
    refused(exchange(browser, assertion(keyed, key=OTHER)))
    assert exchange(browser, assertion(other, key=OTHER), client_id=None).status_code == 400


def test_a_key_that_names_its_algorithm_is_held_to_it(browser: Browser, keyed: Application) -> None:
    keyed.public_keys = [jwk(RSA.public_key(), alg="PS256")]
    keyed.save(update_fields=["public_keys"])
    refused(exchange(browser, assertion(keyed)))
    assert exchange(browser, assertion(keyed, algorithm="PS256")).status_code == 200


def test_what_was_taken_is_forgotten_once_it_is_over(browser: Browser, keyed: Application) -> None:
    assert exchange(browser, assertion(keyed)).status_code == 200
    purge_sign_in_state()
    assert ClientAssertion.objects.count() == 1
    ClientAssertion.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    purge_sign_in_state()
    assert ClientAssertion.objects.count() == 0
