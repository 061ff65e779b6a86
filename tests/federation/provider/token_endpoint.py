"""The token endpoint and userinfo, as tests ask them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection
from django.test import Client

from tests.federation.browser import Browser


def code_of(browser: Browser, **changed: str | None) -> str:
    browser.authorize(organization="acme", **changed)
    return browser.answer()["code"]


def error(response: Any, status: int = 400) -> str:
    assert response.status_code == status, response.content
    assert response["Cache-Control"] == "no-store"
    assert "access_token" not in response.json()
    return str(response.json()["error"])


def at_once(count: int, call: Callable[[], Any]) -> list[Any]:
    """Call from several threads at once, each with a database connection of its own."""

    def run(_: int) -> Any:
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def userinfo(access_token: str) -> Any:
    return Client().get("/oauth2/userinfo", headers={"Authorization": f"Bearer {access_token}"})
