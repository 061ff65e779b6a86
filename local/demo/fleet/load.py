"""Writing very many rows: PostgreSQL's COPY, from model instances."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault

Row = TypeVar("Row", bound=models.Model)


def copy_rows(model: type[Row], rows: Iterable[Row]) -> int:
    """Write new rows as they are, also the columns that a save would fill in by itself.

    Args:
        model: their table.
        rows: instances with every column set, except those that PostgreSQL fills in itself in all of them.

    Returns:
        how many there were.
    """
    remaining = iter(rows)
    first = next(remaining, None)
    if first is None:
        return 0
    fields = [field for field in model._meta.concrete_fields if not _filled_in(field, first)]
    values = attrgetter(*(field.attname for field in fields))
    documents = [place for place, field in enumerate(fields) if isinstance(field, models.JSONField)]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    number = 0
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN") as copy,
    ):
        for row in chain([first], remaining):
            copy.write_row(_with_documents(values(row), documents) if documents else values(row))
            number += 1
    return number


def _filled_in(field: models.Field[Any, Any], row: models.Model) -> bool:
    """Say whether PostgreSQL gives a column its value: it counts up, it is computed, or it has a default there."""
    by_itself = isinstance(field, models.AutoField | models.GeneratedField)
    return by_itself or isinstance(getattr(row, field.attname), DatabaseDefault)


def _with_documents(values: tuple[Any, ...], documents: list[int]) -> list[Any]:
    changed = list(values)
    for place in documents:
        changed[place] = json.dumps(changed[place])
    return changed
