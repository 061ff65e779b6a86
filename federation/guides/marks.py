"""The two marks of a guide's texts: ``**label**`` for what stands in the IdP's screens, backticks for what is typed."""

import re

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

MARK = re.compile(r"`(?P<code>[^`]+)`|\*\*(?P<label>[^*`]+)\*\*")


class UnbalancedMarks(ValueError):
    """A mark that opens and does not close, or encloses nothing."""


def check(text: str) -> None:
    """Raise ``UnbalancedMarks`` where ``to_html`` would."""
    rest = MARK.sub("", text)
    for mark in ("`", "**"):
        if mark in rest:
            raise UnbalancedMarks(f"{mark} opens and does not close, or encloses nothing")


def to_html(text: str) -> SafeString:
    """Turn a guide's text into HTML: ``<strong>`` and ``<code>`` for the marks, everything else escaped.

    Raises:
        UnbalancedMarks: the marks do not pair.
    """
    check(text)
    pieces: list[SafeString] = []
    end = 0
    for found in MARK.finditer(text):
        pieces.append(format_html("{}", text[end : found.start()]))
        pieces.append(_marked(found))
        end = found.end()
    pieces.append(format_html("{}", text[end:]))
    return format_html_join("", "{}", ((piece,) for piece in pieces))


def to_plain(text: str) -> str:
    """Return a guide's text without its marks, for who reads it as no HTML."""
    return MARK.sub(lambda found: found["code"] or found["label"], text)


def _marked(found: re.Match[str]) -> SafeString:
    if (code := found["code"]) is not None:
        return format_html("<code>{}</code>", code)
    return format_html("<strong>{}</strong>", found["label"])
