"""Passwords that became known by a breach are refused wherever one is chosen, and looked up without being told."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from django.conf import LazySettings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from identity import leaked_passwords
from identity.leaked_passwords import is_leaked, look_up
from identity.password_words import problem_with
from tenants.pause import Pause

KNOWN = "correcthorsebatterystaple"
FRESH = "seven-blue-herons-over-kiel"


def unanswered() -> float:
    return REGISTRY.get_sample_value("lifeguard_leaked_password_checks_total", {"result": "unavailable"}) or 0


def digest(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


@pytest.fixture(autouse=True)
def _nobody_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaked_passwords, "_pause", Pause(seconds=600))
    # A busy machine is no service that does not answer.
    monkeypatch.setattr(leaked_passwords, "_TIMEOUT", httpx.Timeout(30))


class _Service(BaseHTTPRequestHandler):
    """Remembers what it was asked, and answers as it is told."""

    asked: list[tuple[str, str]] = []
    answer: tuple[int, str] = (200, "")

    def do_GET(self) -> None:
        type(self).asked.append((self.path, self.headers.get("Add-Padding", "")))
        status, text = type(self).answer
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # The parameter's name in http.server.
        pass


@pytest.fixture
def service(settings: LazySettings) -> Iterator[type[_Service]]:
    """A service whose answers a test chooses."""
    _Service.asked, _Service.answer = [], (200, "")
    with ThreadingHTTPServer(("127.0.0.1", 0), _Service) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.LEAKED_PASSWORDS_URL = f"http://127.0.0.1:{server.server_port}/range/"
        yield _Service
        server.shutdown()


def test_wherever_a_password_is_chosen() -> None:
    """Against the service of the local stack."""
    assert "became known by a breach" in problem_with(KNOWN, min_length=8, email="ada@acme.example")
    assert problem_with(FRESH, min_length=8, email="ada@acme.example") == ""
    with pytest.raises(ValidationError, match="became known by a breach"):
        validate_password(KNOWN)
    validate_password(FRESH)


def test_the_service_learns_five_digits(service: type[_Service]) -> None:
    """What pads the answer counts for nothing."""
    rest = digest(KNOWN)[5:]
    service.answer = (200, f"0018A45C4D1DEF81644B54AB7F969B88D65:3\r\n{rest}:0\r\n")
    assert not is_leaked(KNOWN)
    service.answer = (200, f"0018A45C4D1DEF81644B54AB7F969B88D65:3\r\n{rest.lower()}:12\r\n")
    assert is_leaked(KNOWN)
    assert service.asked == [(f"/range/{digest(KNOWN)[:5]}", "true")] * 2


@pytest.mark.parametrize("answer", [(503, "busy"), (302, ""), (200, "x" * 1_000_001)])
def test_a_service_that_fails_keeps_nobody_out(service: type[_Service], answer: tuple[int, str]) -> None:
    """It is counted, and left alone for a while."""
    before = unanswered()
    service.answer = answer
    assert not is_leaked(KNOWN)
    assert not is_leaked(KNOWN)
    assert len(service.asked) == 1
    assert unanswered() == before + 1


def test_a_service_that_is_not_there_keeps_nobody_out(settings: LazySettings) -> None:
    settings.LEAKED_PASSWORDS_URL = "http://127.0.0.1:1/range"
    assert not is_leaked(KNOWN)


def test_without_a_service_or_a_file_nothing_is_looked_up(settings: LazySettings) -> None:
    settings.LEAKED_PASSWORDS_URL = ""
    assert not is_leaked(KNOWN)


@given(known=st.sets(st.text(min_size=1, max_size=8), max_size=40), other=st.text(min_size=1, max_size=8))
def test_a_file_is_searched(tmp_path_factory: pytest.TempPathFactory, known: set[str], other: str) -> None:
    """With or without counts, with either end of line, and with or without one at the end."""
    file = tmp_path_factory.getbasetemp() / "leaked.txt"
    lines = sorted(digest(word) for word in known)
    for counted, end, last in ((":7", "\r\n", "\r\n"), ("", "\n", ""), (":12345", "\n", "\n")):
        text = end.join(f"{line}{counted}" for line in lines) + (last if lines else "\n")
        file.write_bytes((text or "\n").encode())
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("django.conf.settings.LEAKED_PASSWORDS_URL", "")
            patch.setattr("django.conf.settings.LEAKED_PASSWORDS_FILE", str(file))
            assert all(look_up(word) for word in known)
            assert look_up(other) == (other in known)


def test_a_file_that_is_not_there_keeps_nobody_out(settings: LazySettings, tmp_path: Path) -> None:
    settings.LEAKED_PASSWORDS_URL, settings.LEAKED_PASSWORDS_FILE = "", str(tmp_path / "none.txt")
    assert not is_leaked(KNOWN)
