"""Who is signed in. The cookie holds a random id; tokens never leave the server."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

_KEY = "login"


@dataclass(frozen=True)
class Login:
    """One signed-in person: the verified claims of the ID token, and the tokens."""

    claims: Mapping[str, Any]
    id_token: str
    access_token: str
    refresh_token: str | None


class Logins:
    """All logins of this process, in memory: the application forgets them when it stops."""

    def __init__(self) -> None:
        self._by_id: dict[str, Login] = {}

    def of(self, request: Request) -> Login | None:
        """The login of the browser that asks."""
        return self._by_id.get(request.session.get(_KEY, ""))

    def begin(self, request: Request, login: Login) -> None:
        """Sign the browser in under a new id, so that an id it had before is worth nothing."""
        self.end(request)
        request.session[_KEY] = secrets.token_urlsafe(32)
        self._by_id[request.session[_KEY]] = login

    def end(self, request: Request) -> Login | None:
        """Sign the browser out, and return what it had."""
        return self._by_id.pop(request.session.pop(_KEY, ""), None)

    def end_session(self, session_id: str) -> None:
        """Sign out every browser that came by one session of the provider's (`sid` of the ID token)."""
        self._by_id = {key: login for key, login in self._by_id.items() if login.claims.get("sid") != session_id}
