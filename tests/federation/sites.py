"""The sign-in site as a process of its own, and a browser that goes between it and the dashboard."""

import re
from html import unescape
from typing import cast
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.http import HttpResponse
from django.test import Client


class TwoSites:
    """A browser: pages of the dashboard come from Django's test client, those of the sign-in site over HTTP.

    Cookies are kept apart by the names that the two sites give them.
    """

    def __init__(self) -> None:
        self.dashboard = Client(HTTP_HOST=urlsplit(settings.DASHBOARD_URL).netloc)
        self.signin = httpx.Client(timeout=60, follow_redirects=False)
        self.address = ""
        self.status = 0
        self.text = ""
        self.visited: list[str] = []

    def open(self, address: str) -> None:
        """Open an address and follow all redirects."""
        self._arrive(address, self._get(address))

    def submit(self, **fields: str) -> None:
        """Send the form of the page, which is one of the sign-in site, and follow all redirects."""
        self._arrive(self.address, self._send(fields))

    def submit_only(self, **fields: str) -> str:
        """Send the form of the page, and return where the answer leads without going there."""
        return self._send(fields).location

    def hidden(self) -> dict[str, str]:
        """The hidden fields of the page's form."""
        tags = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.text)
        return {name: unescape(value) for name, value in tags}

    def _send(self, fields: dict[str, str]) -> "_Answer":
        data = {**self.hidden(), **fields}
        response = self.signin.post(self.address, data=data, headers={"Origin": settings.SIGNIN_URL})
        return _Answer(response.status_code, response.text, response.headers.get("location", ""))

    def post_dashboard(self, path: str) -> None:
        """Send a form of the dashboard without fields."""
        response = cast(HttpResponse, self.dashboard.post(path))
        self._arrive(f"{settings.DASHBOARD_URL}{path}", _answer(response))

    def _arrive(self, address: str, answer: "_Answer") -> None:
        while answer.location:
            address = str(httpx.URL(address).join(answer.location))
            self.visited.append(address)
            answer = self._get(address)
        self.address, self.status, self.text = address, answer.status, answer.text

    def _get(self, address: str) -> "_Answer":
        if address.startswith(settings.DASHBOARD_URL):
            return _answer(cast(HttpResponse, self.dashboard.get(address.removeprefix(settings.DASHBOARD_URL))))
        response = self.signin.get(address)
        return _Answer(response.status_code, response.text, response.headers.get("location", ""))


class _Answer:
    def __init__(self, status: int, text: str, location: str) -> None:
        self.status, self.text, self.location = status, text, location


def _answer(response: HttpResponse) -> _Answer:
    return _Answer(response.status_code, response.content.decode(), response.get("Location", ""))
