"""Statements that PostgreSQL plans once for a connection: for answers that are given often and must cost little."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import DatabaseError, InterfaceError, NotSupportedError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import Cursor
from psycopg import Error as ServerError
from psycopg.rows import TupleRow

# Its published types leave out what is used here.
_database: Any = connection
Values = Mapping[str, object] | Sequence[object]
# After these the server ends the session (PostgreSQL documentation, "Message Severity Levels").
_LAST_WORDS = {"FATAL", "PANIC"}


class _Prepared(Cursor[TupleRow]):
    """A cursor that leaves the values to the server. Django's puts them into the text, which is then planned anew."""

    def execute(self, query: Any, params: Any = None, **_more: Any) -> Any:
        """Send a statement; the first time on a connection it is prepared.

        Django switches that off for its connections (`prepare_threshold`), and goes on to have it so.
        """
        self.connection.prepare_threshold = 0
        try:
            return super().execute(query, params, prepare=True)
        finally:
            self.connection.prepare_threshold = None


def keep_plans(sender: object, connection: BaseDatabaseWrapper, **_more: object) -> None:
    """Have a new connection plan a prepared statement once, and not for the values of each time.

    What is asked here goes by keys alone, so that the values make no difference to the plan; but to find it takes ten
    times as long as to carry it out (PostgreSQL documentation, "PREPARE", Notes). Django itself prepares nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET plan_cache_mode = force_generic_plan")


def first_row(sql: str, values: Values) -> Any:
    """Return the first row of a statement that only reads, a tuple; None where there is none.

    Whether the connection still stands is not asked beforehand, as Django does once a request: where it is gone, the
    statement is sent once more on a new one. So it is where a migration beside us changed a column: PostgreSQL refuses
    the plan that it kept each time again ("cached plan must not change result type"). In a transaction neither can be;
    what rolls it back forgets the plans. Whatever else fails is not tried again: what ran out of its time would have
    a busy server do it twice.

    Args:
        sql: the statement, with places such as `%(name)s`; always the same text, since a connection keeps its plan.
        values: for the places.
    """
    was_open = _database.connection is not None
    try:
        return _first_row(sql, values)
    except (DatabaseError, InterfaceError) as error:
        if _database.in_atomic_block or not was_open or not (isinstance(error, NotSupportedError) or _is_gone(error)):
            raise
        _database.close()
        return _first_row(sql, values)


def _is_gone(error: Exception) -> bool:
    """Say whether the connection ended with an error, or before it. Its end can reach us later than the reason."""
    cause = error.__cause__
    said = cause.diag.severity_nonlocalized if isinstance(cause, ServerError) else None
    return said in _LAST_WORDS or _database.connection is None or _database.connection.closed


def _first_row(sql: str, values: Values) -> Any:
    _database.ensure_connection()
    if _database.queries_logged or _database.execute_wrappers:
        found = _watched(sql, values)
    else:
        with _database.wrap_database_errors:
            cursor = _Prepared(_database.connection)
            cursor.execute(sql, values)
            found = cursor.fetchone()
            cursor.close()
    _database.health_check_done = True
    return found


def _watched(sql: str, values: Values) -> Any:
    """By Django's own cursor, for whoever watches statements. Of a prepared one the log would have no text."""
    plain = Cursor(_database.connection)
    with _database.make_debug_cursor(plain) if _database.queries_logged else _database.make_cursor(plain) as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()
