"""Writing very many rows: PostgreSQL's COPY, from model instances."""

import json
from collections.abc import Iterable
from operator import attrgetter
from typing import Any, TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)


def copy_rows(model: type[Row], rows: Iterable[Row]) -> int:
    """Write new rows as they are, also the columns that a save would fill in by itself.

    Args:
        model: their table.
        rows: instances with every column set, except those that PostgreSQL fills in itself.

    Returns:
        how many there were.
    """
    counted = (models.AutoField, models.GeneratedField)
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, counted)]
    values = attrgetter(*(field.attname for field in fields))
    documents = [place for place, field in enumerate(fields) if isinstance(field, models.JSONField)]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    number = 0
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(_with_documents(values(row), documents) if documents else values(row))
            number += 1
    return number


def _with_documents(values: tuple[Any, ...], documents: list[int]) -> list[Any]:
    changed = list(values)
    for place in documents:
        changed[place] = json.dumps(changed[place])
    return changed
