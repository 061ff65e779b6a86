"""Queries that are asked at nearly every request: written by the ORM once, and sent with other values from then on.

To build a query of several tables takes the ORM some milliseconds of processor time, and PostgreSQL answers it by
primary keys in a tenth of one (`tenants.statements`). What is kept is the SQL; rows are read each time.
"""

import uuid
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import connection
from django.db.models import QuerySet

from tenants.statements import first_row

Row = TypeVar("Row", bound=NamedTuple)

# Stands for the value that a query is asked with, while its SQL is written.
_PLACE = uuid.UUID("5ec0de00-0000-4000-8000-000000000000")


class KeptQuery(Generic[Row]):
    """A query that finds one row at most by one UUID.

    Args:
        row: what a row is returned as; its fields are in the order of the query's columns.
        build: makes the query, of `values_list`, for a UUID.
    """

    def __init__(self, row: type[Row], build: Callable[[uuid.UUID], QuerySet[Any, Any]]) -> None:
        self._row = row
        self._build = build
        self._sql = ""
        self._values: tuple[Any, ...] = ()

    def one(self, key: uuid.UUID) -> Row | None:
        """Return the row that is found by a UUID, as it is now."""
        if not self._sql:
            self._write()
        found = first_row(self._sql, [key if value == _PLACE else value for value in self._values])
        return None if found is None else self._row._make(found)

    def _write(self) -> None:
        """Have the ORM write the SQL. Two threads may do so at once, with the same outcome.

        Raises:
            ValueError: its columns are not the row's, or have to be read in a way that only the ORM knows.
        """
        compiler = self._build(_PLACE).query.get_compiler(connection=connection)
        sql, values = compiler.as_sql()
        columns = [column for column, *_name in compiler.select]
        if len(columns) != len(self._row._fields) or compiler.get_converters(columns):
            raise ValueError(f"{self._row.__name__} is not what its query finds.")
        self._values, self._sql = tuple(values), sql
