"""What an answer tells: its status, headers and body without what differs between any two, and what it asked for.

Two answers that ask the same of the database take the same time, whatever a clock says on a busy machine.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

_TEXT, _NUMBER, _SAVEPOINT = re.compile(r"'(?:[^']|'')*'"), re.compile(r"\b\d+(?:\.\d+)?\b"), re.compile(r'"s\d+_x\d+"')
# A row of nobody's takes as long to write as somebody's.
_NOBODY = re.compile(r"(?<!IS )(?<!NOT )\bNULL\b|\?::uuid")
_CSRF = re.compile(r'(csrfmiddlewaretoken" value="|X-CSRFToken": ")\w+')
# Random of themselves, or of the moment.
_OF_THE_MOMENT = {"X-Request-ID", "Content-Security-Policy", "Content-Length"}


@dataclass(frozen=True)
class Told:
    """What somebody can tell from one answer.

    Args:
        status: of the response.
        headers: with cookies by their names.
        body: as it is shown.
        queries: the statements, in order, without their values.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str
    queries: tuple[str, ...]


def shape(sql: str) -> str:
    """Return a statement without the values in it."""
    return _NOBODY.sub("?", _NUMBER.sub("n", _TEXT.sub("?", _SAVEPOINT.sub("s", sql))))


def told(send: Callable[..., Any], *request: Any, asked: Collection[object] = (), **more: Any) -> Told:
    """Send a request and return what the answer tells.

    Args:
        send: sends it.
        request: what `send` is called with.
        asked: what the request named, which an answer may repeat.
        more: what `send` is called with, too.
    """
    with CaptureQueriesContext(connection) as captured:
        response = send(*request, **more)
    repeated = re.compile("|".join(_as_repeated(each) for each in asked) or r"(?!)")
    headers = {name: value for name, value in response.headers.items() if name not in _OF_THE_MOMENT}
    body = b"".join(response.streaming_content) if response.streaming else response.content
    text = body.decode().replace(response.headers.get("X-Request-ID", "\0"), "<request>")
    return Told(
        status=response.status_code,
        headers=(
            *((name, repeated.sub("<asked>", value)) for name, value in sorted(headers.items())),
            *(("cookie", name) for name in sorted(response.cookies)),
        ),
        body=repeated.sub("<asked>", _CSRF.sub(r"\1", text)),
        queries=tuple(shape(query["sql"]) for query in captured.captured_queries),
    )


def _as_repeated(named: object) -> str:
    """A small number stands for itself only in an address."""
    return rf"(?<=/){named}(?=/)" if isinstance(named, int) else re.escape(str(named))


def differences(one: Told, other: Told) -> list[str]:
    """Return where two answers differ, a line each."""
    found = [f"status {one.status} and {other.status}"] if one.status != other.status else []
    for what in ("headers", "queries"):
        left, right = getattr(one, what), getattr(other, what)
        found += [f"{what}: {each}" for each in (*left, *right) if (each in left) != (each in right)]
        found += [f"{what}: {len(left)} and {len(right)}"] if len(left) != len(right) else []
    lines = zip_longest(one.body.splitlines(), other.body.splitlines(), fillvalue="")
    return [*found, *(f"body: {left} and {right}" for left, right in lines if left != right)]
