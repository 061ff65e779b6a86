"""What a log line must not hold: secrets, codes, and who a person is. Pure.

Two nets. Values under names that speak of secrets go whole; in every text, whatever looks like a secret goes, because
messages of libraries and tracebacks are written by others.
"""

import re
from collections.abc import Mapping
from typing import Any

HIDDEN = "[hidden]"
_NAMES = re.compile(
    r"passw|secret|token|authorization|cookie|credential|otp|verifier|assertion|saml_?response|private_?key|api_?key"
    r"|e_?mail|phone",
    re.IGNORECASE,
)
_TEXTS = (
    # Addresses that are a secret in themselves: whoever reads one could accept the invitation or set the password.
    (re.compile(r"(/invitation/|/password/reset/key/)[^/\s\"'?]+"), rf"\1{HIDDEN}"),
    # A query may hold codes, states and addresses of people; the path is enough to find one's way.
    (re.compile(r"\?[\w.%~+-]+=[^\s\"'<>]*"), f"?{HIDDEN}"),
    # A password in the address of a server (RFC 3986 section 3.2.1).
    (re.compile(r"(://[^\s/:@\"']*):[^\s/@\"']+@"), rf"\1:{HIDDEN}@"),
    (re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE), rf"\1 {HIDDEN}"),
    # JSON Web Tokens in compact form begin with the encoded `{"` (RFC 7515 section 7.1).
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), HIDDEN),
    # People's addresses: the domain stays, which tells whose mail server was meant. `celery@host` is no person.
    (re.compile(r"(?<![\w.+@-])(?!celery@)[\w.+%-]+@((?:[\w-]+\.)+[A-Za-z]{2,})"), rf"{HIDDEN}@\1"),
)


def clean(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a line with what must not be logged left out, also inside lists and mappings."""
    return {name: HIDDEN if _NAMES.search(name) and value else _cleaned(value) for name, value in fields.items()}


def clean_text(text: str) -> str:
    """Return a text with what looks like a secret, a query or a person's address left out."""
    for pattern, replacement in _TEXTS:
        text = pattern.sub(replacement, text)
    return text


def _cleaned(value: Any) -> Any:
    match value:
        case None | bool() | int() | float():
            return value
        case Mapping():
            return clean({str(name): inner for name, inner in value.items()})
        case list() | tuple() | set() | frozenset():
            return [_cleaned(inner) for inner in value]
        case _:
            return clean_text(str(value))
