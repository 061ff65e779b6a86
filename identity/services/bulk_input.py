"""Reading the people of a bulk job from a file, from pasted text or from JSON lines. Pure but for reading."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _

from tenants.errors import ValidationFailed
from tenants.text import clean_email, clean_name

MOST_ROWS = 50_000
MOST_BYTES = 10 * 1024 * 1024
# Longer ones are cut before they are kept: what is wrong with them can be said of their beginning.
_SHOWN = 254
_EMAIL_HEADS = frozenset({"email", "e-mail", "mail", "email address", "e-mail address"})
_NAME_HEADS = frozenset({"name", "full name", "display name"})


@dataclass(frozen=True)
class Person:
    """One line of input; `error` says as a sentence why it cannot be used."""

    line: int
    email: str
    name: str = ""
    error: str = ""


def read_csv(file: BinaryIO) -> Iterator[Person]:
    """Read a CSV file in UTF-8, with or without a byte order mark, line by line (RFC 4180).

    Its first line names the columns: "email" is needed, "name" is used, others are not. Commas or semicolons separate
    cells, as spreadsheets in different countries have it.

    Raises:
        ValidationFailed: it is no such file; `fields["file"]` says what is wrong.
    """
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        yield from _rows_of(text)
    except UnicodeDecodeError as error:
        raise _unreadable(_("The file is not in UTF-8. Save it as “CSV UTF-8” and upload it again.")) from error
    except csv.Error as error:
        raise _unreadable(_("The file is not a CSV file: %(reason)s.") % {"reason": error}) from error
    finally:
        # The file is its owner's to close.
        text.detach()


def read_pasted(text: str) -> Iterator[Person]:
    """Read lines of an e-mail address, then a comma (or a semicolon, or a tab) and the name, if there is one.

    A first line that names the columns is passed over.
    """
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        separator = next((each for each in ("\t", ",", ";") if each in line), ",")
        email, _separator, name = line.partition(separator)
        if number == 1 and email.strip().lower() in _EMAIL_HEADS:
            continue
        yield _person(number, email, name.strip().strip('"'))


def read_json_lines(file: Iterable[bytes]) -> Iterator[Person]:
    """Read a JSON object a line, with "email" and, if there is one, "name"."""
    for number, line in enumerate(file, start=1):
        if line.strip():
            yield _from_json(number, line)


def _from_json(number: int, line: bytes) -> Person:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return Person(number, "", error=_("This line is not JSON."))
    email = document.get("email") if isinstance(document, dict) else None
    name = document.get("name", "") if isinstance(document, dict) else None
    if not isinstance(email, str) or not isinstance(name, str):
        return Person(number, "", error=_("This line has no “email”, or one that is not text."))
    return _person(number, email, name)


def _rows_of(text: io.TextIOWrapper) -> Iterator[Person]:
    head = text.readline()
    reader = csv.reader(text, delimiter=_delimiter(head), strict=True)
    names = [cell.strip().lower() for cell in next(csv.reader([head], delimiter=_delimiter(head)), [])]
    email_at = next((place for place, name in enumerate(names) if name in _EMAIL_HEADS), None)
    name_at = next((place for place, name in enumerate(names) if name in _NAME_HEADS), None)
    if email_at is None:
        raise _unreadable(_("The first line must name the columns, and one of them must be “email”."))
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        email = cells[email_at] if email_at < len(cells) else ""
        name = cells[name_at] if name_at is not None and name_at < len(cells) else ""
        yield _person(reader.line_num + 1, email, name)


def _delimiter(head: str) -> str:
    return max((",", ";", "\t"), key=head.count)


def _person(line: int, email: str, name: str) -> Person:
    try:
        return Person(line, clean_email(email), clean_name(name))
    except ValidationFailed as error:
        shown = "".join(letter if letter.isprintable() else " " for letter in email[:_SHOWN]).strip()
        return Person(line, shown, error=next(iter(error.fields.values())))


def _unreadable(message: str) -> ValidationFailed:
    return ValidationFailed(message, fields={"file": message})
