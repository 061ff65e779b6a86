"""One-time codes in the text of mails and text messages."""

import re

from tests.support.mail import Mailbox, body_text

# Six to eight digits, or eight in two groups, that stand alone: an address such as ann-12345678@acme.example has none.
_CODE = re.compile(r"(?<![\w@.+-])(?:\d{4} \d{4}|\d{6,8})(?![\w@-])")


def code_if_any(text: str) -> str | None:
    """Find the first one-time code, where there is one."""
    found = _CODE.search(text)
    return found[0] if found else None


def code_in(text: str) -> str:
    """Find the one-time code of a text that has one.

    Raises:
        AssertionError: it has none.
    """
    code = code_if_any(text)
    assert code is not None, text
    return code


def mailed_code(mailbox: Mailbox, email: str, *, count: int = 1) -> str:
    """Wait until somebody has `count` mails, and return the code in the newest."""
    return code_in(body_text(mailbox.wait_for(email, count=count)))
