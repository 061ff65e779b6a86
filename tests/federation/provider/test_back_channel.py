"""An application's server is told that somebody was signed out, whatever it was that ended the session."""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from ipaddress import ip_network
from typing import Any
from urllib.parse import parse_qs

import jwt
import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from federation import tasks
from federation.models import BrowserSession, ConnectionStatus, LogoutNotice
from federation.services import back_channel
from federation.services.housekeeping import purge_sign_in_state
from federation.services.waits import end_wait
from identity.jwt_checks import TokenInvalid
from identity.models import DirectoryUser
from identity.services.users import delete_user, disable_user
from identity.tokens import verify_access_token, verify_id_token
from tenants.actor import system
from tenants.models import Application, Tenant, TenantApplication
from tests.factories import ApplicationFactory
from tests.federation.browser import Browser
from tests.support.connections import oidc_connection
from tests.support.web_servers import Server, http, redirect, serving, silence

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls.signin")]

_EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.fixture
def server(settings: LazySettings) -> Iterator[Server]:
    """The application's server, which this installation may ask although it is on this machine."""
    settings.FETCH_ALLOWED_NETWORKS = (ip_network("127.0.0.1/32"),)
    with serving() as running:
        yield running


@pytest.fixture
def told(assigned: Application, server: Server) -> Application:
    """The application, which wants to be told."""
    assigned.backchannel_logout_uri = f"http://127.0.0.1:{server.port}/ended?tenant=1"
    assigned.save(update_fields=["backchannel_logout_uri"])
    return assigned


def message_lost() -> None:
    """Let the time pass in which the message of what is newly owed should have arrived."""
    fresh = LogoutNotice.objects.filter(attempts=0, next_attempt_at__isnull=False)
    fresh.update(next_attempt_at=timezone.now() - timedelta(minutes=2))


def carry_out() -> None:
    """What the sweep has workers do."""
    back_channel.owe_for_ended(100)
    message_lost()
    for notice_id in back_channel.due(100):
        tasks.tell_of_logout(str(notice_id))


def claims_in(request: bytes) -> dict[str, Any]:
    """The logout token of a request, verified as a client does with what discovery says."""
    head, _, body = request.partition(b"\r\n\r\n")
    assert b"content-type: application/x-www-form-urlencoded" in head.lower()
    assert b"cookie" not in head.lower()
    [token] = parse_qs(body.decode(), strict_parsing=True)["logout_token"]
    assert jwt.get_unverified_header(token)["typ"] == "logout+jwt"
    document: Any = Client().get("/.well-known/openid-configuration")
    assert document.json()["backchannel_logout_supported"] is True
    assert document.json()["backchannel_logout_session_supported"] is True
    keys: Any = Client().get("/oauth2/jwks")
    key = jwt.PyJWKSet.from_dict(keys.json())[jwt.get_unverified_header(token)["kid"]]
    claims: dict[str, Any] = jwt.decode(
        token, key, algorithms=["RS256"], options={"verify_aud": False}, issuer=document.json()["issuer"]
    )
    return claims


def test_signing_out_at_an_application_tells_each_one(
    browser: Browser, told: Application, acme: Tenant, server: Server
) -> None:
    """Also the one that asked for it (section 2.3 leaves none out), but none that does not want to be told."""
    ApplicationFactory.create(name="Untold")
    other = ApplicationFactory.create(name="Other", backchannel_logout_uri=f"http://127.0.0.1:{server.port}/other")
    TenantApplication.objects.create(tenant=acme, application=other)
    tokens = browser.tokens_from_session()
    elsewhere = Browser(other)
    elsewhere.client = browser.client
    second = elsewhere.tokens_from_session()
    carry_out()
    assert server.requests == []

    browser.get(f"/oauth2/logout?id_token_hint={tokens['id_token']}")
    carry_out()
    paths = {request.split(b" ")[1]: claims_in(request) for request in server.requests}
    assert paths.keys() == {b"/ended?tenant=1", b"/other"}
    for path, issued, application in [(b"/ended?tenant=1", tokens, told), (b"/other", second, other)]:
        identity = jwt.decode(issued["id_token"], options={"verify_signature": False})
        claims = paths[path]
        assert claims["aud"] == application.client_id
        assert (claims["sub"], claims["sid"]) == (identity["sub"], identity["sid"])
        assert claims["events"] == {_EVENT: {}}
        assert "nonce" not in claims
        assert 0 < claims["exp"] - claims["iat"] <= 120
    assert len({claims["jti"] for claims in paths.values()}) == 2
    # Once is enough.
    carry_out()
    assert len(server.requests) == 2
    assert not LogoutNotice.objects.filter(told_at=None).exists()


def test_a_logout_token_is_good_for_nothing_else(browser: Browser, told: Application, server: Server) -> None:
    hint = browser.tokens_from_session()["id_token"]
    browser.get(f"/oauth2/logout?id_token_hint={hint}")
    carry_out()
    [token] = parse_qs(server.requests[0].partition(b"\r\n\r\n")[2].decode())["logout_token"]
    with pytest.raises(TokenInvalid):
        verify_id_token(token, client_id=told.client_id)
    with pytest.raises(TokenInvalid):
        verify_access_token(token, audience=told.client_id)
    bearer: Any = Client().get("/oauth2/userinfo", headers={"Authorization": f"Bearer {token}"})
    assert bearer.status_code == 401


def disable(ann: DirectoryUser) -> None:
    disable_user(ann.tenant, ann.pk, actor=system("test"))


def delete(ann: DirectoryUser) -> None:
    """The worker then drops the row, and the session with it."""
    delete_user(ann.tenant, ann.pk, confirm_email=ann.email, actor=system("test"))
    DirectoryUser.objects.filter(pk=ann.pk).delete()


def suspend(ann: DirectoryUser) -> None:
    Tenant.objects.filter(pk=ann.tenant_id).update(status="suspended")


def lose_connection(ann: DirectoryUser) -> None:
    connection = oidc_connection(ann.tenant)
    assert connection.status != ConnectionStatus.ACTIVE
    BrowserSession.objects.update(connection=connection)


@pytest.mark.parametrize("end", [disable, delete, suspend, lose_connection])
def test_whatever_ends_a_session_is_told(
    browser: Browser, told: Application, ann: DirectoryUser, server: Server, end: Callable[[DirectoryUser], None]
) -> None:
    tokens = browser.tokens_from_session()
    sid = jwt.decode(tokens["id_token"], options={"verify_signature": False})["sid"]
    end(ann)
    carry_out()
    [request] = server.requests
    claims = claims_in(request)
    assert (claims["sid"], claims["sub"]) == (sid, str(ann.pk))


def test_growing_too_old_is_no_sign_out(browser: Browser, told: Application, server: Server) -> None:
    browser.tokens_from_session()
    long_ago = timezone.now() - timedelta(days=89)
    BrowserSession.objects.update(auth_time=long_ago, last_seen_at=long_ago)
    carry_out()
    BrowserSession.objects.update(auth_time=long_ago - timedelta(days=3))
    purge_sign_in_state()
    assert not BrowserSession.objects.exists()
    carry_out()
    assert server.requests == []


def due_again() -> None:
    """Let the time of the next attempt come."""
    LogoutNotice.objects.filter(next_attempt_at__isnull=False).update(next_attempt_at=timezone.now())


def test_who_is_not_reached_is_told_later_and_not_for_ever(
    browser: Browser, told: Application, ann: DirectoryUser, server: Server
) -> None:
    browser.tokens_from_session()
    disable(ann)
    waits = []
    for answer, error in [
        (http("500 Internal Server Error"), "status 500"),
        (http("400 Bad Request"), "status 400"),
        # A redirect is not followed: it could lead anywhere.
        (redirect(f"http://127.0.0.1:{server.port}/elsewhere"), "status 302"),
        (lambda connection, _request: connection.close(), "broken_answer"),
    ]:
        server.answers["/ended?tenant=1"] = answer
        carry_out()
        notice = LogoutNotice.objects.get()
        assert notice.last_error == error
        assert notice.next_attempt_at is not None
        waits.append(notice.next_attempt_at - timezone.now())
        # Not before its time.
        carry_out()
        assert LogoutNotice.objects.get().attempts == notice.attempts
        due_again()
    assert waits == sorted(waits)
    jtis = {claims_in(request)["jti"] for request in server.requests}
    assert len(jtis) == len(server.requests) == 4
    while LogoutNotice.objects.filter(next_attempt_at__isnull=False).exists():
        carry_out()
        due_again()
    notice = LogoutNotice.objects.get()
    assert (notice.attempts, notice.told_at) == (8, None)

    browser.client.cookies.clear()
    server.answers["/ended?tenant=1"] = http("204 No Content")
    LogoutNotice.objects.update(attempts=1, next_attempt_at=timezone.now())
    carry_out()
    notice.refresh_from_db()
    assert notice.told_at is not None
    assert (notice.last_error, notice.next_attempt_at) == ("", None)


def test_an_attempt_is_made_by_one_worker(browser: Browser, told: Application, ann: DirectoryUser) -> None:
    """A message that comes twice, or after a worker died, finds the attempt taken and the next one put down."""
    browser.tokens_from_session()
    disable(ann)
    back_channel.owe_for_ended(100)
    assert back_channel.due(100) == []
    message_lost()
    [notice_id] = back_channel.due(100)
    taken = back_channel.take_attempt(notice_id)
    assert taken is not None
    assert taken.next_attempt_at is not None
    assert taken.next_attempt_at > timezone.now()
    assert back_channel.take_attempt(notice_id) is None
    assert back_channel.due(100) == []


def owed(tenant: Tenant, application: Application, number: int) -> list[int]:
    """Sign-outs that wait, a message for each of which was lost."""
    waiting = timezone.now() - timedelta(minutes=2)
    of = {"tenant": tenant, "application": application, "owed_at": waiting, "next_attempt_at": waiting}
    return [LogoutNotice.objects.create(**of, sid=uuid.uuid4(), subject=uuid.uuid4()).pk for _number in range(number)]


def test_an_application_that_hangs_leaves_the_others_their_turn(
    told: Application, acme: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging = owed(acme, told, 12)
    other = owed(acme, ApplicationFactory.create(name="Other"), 1)
    found = back_channel.due(100)
    assert len(found) == 11
    assert set(found) <= {*hanging, *other}
    assert other[0] in found

    sent: list[int | None] = []
    monkeypatch.setattr("tenants.services.outbox.send", lambda *_args, priority: sent.append(priority))
    back_channel.wake(found)
    assert sent == [9] * 11


def test_an_application_that_is_away_is_asked_now_and_then(
    told: Application, acme: Tenant, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(back_channel, "_FREE", 2)
    server.answers["/ended?tenant=1"] = http("503 Service Unavailable")
    first, second, probe, kept, *others = owed(acme, told, 6)
    for notice_id in (first, second, probe, kept, *others):
        tasks.tell_of_logout(str(notice_id))
    assert len(server.requests) == 3
    # Of those that were kept back no attempt is lost.
    assert LogoutNotice.objects.get(pk=kept).attempts == 0

    end_wait("back_channel", str(told.pk))
    server.answers["/ended?tenant=1"] = http("204 No Content")
    for notice_id in (kept, *others):
        tasks.tell_of_logout(str(notice_id))
    assert LogoutNotice.objects.filter(told_at__isnull=False).count() == 3


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_nothing_is_sent_into_our_own_network(
    browser: Browser, assigned: Application, ann: DirectoryUser, settings: LazySettings, host: str
) -> None:
    settings.FETCH_ALLOWED_NETWORKS = ()
    with silence("::1" if ":" in host else "127.0.0.1") as port:
        Application.objects.filter(pk=assigned.pk).update(backchannel_logout_uri=f"https://{host}:{port}/")
        browser.tokens_from_session()
        disable(ann)
        carry_out()
    notice = LogoutNotice.objects.get()
    assert notice.told_at is None
    assert notice.last_error in {"address_not_public", "host_not_public", "url_port"}
