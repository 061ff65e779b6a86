"""Pages that are nearly the same for everybody, kept in the process with the places of what differs cut out.

A page is rendered from a template and from what a tenant has, without any HTTP request: where a person's values go,
marks go that nobody knows (new in each process). So there is nothing of anybody in a page that is kept, and what is
answered is the kept text with the values of this answer put in. ADR 0025 says why, and what a page is kept by.
"""

import re
import secrets
import uuid
from collections.abc import Hashable
from dataclasses import dataclass
from urllib.parse import quote_plus

from tenants.memory import Memory

# In place of the CSRF token, of the id of the application's request, and of an address that was typed. The address
# stands in query strings alone, as `quote_plus` writes it, and so means nothing in HTML either.
TOKEN, REQUEST, ADDRESS = (
    secrets.token_hex(32),
    uuid.UUID(bytes=secrets.token_bytes(16), version=4),
    secrets.token_hex(32),
)
_TOKEN, _REQUEST, _ADDRESS = TOKEN.encode(), str(REQUEST).encode(), ADDRESS.encode()
_MARKS = re.compile(b"(%b|%b|%b)" % (_TOKEN, _REQUEST, _ADDRESS))
# About 6 KB each.
_MOST = 1000
# A version of a row is unique within one history of the database. After a restore or a failover that lost something
# it could come again, so that no page is kept for longer than this.
_SECONDS = 300


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A page without what differs.

    Args:
        pieces: the text, and at every second place a mark.
        leads_to: the origins of the application to which its form's answer may lead (`federation.signin.pages.page`).
        knows_browsers: whether it is another one in a browser in which somebody with a passkey signed in before.
    """

    pieces: tuple[bytes, ...]
    leads_to: tuple[str, ...] = ()
    knows_browsers: bool = False

    @classmethod
    def of(cls, html: str, *, leads_to: tuple[str, ...] = (), knows_browsers: bool = False) -> "KeptPage":
        """Cut a page that was rendered with marks."""
        return cls(tuple(_MARKS.split(html.encode())), leads_to, knows_browsers)

    def filled(self, *, token: str, request_id: str, address: str = "") -> bytes:
        """Return the page with the values of one answer.

        Args:
            token: the CSRF token.
            request_id: of the application's request.
            address: that was typed, where the page leads on with one.
        """
        request, typed = request_id.encode(), quote_plus(address).encode()
        values = {_TOKEN: token.encode(), _REQUEST: request, _ADDRESS: typed}
        pieces = list(self.pieces)
        pieces[1::2] = [values[mark] for mark in pieces[1::2]]
        return b"".join(pieces)


KEPT: Memory[Hashable, KeptPage] = Memory(most=_MOST, seconds=_SECONDS)
