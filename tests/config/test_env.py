"""The environment is refused with a message that names the variable and says what it should be."""

from ipaddress import ip_network

import pytest
from django.core.exceptions import ImproperlyConfigured
from pydantic import ValidationError

from config.env import Environment, load

GOOD = {
    "secret_key": "x" * 50,
    "encryption_keys": "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "database_url": "postgresql://postgres@127.0.0.1/lifeguard",
    "redis_url": "redis://127.0.0.1:6379/0",
    "dashboard_url": "https://app.example.com",
    "signin_url": "https://login.example.com",
    "email_url": "smtps://user:pass@mail.example.com",
    "email_from": "no-reply@example.com",
}


def test_a_complete_environment_is_accepted() -> None:
    environment = Environment.model_validate(GOOD)
    assert environment.data_keys == {"k1": bytes(range(32))}
    assert environment.own_url == "https://app.example.com"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("encryption_keys", "k1:short", "base64"),
        ("encryption_keys", "k1:AAEC", "32 bytes"),
        ("encryption_keys", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "<id>:<32 bytes"),
        ("dashboard_url", "http://app.example.com", "must be https"),
        ("dashboard_url", "https://app.example.com/lifeguard", "without a path"),
        ("signin_url", "https://app.example.com", "two different origins"),
        ("email_url", "mail.example.com", "smtp://"),
        ("site", "everything", "dashboard"),
        ("fetch_allowed_networks", "127.0.0.1/8", "CIDR"),
    ],
)
def test_an_unusable_value_is_refused_in_words(field: str, value: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Environment.model_validate(GOOD | {field: value})


def test_networks_that_may_be_fetched_from_are_none_unless_they_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIFEGUARD_FETCH_ALLOWED_NETWORKS", raising=False)
    assert Environment.model_validate(GOOD).fetch_networks == ()
    named = Environment.model_validate(GOOD | {"fetch_allowed_networks": "10.20.0.0/16, ::1/128"})
    assert named.fetch_networks == (ip_network("10.20.0.0/16"), ip_network("::1/128"))


def test_plain_http_is_for_this_machine_alone() -> None:
    environment = Environment.model_validate(GOOD | {"signin_url": "http://localhost:8001/"})
    assert environment.signin_url == "http://localhost:8001"


def test_what_is_wrong_is_listed_by_variable_and_without_values(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in GOOD:
        monkeypatch.delenv(f"LIFEGUARD_{name.upper()}", raising=False)
    monkeypatch.setenv("LIFEGUARD_ENCRYPTION_KEYS", "k1:c2VjcmV0")
    with pytest.raises(ImproperlyConfigured) as raised:
        load()
    words = str(raised.value)
    assert "LIFEGUARD_DATABASE_URL: is missing" in words
    assert "LIFEGUARD_ENCRYPTION_KEYS: each encryption key is" in words
    assert "c2VjcmV0" not in words
