"""The environment is refused with a message that names the variable and says what it should be."""

import pytest
from pydantic import ValidationError

from config.env import Environment

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
    ],
)
def test_an_unusable_value_is_refused_in_words(field: str, value: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Environment.model_validate(GOOD | {field: value})


def test_plain_http_is_for_this_machine_alone() -> None:
    environment = Environment.model_validate(GOOD | {"signin_url": "http://localhost:8001/"})
    assert environment.signin_url == "http://localhost:8001"
