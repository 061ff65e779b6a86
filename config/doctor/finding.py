"""What a check found."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is: a warning is something to know or to mend some day; a failure keeps the product from working."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class Finding:
    """One line of the report. `remedy` says what to do; it is empty only where nothing is to be done."""

    check: str
    level: Level
    message: str
    remedy: str = ""


def ok(check: str, message: str) -> Finding:
    """Return a finding that all is well."""
    return Finding(check, Level.OK, message)


def warning(check: str, message: str, remedy: str = "") -> Finding:
    """Return a finding of something to know, or to mend some day."""
    return Finding(check, Level.WARNING, message, remedy)


def failed(check: str, message: str, remedy: str) -> Finding:
    """Return a finding that keeps the product from working."""
    return Finding(check, Level.FAILED, message, remedy)
