"""Reads one table of a guide's file strictly: each fault names the file and the field."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from federation.guides import marks

Choice = TypeVar("Choice", bound=StrEnum)

# In characters. A field is a label on a screen; a text is read beside it, so it stays a paragraph.
LONGEST_LABEL = 200
LONGEST_TEXT = 1200


class GuideError(ValueError):
    """A guide's file that breaks the format; the message names the file and the field."""


class Table:
    """A table of a TOML file, taken apart key by key. ``end`` refuses the keys that nobody asked for.

    Args:
        where: the file and the path to the table, for messages.
        values: the table as tomllib gives it.
    """

    def __init__(self, where: str, values: Mapping[str, object]) -> None:
        self.where = where
        self._values = dict(values)

    def fault(self, key: str, message: str) -> GuideError:
        """The error about one key of this table."""
        return GuideError(f"{self.where}{key}: {message}")

    def has(self, key: str) -> bool:
        """Whether the key is there and was not read yet."""
        return key in self._values

    def end(self) -> None:
        """Raise ``GuideError`` where a key is left that the format does not know."""
        for key in self._values:
            raise self.fault(key, "is not a field of the format")

    def label(self, key: str, *, optional: bool = False) -> str:
        """A plain text of one line, without marks."""
        text = self._string(key, optional=optional)
        return self._one_line(key, text)

    def text(self, key: str, *, optional: bool = False) -> str:
        """A text with balanced marks; its line breaks are those of the file and mean nothing."""
        text = " ".join(self._string(key, optional=optional).split())
        if len(text) > LONGEST_TEXT:
            raise self.fault(key, f"has {len(text)} characters, more than {LONGEST_TEXT}")
        try:
            marks.check(text)
        except marks.UnbalancedMarks as error:
            raise self.fault(key, str(error)) from error
        return text

    def verbatim(self, key: str) -> str:
        """A text to be copied as it is; it may have several lines."""
        text = self._string(key, optional=False).strip("\n")
        if len(text) > LONGEST_TEXT:
            raise self.fault(key, f"has {len(text)} characters, more than {LONGEST_TEXT}")
        return text

    def number(self, key: str) -> int:
        """A whole number from 0."""
        value = self._take(key)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.fault(key, "must be a whole number from 0")
        return value

    def flag(self, key: str) -> bool:
        """True or false."""
        value = self._take(key)
        if not isinstance(value, bool):
            raise self.fault(key, "must be true or false")
        return value

    def day(self, key: str) -> date:
        """A date without a time."""
        value = self._take(key)
        if isinstance(value, datetime) or not isinstance(value, date):
            raise self.fault(key, "must be a date such as 2026-11-21")
        return value

    def choice(self, key: str, choices: type[Choice]) -> Choice:
        """One of the values of an enum."""
        return self._chosen(key, self._take(key), choices)

    def choices(self, key: str, choices: type[Choice]) -> tuple[Choice, ...]:
        """A list of values of an enum, each at most once; empty where the key is absent."""
        chosen = tuple(self._chosen(key, value, choices) for value in self._list(key))
        if len(set(chosen)) < len(chosen):
            raise self.fault(key, "names a value twice")
        return chosen

    def labels(self, key: str) -> tuple[str, ...]:
        """A list of plain texts of one line; empty where the key is absent."""
        found = []
        for number, value in enumerate(self._list(key), start=1):
            name = f"{key}.{number}"
            if not isinstance(value, str) or not value.strip():
                raise self.fault(name, "must be a text that is not empty")
            found.append(self._one_line(name, value))
        return tuple(found)

    def table(self, key: str) -> "Table":
        """The table under a key."""
        return self._table(key, self._take(key))

    def tables(self, key: str) -> "tuple[Table, ...]":
        """The tables under a key, counted from 1 in messages; none where the key is absent."""
        return tuple(self._table(f"{key}.{number}", value) for number, value in enumerate(self._list(key), start=1))

    def _take(self, key: str) -> object:
        if key not in self._values:
            raise self.fault(key, "is missing")
        return self._values.pop(key)

    def _string(self, key: str, *, optional: bool) -> str:
        if optional and key not in self._values:
            return ""
        value = self._take(key)
        if not isinstance(value, str):
            raise self.fault(key, "must be a text")
        if not optional and not value.strip():
            raise self.fault(key, "is empty")
        return value

    def _one_line(self, key: str, text: str) -> str:
        if not all(character.isprintable() for character in text):
            raise self.fault(key, "must be one line of printable characters")
        if text != text.strip():
            raise self.fault(key, "begins or ends with a space")
        if len(text) > LONGEST_LABEL:
            raise self.fault(key, f"has {len(text)} characters, more than {LONGEST_LABEL}")
        return text

    def _chosen(self, key: str, value: object, choices: type[Choice]) -> Choice:
        for choice in choices:
            if value == choice.value:
                return choice
        raise self.fault(key, f"{value!r} is not one of {', '.join(choices)}")

    def _list(self, key: str) -> list[object]:
        value = self._values.pop(key, [])
        if not isinstance(value, list):
            raise self.fault(key, "must be a list")
        return value

    def _table(self, name: str, value: object) -> "Table":
        if not isinstance(value, dict):
            raise self.fault(name, "must be a table")
        return Table(f"{self.where}{name}.", value)
