"""A device without a browser: begins a request, and asks whether it was granted."""

from typing import Any, cast

from authlib.oauth2.rfc8628 import DEVICE_CODE_GRANT_TYPE
from django.http import HttpResponse
from django.test import Client

from federation.models import DeviceGrant
from tenants.models import Application
from tests.federation.browser import Browser, json_of


class Device:
    """One device at an application, which is public without `secret`, and the codes that it got."""

    def __init__(self, application: Application, *, secret: str = "") -> None:
        self.application = application
        self.proof = {"client_id": application.client_id, **({"client_secret": secret} if secret else {})}
        self.codes: dict[str, Any] = {}

    def begin(self, **asked: str) -> dict[str, Any]:
        """Begin a request; return the codes."""
        answer = self.asked_to_begin(**asked)
        assert answer.status_code == 200, answer.content
        self.codes = json_of(answer)
        return self.codes

    def asked_to_begin(self, **asked: str) -> HttpResponse:
        """Begin a request; return the answer."""
        sent = {**self.proof, "scope": "openid email", **asked}
        return cast(HttpResponse, Client().post("/oauth2/device_authorization", sent))

    def poll(self, **changed: str) -> HttpResponse:
        """Ask for tokens."""
        sent = {
            "grant_type": DEVICE_CODE_GRANT_TYPE,
            "device_code": self.codes["device_code"],
            **self.proof,
            **changed,
        }
        return cast(HttpResponse, Client().post("/oauth2/token", sent))

    def error(self, **changed: str) -> str:
        """Ask for tokens; return the error."""
        answer = self.poll(**changed)
        assert answer.status_code == 400, answer.content
        return str(json_of(answer)["error"])

    def has_waited(self) -> None:
        """Let the time pass that lies between two questions."""
        DeviceGrant.objects.update(asked_at=None)


def enter(person: Browser, code: str) -> None:
    """Type a device's code, as the page asks for it."""
    person.get("/device")
    person.submit(user_code=code)
