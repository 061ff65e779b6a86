"""Asking for a page that may be kept, and for the same in the ordinary way."""

import re
from collections.abc import Callable
from typing import cast

import pytest
from django.conf import settings
from django.db import connection as database
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from federation.models import Connection, ConnectionStatus
from federation.selectors import page_state
from tenants.models import Tenant
from tests.federation.browser import Browser
from tests.support.connections import oidc_connection

# Of themselves other in each answer.
_OF_THE_MOMENT = {"X-Request-ID"}
_TOKEN = re.compile(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w{64}')
ADA = "ada@works.acme-people.com"


def active(tenant: Tenant, name: str = "Entra") -> Connection:
    """A connection in use; Cognito takes no part."""
    made = oidc_connection(tenant, name=name)
    Connection.objects.filter(pk=made.pk).update(status=ConnectionStatus.ACTIVE)
    return made


def arrive(browser: Browser, **parameters: str) -> str:
    """Send the browser to acme's page; returns where that is."""
    return cast(
        HttpResponse, browser.client.get("/oauth2/authorize", browser.parameters(organization="acme", **parameters))
    )["Location"]


def told(response: object) -> tuple[object, ...]:
    """An answer without what is another in each, and without the token's cookie, which a kept page sends only once."""
    answer = cast(HttpResponse, response)
    headers = {name: value for name, value in answer.headers.items() if name not in _OF_THE_MOMENT}
    headers["Vary"] = headers["Vary"].removeprefix("Cookie, ")
    cookies = {name: {k: v for k, v in morsel.items() if k != "expires"} for name, morsel in answer.cookies.items()}
    cookies.pop(settings.CSRF_COOKIE_NAME, None)
    return answer.status_code, headers, cookies, _TOKEN.sub(r"\1", answer.content.decode())


def later(browser: Browser) -> Browser:
    """The same browser when it brings nothing along any more of what its request is about."""
    browser.client.cookies.pop("lifeguard_opened", None)
    return browser


def ordinary(monkeypatch: pytest.MonkeyPatch, ask: Callable[[], object]) -> tuple[object, ...]:
    """What is answered where no page can be kept."""
    with monkeypatch.context() as patch:
        patch.setattr(page_state, "first_row", lambda sql, values: None)
        return told(ask())


def counted(ask: Callable[[], object]) -> tuple[int, object]:
    """How many statements an answer takes."""
    with CaptureQueriesContext(database) as found:
        response = ask()
    return len(found), response
