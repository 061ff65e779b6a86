"""A browser without JavaScript: follows our pages by their forms, and the application's side of the protocol."""

import base64
import hashlib
import json
import re
import secrets
from html import unescape
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from federation.levels import acr_of
from federation.models import BrowserSession
from federation.tokens import hash_token, new_token
from identity.models import DirectoryUser
from tenants.models import Application

SECRET = "application-secret"


def json_of(response: HttpResponse) -> dict[str, Any]:
    """The JSON object that an endpoint answered with."""
    document: dict[str, Any] = json.loads(response.content)
    return document


class Browser:
    """One browser, and what the application that it was sent by remembers."""

    def __init__(self, application: Application) -> None:
        self.application = application
        # From a network of its own: what other tests did in this hour is not counted against it.
        network = f"2001:db8:{secrets.token_hex(2)}:{secrets.token_hex(2)}::1"
        self.client = Client(enforce_csrf_checks=True, REMOTE_ADDR=network)
        self.verifier = secrets.token_urlsafe(48)
        self.nonce = secrets.token_urlsafe(16)
        self.state = secrets.token_urlsafe(16)
        self.page = cast(HttpResponse, None)
        self.address = ""

    def parameters(self, **changed: str | None) -> dict[str, str]:
        """A right authorization request, with `changed` replaced; None leaves one out."""
        right: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.application.client_id,
            "redirect_uri": self.application.redirect_uris[0],
            "scope": "openid profile email",
            "state": self.state,
            "nonce": self.nonce,
            "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in {**right, **changed}.items() if value is not None}

    def hold_session(self, user: DirectoryUser, *, amr: tuple[str, ...] = ("pwd",)) -> BrowserSession:
        """Have a session of `user` in this browser, as a sign-in leaves it."""
        token, now = new_token(), timezone.now()
        session: BrowserSession = BrowserSession.objects.create(
            tenant=user.tenant,
            user=user,
            token_hash=hash_token(token),
            amr=list(amr),
            acr=acr_of(list(amr)),
            auth_time=now,
            last_seen_at=now,
        )
        self.client.cookies[f"lifeguard_sso_{user.tenant.key}"] = token
        return session

    def authorize(self, **changed: str | None) -> HttpResponse:
        """Send the browser to the authorization endpoint; follow redirects within the sign-in host."""
        return self._follow(self.client.get("/oauth2/authorize", self.parameters(**changed)), "/oauth2/authorize")

    def get(self, address: str) -> HttpResponse:
        """Open a page."""
        return self._follow(self.client.get(address), address)

    def submit(self, **fields: str) -> HttpResponse:
        """Fill in the page's form and send it, with its hidden fields."""
        return self.submit_to(self.form_action(), **fields)

    def submit_to(self, address: str, **fields: str) -> HttpResponse:
        """Send the page's form to another address than its own."""
        return self._follow(self.client.post(address, {**self.hidden(), **fields}), address)

    def sign_in(self, email: str, password: str, **changed: str | None) -> HttpResponse:
        """Go from the application to the password page, and send the password."""
        self.authorize(**changed)
        return self.submit(email=email, password=password)

    def hidden(self) -> dict[str, str]:
        """The hidden fields of the page's form."""
        tags = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.text)
        return {name: unescape(value) for name, value in tags}

    def form_action(self) -> str:
        """Where the page's form goes."""
        found = re.search(r'<form[^>]*action="([^"]+)"', self.text)
        return unescape(found[1]) if found else self.address

    @property
    def text(self) -> str:
        """The page."""
        return self.page.content.decode()

    def answer(self) -> dict[str, str]:
        """The parameters that the browser brought back to the application."""
        location = self.page["Location"]
        assert location.startswith(self.application.redirect_uris[0]), location
        return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}

    def exchange(self, code: str, **changed: str | None) -> HttpResponse:
        """The application's call of the token endpoint, authenticated in the body; None leaves a parameter out."""
        right: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.application.redirect_uris[0],
            "code_verifier": self.verifier,
            "client_id": self.application.client_id,
            "client_secret": SECRET,
        }
        return self.token({**right, **changed})

    def refresh(self, refresh_token: str, **changed: str | None) -> HttpResponse:
        """The application's call with a refresh token."""
        right: dict[str, str | None] = {
            "grant_type": "refresh_token",
            "refresh_token": refresh_token,
            "client_id": self.application.client_id,
            "client_secret": SECRET,
        }
        return self.token({**right, **changed})

    def token(self, parameters: dict[str, str | None]) -> HttpResponse:
        """Call the token endpoint; not the browser does that, so no cookie goes with it."""
        sent = {name: value for name, value in parameters.items() if value is not None}
        return cast(HttpResponse, Client().post("/oauth2/token", sent))

    def tokens_from_session(self, **changed: str | None) -> dict[str, Any]:
        """Have the session answer the application, and exchange the code."""
        self.authorize(organization="acme", **changed)
        answer = self.exchange(self.answer()["code"])
        assert answer.status_code == 200, answer.content
        return json_of(answer)

    def tokens(self, email: str, password: str, **changed: str | None) -> dict[str, Any]:
        """Sign in and exchange the code."""
        self.sign_in(email, password, **changed)
        answer = self.exchange(self.answer()["code"])
        assert answer.status_code == 200, answer.content
        return json_of(answer)

    def _follow(self, response: Any, address: str) -> HttpResponse:
        self.page, self.address = response, address
        while self.page.status_code in {302, 303} and self.page["Location"].startswith("/"):
            self.address = self.page["Location"]
            self.page = cast(HttpResponse, self.client.get(self.address))
        return self.page


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a PKCE verifier (RFC 7636 section 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
