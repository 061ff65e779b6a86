"""The mail that arrived at the stack's SMTP sink."""

import functools
import mailbox
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from email.utils import getaddresses
from pathlib import Path
from typing import cast

from tests.support.waiting import eventually


class Mailbox:
    """Reads the Maildir that the SMTP sink fills.

    All tests share the sink, so each should write to an address of its own, or call `clear` first.
    """

    def __init__(self, maildir: Path) -> None:
        self._maildir = maildir

    def messages_to(self, recipient: str) -> list[EmailMessage]:
        """The messages whose envelope named `recipient`, oldest first."""
        return [message for message in self._all() if recipient.lower() in _recipients(message)]

    def wait_for(self, recipient: str, *, count: int = 1) -> EmailMessage:
        """Wait until `recipient` has `count` messages or more, and return the newest."""

        def arrived() -> list[EmailMessage]:
            found = self.messages_to(recipient)
            return found if len(found) >= count else []

        return eventually(arrived)[-1]

    def clear(self) -> None:
        """Throw all mail away."""
        mailbox.Maildir(self._maildir).clear()

    def _all(self) -> list[EmailMessage]:
        # Files of a Maildir are complete once they are in `new`; their names begin with the time of delivery.
        paths = sorted((self._maildir / "new").iterdir(), key=lambda path: path.stat().st_mtime_ns)
        return [_read(path) for path in paths]


# Nobody writes to a file that is there; without this each look reads all mail of all tests before.
@functools.cache
def _read(path: Path) -> EmailMessage:
    return BytesParser(policy=default).parsebytes(path.read_bytes())


def body_text(message: EmailMessage) -> str:
    """The text part of a message, or its HTML where it has no text."""
    part = message.get_body(preferencelist=("plain", "html"))
    assert part is not None, "the message has no text"
    return cast(str, part.get_content())


def _recipients(message: EmailMessage) -> set[str]:
    return {address.lower() for _, address in getaddresses(message.get_all("X-Envelope-To", []))}
