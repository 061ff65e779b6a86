"""Trying a connection out: begun in the dashboard, ended by an answer, a person or the clock, cleaned up by workers."""

import secrets
import string
import uuid
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from federation.connections.names import SOCIAL_NAMES
from federation.models import OPEN_STATES, Connection, ConnectionTest, ConnectionTestState
from federation.models.connection_test import FORGOTTEN
from federation.services.connection_rules import lock_connection, request_provider_sync, require_complete
from federation.services.connection_states import mark_tested
from federation.services.connection_test_rules import require_room, require_testable, require_turn, under_way
from federation.services.federated_sign_ins import printable
from federation.tokens import hash_token
from tenants.actor import Actor, ActorKind
from tenants.audit_actions import Action
from tenants.models import SyncKind, Tenant, TenantStatus
from tenants.services import audit
from tenants.services.outbox import is_owed, request_sync

# To be prepared and opened in; from then on counts `connection_test_visits.TO_RETURN`.
TO_OPEN = timedelta(minutes=10)
KEPT = timedelta(days=90)
_WORD_LENGTH = 10
_LETTERS = string.ascii_lowercase + string.digits


def start_test(tenant: Tenant, connection_id: uuid.UUID, *, session: str | None, actor: Actor) -> ConnectionTest:
    """Begin a test of a connection's newest version. A worker prepares it.

    Args:
        tenant: whose.
        connection_id: which connection.
        session: the key of the dashboard session, which alone may open the test; None for the first that opens it.
        actor: who.

    Raises:
        NotFound: the tenant has no such connection.
        ValidationFailed: it is not complete, by field.
        Conflict: another test is under way, or it cannot be tested, or there is no room in Cognito.
        TooManyTests: too many within an hour.
    """
    close_overdue(tenant)
    try:
        return _start(tenant, connection_id, session=session, actor=actor)
    except IntegrityError as error:
        raise under_way() from error


@transaction.atomic
def _start(tenant: Tenant, connection_id: uuid.UUID, *, session: str | None, actor: Actor) -> ConnectionTest:
    connection = lock_connection(tenant, connection_id)
    require_testable(connection)
    version = connection.current
    require_complete(connection, connection.settings, version.secret)
    require_turn(tenant)
    require_room(tenant.pool)
    test = ConnectionTest.objects.create(
        tenant=tenant,
        connection=connection,
        version=version.number,
        word="".join(secrets.choice(_LETTERS) for _each in range(_WORD_LENGTH)),
        starter=_as_json(actor),
        session_hash="" if session is None else hash_token(session),
        expires_at=timezone.now() + TO_OPEN,
    )
    after = {"version": version.number}
    audit.record(Action.CONNECTION_TEST_STARTED, actor=actor, tenant=tenant, target=connection, after=after)
    if not _pool_has_arrivals(tenant):
        # A pool that is older than connections lacks the attribute for groups.
        request_sync(SyncKind.POOL, tenant.pool_id)
    if connection.is_social and connection.is_in_cognito:
        # It goes by the provider that is there, which has to be as it should be (`federation.sync.social_test`).
        request_provider_sync(connection)
    request_sync(SyncKind.CONNECTION_TEST, test.pk)
    return test


@transaction.atomic
def close_passed(test: ConnectionTest, report: dict[str, Any], *, visitor: Actor) -> bool:
    """Keep that the test passed, which makes a draft that is still at this version a tested connection.

    Args:
        test: which.
        report: what came (`federation.connections.test_report`).
        visitor: the request's actor; the change is whose who began the test.
    """
    if not _close(test, ConnectionTestState.PASSED, report=report):
        return False
    mark_tested(test.tenant, test.connection_id, version=test.version, actor=_starter(test, visitor))
    return True


@transaction.atomic
def close_failed(
    test: ConnectionTest, *, code: str, detail: str, report: dict[str, Any] | None = None, visitor: Actor
) -> bool:
    """Keep why the test failed.

    Args:
        test: which.
        code: the cause, of `federation.connections.test_report.CAUSES`.
        detail: what was said of it, word by word.
        report: what came all the same.
        visitor: the request's actor.
    """
    detail = printable(detail)
    if not _close(test, ConnectionTestState.FAILED, code=code, detail=detail, report=report or {}):
        return False
    audit.record(
        Action.CONNECTION_TEST_FAILED,
        actor=_starter(test, visitor),
        tenant=test.tenant,
        target=test.connection,
        after={"version": test.version, "cause": code, "detail": detail},
    )
    return True


def close_overdue(tenant: Tenant | None = None) -> int:
    """Say of tests that nobody finished that they are over, and have them cleaned up; returns how many.

    Args:
        tenant: whose; None for everybody's.
    """
    now = timezone.now()
    gone = Q(connection__deleted_at__isnull=False) | ~Q(tenant__status=TenantStatus.ACTIVE)
    late = ConnectionTest.objects.filter(Q(expires_at__lte=now) | gone, state__in=OPEN_STATES)
    rows = late if tenant is None else late.filter(tenant=tenant)
    return sum(_give_up(test) for test in rows)


def end_tests_by(tenant: Tenant, provider_name: str) -> bool:
    """End tests of deleted connections that go by a provider of the tenant's own; says whether Cognito still has any.

    Args:
        tenant: whose.
        provider_name: of a social provider; each other test has its own.
    """
    close_overdue(tenant)
    gone = ConnectionTest.objects.filter(tenant=tenant, closed_at=None, connection__deleted_at__isnull=False)
    return gone.filter(connection__kind__in=SOCIAL_NAMES, connection__provider_name=provider_name).exists()


def sweep_tests() -> None:
    """Close what is overdue, have everything cleaned up that is over, and forget old tests.

    Messages may get lost and workers die; what a test owes Cognito is owed until it is done.
    """
    close_overdue()
    for pk in ConnectionTest.objects.filter(cleaned_at=None).values_list("pk", flat=True):
        with transaction.atomic():
            test = ConnectionTest.objects.select_for_update().get(pk=pk)
            owes = test.state not in OPEN_STATES and test.cleaned_at is None
            if owes and not is_owed(SyncKind.CONNECTION_TEST, test.pk):
                request_sync(SyncKind.CONNECTION_TEST, test.pk)
    ConnectionTest.objects.filter(cleaned_at__lt=timezone.now() - KEPT).delete()


@transaction.atomic
def cancel_test(test: ConnectionTest) -> bool:
    """End a test that is under way, at the wish of somebody who may set connections up."""
    return _close(test, ConnectionTestState.ABANDONED, code="canceled_here")


@transaction.atomic
def _give_up(test: ConnectionTest) -> bool:
    if test.state == ConnectionTestState.WAITING:
        return _close(test, ConnectionTestState.ABANDONED, code="abandoned")
    code = "not_prepared" if test.state == ConnectionTestState.PREPARING else "not_opened"
    return _close(test, ConnectionTestState.ABANDONED, code=code)


def _close(
    test: ConnectionTest,
    state: ConnectionTestState,
    *,
    code: str = "",
    detail: str = "",
    report: dict[str, Any] | None = None,
) -> bool:
    rows = ConnectionTest.objects.filter(pk=test.pk, state__in=OPEN_STATES)
    values = {"state": state, "code": code, "detail": detail, "report": report or {}, "finished_at": timezone.now()}
    if not rows.update(**values, **FORGOTTEN):
        return False
    request_sync(SyncKind.CONNECTION_TEST, test.pk)
    return True


def _pool_has_arrivals(tenant: Tenant) -> bool:
    return Connection.everything.filter(tenant__pool=tenant.pool, activated_at__isnull=False).exists()


def _as_json(actor: Actor) -> dict[str, Any]:
    shown = asdict(actor)
    return {name: str(shown[name]) for name in ("kind", "id", "label", "role")}


def _starter(test: ConnectionTest, visitor: Actor) -> Actor:
    """Who began the test, at the browser that finished it, which is bound to their session."""
    told = {name: test.starter.get(name, "") for name in ("id", "label", "role")}
    kind = ActorKind(test.starter["kind"])
    return Actor(kind=kind, tenant_id=test.tenant_id, request_id=visitor.request_id, ip=visitor.ip, **told)
