"""Counting what may be very much: up to a limit, beyond which nobody reads the digits."""

from typing import Any

from django.db.models import QuerySet
from django.utils.formats import number_format

LIMIT = 10_000


def count_up_to_limit(rows: QuerySet[Any]) -> int:
    """Count rows, and stop after one more than `LIMIT`, so that a count costs no more than that."""
    return rows.order_by()[: LIMIT + 1].count()


def in_digits(number: int) -> str:
    """Return a count as a page shows it; beyond `LIMIT`, where counting may have stopped, as "10,000+"."""
    return f"{number_format(min(number, LIMIT), force_grouping=True)}{'+' if number > LIMIT else ''}"
