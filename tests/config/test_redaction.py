"""No line of the log holds a secret, a code, or who a person is."""

import json
import logging
import uuid
from io import StringIO

import pytest
import structlog

from config.logs import LogFormat, configuration
from config.redaction import HIDDEN, clean, clean_text

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "new_password",
        "client_secret",
        "SECRET_HASH",
        "access_token",
        "refreshToken",
        "Authorization",
        "Cookie",
        "code_verifier",
        "totp",
        "SAMLResponse",
        "email",
        "phone_number",
        "private_key",
    ],
)
def test_a_value_goes_whole_when_its_name_speaks_of_a_secret(name: str) -> None:
    assert clean({name: "x1"}) == {name: HIDDEN}
    assert clean({"outer": [{name: "x1"}]}) == {"outer": [{name: HIDDEN}]}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("GET https://login.example/callback?code=abc&state=def failed", "GET https://login.example/callback?[hidden]"),
        ("Forbidden: /acme/invitation/s3cret", "/acme/invitation/[hidden]"),
        ("/accounts/password/reset/key/1-s3cret/", "/accounts/password/reset/key/[hidden]/"),
        ("postgresql://lifeguard:s3cret@db.example/lifeguard", "postgresql://lifeguard:[hidden]@db.example/lifeguard"),
        ("redis://:s3cret@cache.example:6379/0", "redis://:[hidden]@cache.example:6379/0"),
        ("header was Bearer s3cret-s3cret", "header was Bearer [hidden]"),
        (f"bad token {JWT}.", "bad token [hidden]"),
        ("Key (email)=(ann.s3cret+x@acme.example) already exists.", "([hidden]@acme.example)"),
    ],
)
def test_what_looks_like_a_secret_goes_from_any_text(text: str, kept: str) -> None:
    cleaned = clean_text(text)
    assert kept in cleaned
    for secret in ("s3cret", "code=abc", "def failed?", JWT, "ann."):
        assert secret not in cleaned


@pytest.mark.parametrize(
    "text",
    [
        "celery@worker-1.internal.example ready.",
        "Reconciling tenant 0b9cbd2e-7a0f-4a39-9a35-0b6f2d3c4e51 is put off: Is this a question? Yes.",
        "http://localhost:4566/path",
        "lg-acme 3/5 at 2026-11-21T08:00:00Z",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert clean_text(text) == text


def test_numbers_and_nothing_stay_as_they_are_and_objects_become_text() -> None:
    key = uuid.uuid4()
    fields = {"seconds": 1.5, "attempt": 3, "owed": True, "plan": None, "key": key}
    assert clean(fields) == {"seconds": 1.5, "attempt": 3, "owed": True, "plan": None, "key": str(key)}


def lines_of(form: LogFormat) -> tuple[logging.Logger, StringIO]:
    """A logger of its own that writes as the product's root logger does."""
    made = logging.getLogger(f"tests.redaction.{form}")
    made.propagate = False
    formatter = configuration("INFO", form)["formatters"]["lines"]
    text = StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=formatter["processors"], foreign_pre_chain=formatter["foreign_pre_chain"]
        )
    )
    made.handlers = [handler]
    return made, text


def test_a_line_is_json_with_the_four_names_first_and_a_traceback_without_secrets() -> None:
    logger, text = lines_of(LogFormat.JSON)
    with structlog.contextvars.bound_contextvars(request_id="r-1", tenant="t1"):
        try:
            raise ValueError("no mailbox for ann@acme.example")
        except ValueError:
            logger.exception("Not sent to %s", "ann@acme.example", extra={"password": "pw", "seconds": 2})
    line = json.loads(text.getvalue())
    assert list(line)[:4] == ["time", "level", "logger", "event"]
    assert line["event"] == "Not sent to [hidden]@acme.example"
    assert (line["level"], line["request_id"], line["tenant"], line["seconds"]) == ("error", "r-1", "t1", 2)
    assert "ValueError: no mailbox for [hidden]@acme.example" in line["exception"]
    assert line["password"] == HIDDEN
    assert "ann@" not in text.getvalue()


def test_for_people_a_line_is_text() -> None:
    logger, text = lines_of(LogFormat.CONSOLE)
    logger.warning("Wrong password for %s", "ann@acme.example", extra={"attempt": 2})
    assert "[hidden]@acme.example" in text.getvalue()
    assert "attempt=2" in text.getvalue()
    with pytest.raises(json.JSONDecodeError):
        json.loads(text.getvalue())
