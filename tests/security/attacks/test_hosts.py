"""Headers that say another host, scheme or address: CVE list 19, RFC 9700 section 4.13. Both hosts, every address."""

import uuid
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse

from federation.models import AuthorizationRequest
from tests.factories import Cast
from tests.federation.browser import Browser
from tests.support.telling import Told, differences, told
from tests.support.url_map import Route, routes, signin_routes

pytestmark = pytest.mark.django_db

_EVIL = "evil.example"
_FORGED = {
    "X-Forwarded-Host": _EVIL,
    "X-Forwarded-Server": _EVIL,
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Port": "6666",
    "X-Forwarded-Prefix": f"//{_EVIL}",
    "X-Forwarded-For": "203.0.113.66",
    "X-Real-IP": "203.0.113.66",
    "Forwarded": f"for=203.0.113.66;host={_EVIL};proto=https",
    "X-Host": _EVIL,
    "X-Original-URL": f"//{_EVIL}/",
    "X-Rewrite-URL": f"//{_EVIL}/",
    "X-HTTP-Method-Override": "DELETE",
    "Referer": f"https://{_EVIL}/",
}
# allauth's, whose addresses are patterns of their own.
_BY_KEY = {"account_confirm_email", "account_reset_password_from_key"}


def address(route: Route, **known: object) -> str:
    """Where a route is, with what is known of its parameters, and what nobody has for the others."""
    made_up = {"number": 1, "version": 1, "token": "guessed", "client_id": "guessed", "slug": "acme"}
    values = {**made_up, **known}
    return reverse(route.name, kwargs={name: values.get(name, str(uuid.UUID(int=7))) for name in route.parameters})


def forged(route: Route, client: Client, sent: dict[str, str]) -> Told:
    """What a route tells with forged headers: what it does without them, but for what is new each time."""
    where = address(route)
    first, second = (told(client.get, where, sent) for _ in range(2))
    found = told(client.get, where, sent, headers=_FORGED)
    if differences(first, second) == []:
        assert differences(first, found) == [], route
    return found


@pytest.mark.urls("config.urls.signin")
def test_no_header_says_where_the_sign_in_host_is(browser: Browser) -> None:
    browser.authorize(organization="acme", prompt="login")
    sent = {"request": str(AuthorizationRequest.objects.get().pk)}
    for route in signin_routes():
        found = forged(route, browser.client, sent)
        assert _EVIL not in f"{found.body}{found.headers}", route


def test_no_header_says_where_the_dashboard_is(cast: Cast) -> None:
    client = Client()
    public = [route for route in routes() if not {*route.parameters} - {"slug"} and route.name not in _BY_KEY]
    assert len(public) > 10
    for route in public:
        found = told(client.get, address(route), headers=_FORGED)
        assert _EVIL not in f"{found.body}{found.headers}", route


@pytest.mark.parametrize("urls", ["config.urls.signin", "config.urls.dashboard"])
def test_another_host_is_a_bad_request(urls: str, settings: Any) -> None:
    settings.ROOT_URLCONF = urls
    settings.ALLOWED_HOSTS = ["localhost"]
    for host in (_EVIL, f"{_EVIL}:80", f"localhost@{_EVIL}", f"localhost.{_EVIL}", "", "loc alhost"):
        response = Client().get("/accounts/login/" if "dashboard" in urls else "/sign-in", headers={"Host": host})
        assert response.status_code == 400, host
        assert _EVIL.encode() not in response.content


def test_a_mailed_link_leads_to_our_own_address(cast: Cast) -> None:
    """The port too: a Host header with another one is allowed by Django, and is whoever's who listens there."""
    headers = {**_FORGED, "Host": "testserver:6666"}
    Client().post("/accounts/password/reset/", {"email": cast.operator.email}, headers=headers)
    [message] = mail.outbox
    links = [word for word in message.body.split() if "://" in word]
    assert links
    assert all(link.startswith(f"{settings.DASHBOARD_URL}/") for link in links), links
