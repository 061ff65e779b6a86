"""Who is signed in at the SAML provider itself, until its process ends."""

import secrets
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response

_COOKIE = "harbour"


@dataclass
class Session:
    """A browser whose person wanted to stay signed in.

    Attributes:
        indexes: SessionIndex by NameID of the assertions that went out in it.
    """

    person_id: str
    indexes: dict[str, str] = field(default_factory=dict)


class Sessions:
    """All of them, by the cookie's value."""

    def __init__(self) -> None:
        self._by_value: dict[str, Session] = {}

    def of(self, request: Request) -> Session | None:
        """The browser's."""
        return self._by_value.get(request.cookies.get(_COOKIE, ""))

    def begin(self, person_id: str) -> tuple[str, Session]:
        """A new one, with the value that `keep` gives the browser."""
        value = secrets.token_urlsafe(32)
        self._by_value[value] = Session(person_id)
        return value, self._by_value[value]

    def keep(self, response: Response, value: str) -> None:
        """Give the browser its session."""
        response.set_cookie(_COOKIE, value, httponly=True, samesite="lax")

    def end(self, request: Request) -> None:
        """End the browser's."""
        self._by_value.pop(request.cookies.get(_COOKIE, ""), None)

    def end_by_index(self, index: str, name_id: str) -> None:
        """End the one in which an assertion of this SessionIndex went out about this NameID."""
        for value, session in list(self._by_value.items()):
            if session.indexes.get(index) == name_id:
                del self._by_value[value]
