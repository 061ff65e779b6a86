"""Statements that are prepared go on where the tables that they read become others."""

from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection, transaction

from tenants.statements import first_row

pytestmark = pytest.mark.django_db(transaction=True)
_READ = "SELECT name FROM a_table_of_a_test WHERE id = %(id)s"


def _do(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def table() -> Iterator[None]:
    """A table with one row."""
    _do("CREATE TABLE a_table_of_a_test (id int, name varchar(5))")
    _do("INSERT INTO a_table_of_a_test VALUES (1, 'Ada')")
    yield
    _do("DROP TABLE a_table_of_a_test")


def _session() -> int:
    """The server's process behind the connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _migrate_elsewhere(length: int) -> None:
    """A column becomes longer by another connection, as by a migration beside servers that run."""
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute(f"ALTER TABLE a_table_of_a_test ALTER name TYPE varchar({length})")
    other.close()


def test_a_column_that_a_migration_changed_is_read(table: None) -> None:
    """PostgreSQL refuses the plan that it kept ("cached plan must not change result type"), each time again."""
    assert first_row(_READ, {"id": 1}) == ("Ada",)
    _migrate_elsewhere(50)
    assert [first_row(_READ, {"id": 1}) for _turn in range(2)] == [("Ada",), ("Ada",)]


def test_it_is_read_again_after_a_transaction_that_failed_of_it(table: None) -> None:
    """Inside one nothing can be sent again; what was rolled back has no plans any more."""
    assert first_row(_READ, {"id": 1}) == ("Ada",)
    _migrate_elsewhere(60)
    with pytest.raises(Exception, match="cached plan"), transaction.atomic():
        first_row(_READ, {"id": 1})
    assert first_row(_READ, {"id": 1}) == ("Ada",)


def test_it_is_read_by_another_connection_where_the_server_ended_it(table: None) -> None:
    assert first_row(_READ, {"id": 1}) == ("Ada",)
    before = _session()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [before])
    other.close()
    assert first_row(_READ, {"id": 1}) == ("Ada",)
    assert _session() != before


def test_what_took_too_long_is_not_asked_again() -> None:
    """On a new connection, where nothing limits it here, it would be answered."""
    before = _session()
    _do("SET statement_timeout = 50")
    try:
        with pytest.raises(OperationalError, match="statement timeout"):
            first_row("SELECT pg_sleep(%(seconds)s)::text", {"seconds": 3600})
        _do("RESET statement_timeout")
        assert _session() == before
    finally:
        connection.close()
