"""How the database is emptied after a test with transactions of its own.

Django truncates every table and makes its content types and permissions anew each time, which takes longer than most
tests do. Few tables have rows after a test, and what the migrations made is not a test's to remove.
"""

from collections.abc import Sequence
from functools import cache

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import TransactionTestCase
from psycopg import sql

from federation.models import SigningKey
from federation.services.signing_keys import ensure_signing_keys
from identity.models import PullState
from tenants.models import AuditEvent

_MADE_BY_MIGRATING = {ContentType._meta.db_table, Permission._meta.db_table}
# Its rows cannot be deleted, by a trigger; nothing refers to them.
_AUDIT = AuditEvent._meta.db_table


def empty_quickly() -> None:
    """Have tests with transactions of their own end with `empty` in place of Django's `flush`.

    Every test finds signing keys, as after `manage.py setup`: making two takes longer than most tests that need them.
    """
    ensure_signing_keys()
    keys = list(SigningKey.objects.all())
    # Django offers no other place to say so.
    TransactionTestCase._fixture_teardown = lambda case: empty(keys)  # type: ignore[attr-defined]  # noqa: SLF001


@transaction.atomic
def empty(keys: Sequence[SigningKey]) -> None:
    """Remove all rows that tests made, but for the keys, which are as they were.

    References are checked at the end, so that the order does not matter.
    """
    with connection.cursor() as cursor:
        cursor.execute(_which_have_rows())
        for (table,) in cursor.fetchall():
            way = "TRUNCATE {}" if table == _AUDIT else "DELETE FROM {}"
            cursor.execute(sql.SQL(way).format(sql.Identifier(table)))
    # A worker beside the test may have begun to watch one of the pools meanwhile. Now that they are deleted, none can.
    PullState.objects.all().delete()
    SigningKey.objects.bulk_create(keys)


@cache
def _which_have_rows() -> sql.Composed:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    one = sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})")
    return sql.SQL(" UNION ALL ").join(
        one.format(sql.Literal(name), sql.Identifier(name)) for name in sorted(set(names) - _MADE_BY_MIGRATING)
    )
