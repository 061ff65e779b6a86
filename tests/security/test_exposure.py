"""What leaks beside the page: caches, logs, headers, the audit log's own protection."""

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from pytest_django.fixtures import Settings

from config import gunicorn_conf
from config.gunicorn_log import AccessLogger
from federation.models import BrowserSession
from federation.services.attempts import Held
from federation.services.sessions import Begun
from identity.models import DirectoryUser
from tenants.models import Application
from tenants.services.applications import IssuedSecret
from tests.factories import Cast, TenantCast
from tests.support.stack_plugin import ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What the product writes into its log, formatted as it is in production."""
    root, text = logging.getLogger(), StringIO()
    handler = logging.StreamHandler(text)
    ours = next(one for one in root.handlers if one.name == "stderr")
    handler.setFormatter(ours.formatter)
    root.addHandler(handler)
    yield text
    root.removeHandler(handler)


@pytest.mark.parametrize("path", ["", "users/", "users/invite/", "audit/", "branding/", "sign-in-policy/", "team/"])
def test_no_cache_keeps_a_tenants_page(cast: Cast, client: Client, path: str) -> None:
    client.force_login(TenantCast.account_of(cast.acme.owner))
    response = client.get(f"/t/acme/{path}")
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("path", ["/fleet/", "/fleet/tenants/", "/fleet/team/", "/fleet/audit/", "/api/v1/users", "/x"])
def test_no_cache_keeps_anything_else_of_the_dashboard(cast: Cast, client: Client, path: str) -> None:
    client.force_login(cast.operator)
    assert "no-store" in client.get(path)["Cache-Control"]


def test_a_stylesheet_may_still_be_kept(client: Client, cast: Cast, settings: Settings) -> None:
    settings.ROOT_URLCONF = "config.urls.signin"
    assert client.get("/acme/brand-1.css")["Cache-Control"].startswith("public")


@pytest.mark.urls("config.urls.signin")
def test_no_log_line_holds_the_token_of_an_invitation(cast: Cast, log: StringIO) -> None:
    """A form sent too late is logged with its address, which is the secret."""
    token = "s3cret-of-an-invitation-link"
    client = Client(enforce_csrf_checks=True)
    assert client.post(f"/acme/invitation/{token}", {"password": "x"}).status_code == 403
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert lines
    assert token not in log.getvalue()


def test_no_log_line_holds_the_key_of_a_password_reset(cast: Cast, log: StringIO) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/accounts/password/reset/key/abc-s3cret0key/").status_code == 403
    assert log.getvalue()
    assert "s3cret0key" not in log.getvalue()


def test_no_line_of_the_access_log_holds_a_secret(log: StringIO) -> None:
    """The container's log: neither the query nor a path that is a secret; who asked is told by the request's id."""
    assert "--config python:config.gunicorn_conf" in (ROOT / "docker-entrypoint.sh").read_text()
    assert gunicorn_conf.logger_class == f"{AccessLogger.__module__}.{AccessLogger.__qualname__}"
    environ = {
        "PATH_INFO": "/acme/invitation/s3cret",
        "RAW_URI": "/acme/invitation/s3cret?code=not-in-the-log",
        "REQUEST_METHOD": "GET",
        "SERVER_PROTOCOL": "HTTP/1.1",
    }
    environ |= {"QUERY_STRING": "code=not-in-the-log", "REMOTE_ADDR": "192.0.2.1"}
    answered = SimpleNamespace(status="200 OK", headers=[("X-Request-ID", "12345678")], sent=7)
    logging.getLogger("gunicorn.access").setLevel(logging.INFO)
    access = AccessLogger.__new__(AccessLogger)
    access.access_log = logging.getLogger("gunicorn.access")
    access.access(answered, SimpleNamespace(headers=[]), environ, timedelta(seconds=1))
    line = json.loads(log.getvalue())
    assert line["path"] == "/acme/invitation/[hidden]"
    assert (line["status"], line["seconds"], line["request_id"]) == (200, 1.0, "12345678")
    assert "s3cret" not in log.getvalue()
    assert "not-in-the-log" not in log.getvalue()


def test_the_database_refuses_to_empty_the_audit_log(cast: Cast) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tenants_auditevent ENABLE TRIGGER tenants_auditevent_never_emptied")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE tenants_auditevent")


def test_headers_of_both_sites(cast: Cast, client: Client, settings: Settings) -> None:
    for urls, path in (
        ("config.urls.dashboard", "/accounts/login/"),
        ("config.urls.signin", "/acme/sign-in?request=x"),
    ):
        settings.ROOT_URLCONF = urls
        response = client.get(path)
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "base-uri 'none'" in policy
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["X-Frame-Options"] == "DENY"
        assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example/", "\\\\evil.example", "/\\evil.example"])
def test_signing_in_leads_to_no_other_site(cast: Cast, client: Client, wanted: str) -> None:
    answer = client.post(
        f"/accounts/login/?next={wanted}",
        {"login": cast.operator.email, "password": "correct horse battery staple", "next": wanted},
    )
    assert (answer.status_code, answer["Location"]) == (302, "/")


def test_no_repr_holds_a_secret() -> None:
    """Error reports and debug lines show objects as `repr` does."""
    shown = [
        Held(session="s3cret", totp_secret="s3cret", access_token="s3cret"),
        Begun(BrowserSession(user=DirectoryUser(email="ann@acme.example")), "s3cret", "s3cret"),
        IssuedSecret(Application(name="Sample"), "s3cret"),
    ]
    assert "s3cret" not in repr(shown)
