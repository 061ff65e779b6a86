"""Reads of a connection's tests. What another tenant has answers like what does not exist."""

import uuid

from django.db.models import QuerySet

from federation.models import Connection, ConnectionTest
from tenants.errors import NotFound


def tests_of(connection: Connection) -> QuerySet[ConnectionTest]:
    """Return the tests of a connection, the newest first."""
    return ConnectionTest.objects.filter(tenant=connection.tenant_id, connection=connection).order_by("-started_at")


def get_test(connection: Connection, test_id: uuid.UUID) -> ConnectionTest:
    """Return one test.

    Raises:
        NotFound: the connection has no such test.
    """
    test = tests_of(connection).filter(pk=test_id).first()
    if test is None:
        raise NotFound
    return test
