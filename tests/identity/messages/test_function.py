"""The function that operators deploy beside their pools, against the address that it asks, and without it."""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import ModuleType
from typing import Any

import pytest
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from identity.models import DirectoryUser
from identity.services.events import rotate_event_secret
from local.functions.server import load
from tenants.actor import system
from tests.factories import DirectoryUserFactory, TenantFactory, UserPoolFactory

Event = dict[str, Any]
Ask = Callable[[Event], Event]
SECRET = "whsec_AAAA"
SOURCES = (
    *("ForgotPassword", "Authentication", "VerifyUserAttribute", "UpdateUserAttribute"),
    *("SignUp", "ResendCode", "AdminCreateUser"),
)


@pytest.fixture
def function() -> ModuleType:
    return load()


def event_about(user: DirectoryUser | None, source: str = "ForgotPassword") -> Event:
    """What Cognito sends, in the developer guide's form; the marks are other than its usual ones."""
    return {
        "version": "1",
        "triggerSource": f"CustomMessage_{source}",
        "region": "eu-west-1",
        "userPoolId": "eu-west-1_messages",
        "userName": user.username if user else "nobody",
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": "client"},
        "request": {
            "userAttributes": {"sub": "a sub", "email": "ann@people.example", "phone_number": "+491701234567"},
            "codeParameter": "{##code##}",
            "usernameParameter": "{##name##}" if source == "AdminCreateUser" else None,
        },
        "response": {"smsMessage": None, "emailMessage": None, "emailSubject": None},
    }


@pytest.fixture
def ann(transactional_db: None) -> DirectoryUser:
    pool = UserPoolFactory.create(cognito_id="eu-west-1_messages")
    return DirectoryUserFactory.create(tenant=TenantFactory.create(slug="acme", name="Acme", pool=pool), language="de")


@pytest.fixture
def asks(live_server: LiveServer, function: ModuleType, ann: DirectoryUser) -> Ask:
    """The function, told where Lifeguard is. It has as long as it takes: this machine may be busy."""
    cell = ann.tenant.pool.cell_id
    secret = rotate_event_secret(cell, actor=system("test"))
    url = live_server.url + reverse("cognito-messages", args=[cell])
    return lambda event: dict(function.with_words(event, lambda: (url, secret), seconds=60))


@pytest.mark.parametrize("source", SOURCES)
def test_a_message_of_each_source_gets_its_words_with_cognitos_marks(
    ann: DirectoryUser, asks: Ask, source: str
) -> None:
    event = event_about(ann, source)
    answer = asks(event)
    assert {**answer, "response": event["response"]} == event
    words = answer["response"]
    assert "Acme" in words["emailSubject"]
    for name in ("emailMessage", "smsMessage"):
        assert words[name].count("{##code##}") == 1
        assert words[name].count("{##name##}") == (source == "AdminCreateUser")
        assert "{####}" not in words[name]
    assert 'lang="de"' in words["emailMessage"]


def test_nobody_known_keeps_cognitos_own_words(asks: Ask) -> None:
    event = event_about(None)
    assert asks(event) == event


class Stranger:
    """Somebody who answers in Lifeguard's place, and remembers what was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.status, self.body = 200, b"{}"
        self.may_answer = threading.Event()
        self.may_answer.set()
        stranger = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                stranger.asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
                stranger.may_answer.wait()
                self.send_response(stranger.status)
                self.send_header("Content-Length", str(len(stranger.body)))
                self.end_headers()
                self.wfile.write(stranger.body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # The name is the standard library's.
                """Write nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.block_on_close = False
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def answers(self, status: int, document: object) -> None:
        """From now on answer this."""
        self.status, self.body = status, json.dumps(document).encode()

    def stop(self) -> None:
        """End it; nothing listens at its address afterwards."""
        self.may_answer.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    running = Stranger()
    yield running
    running.stop()


def words(**changed: str) -> dict[str, str]:
    return {"emailSubject": "A subject", "emailMessage": "Mail {####}", "smsMessage": "SMS {####}", **changed}


def test_what_is_sent_says_whose_message_and_what_for_and_never_the_code(
    function: ModuleType, stranger: Stranger
) -> None:
    stranger.answers(200, words())
    event = event_about(None)
    # Should Cognito ever put a code where a mark is expected.
    event["request"]["codeParameter"] = "12345678"
    event["request"]["userAttributes"]["locale"] = "de-AT"
    answer = function.with_words(event, lambda: (stranger.url, SECRET), seconds=60)
    assert answer["response"]["smsMessage"] == "SMS 12345678"
    [body] = stranger.asked
    assert json.loads(body) == {
        "userPoolId": "eu-west-1_messages",
        "userName": "nobody",
        "sub": "a sub",
        "triggerSource": "CustomMessage_ForgotPassword",
        "locale": "de-AT",
    }


@pytest.mark.parametrize(
    ("status", "document"),
    [
        (500, {}),
        (401, {}),
        (200, ["words"]),
        (200, {"emailSubject": "No more"}),
        (200, words(emailMessage="No mark")),
        (200, words(smsMessage="No mark")),
    ],
)
def test_an_answer_that_is_of_no_use_is_logged_and_nothing_changes(
    function: ModuleType, stranger: Stranger, caplog: pytest.LogCaptureFixture, status: int, document: object
) -> None:
    stranger.answers(status, document)
    event = event_about(None)
    with caplog.at_level(logging.ERROR):
        assert function.with_words(event, lambda: (stranger.url, SECRET), seconds=60) == event
    assert [record.message for record in caplog.records] == ["The message keeps Cognito's own words."]


def test_lifeguard_away_or_slow_changes_nothing(
    function: ModuleType, stranger: Stranger, caplog: pytest.LogCaptureFixture
) -> None:
    event = event_about(None)
    stranger.may_answer.clear()
    assert function.with_words(event, lambda: (stranger.url, SECRET), seconds=0.01) == event
    assert "did not answer within 0.01 seconds" in caplog.text
    stranger.stop()
    assert function.with_words(event, lambda: (stranger.url, SECRET), seconds=60) == event
    assert "refused" in caplog.text.lower()


def test_another_secret_or_none_changes_nothing(
    live_server: LiveServer, function: ModuleType, ann: DirectoryUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = live_server.url + reverse("cognito-messages", args=[ann.tenant.pool.cell_id])
    event = event_about(ann)
    assert function.with_words(event, lambda: (url, SECRET), seconds=60) == event
    # The handler of a function that nobody gave its environment.
    monkeypatch.delenv("LIFEGUARD_MESSAGES_URL", raising=False)
    assert function.handler(event, None) == event


def test_it_gives_up_well_before_cognito_does(function: ModuleType) -> None:
    assert function.SECONDS <= 5 / 2
