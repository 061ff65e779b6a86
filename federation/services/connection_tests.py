"""Trying a connection out: begun in the dashboard, opened in one browser, answered once, and cleaned up by workers."""

import secrets
import string
import uuid
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from federation.models import OPEN_STATES, Connection, ConnectionStatus, ConnectionTest, ConnectionTestState
from federation.models.connection_test import FORGOTTEN
from federation.services.connection_rules import lock_connection, require_complete
from federation.services.connection_states import mark_tested
from federation.services.federated_sign_ins import printable
from federation.tokens import hash_token, new_token
from tenants.actor import Actor, ActorKind
from tenants.errors import Conflict, DomainError
from tenants.models import SyncKind, Tenant, TenantStatus, UserPool
from tenants.services import audit
from tenants.services.audit import Action
from tenants.services.outbox import is_owed, request_sync
from tenants.services.placement import IDENTITY_PROVIDERS_PER_POOL, IDENTITY_PROVIDERS_PER_TENANT

# To be prepared and opened in, and from then on to come back in: Cognito itself waits five minutes for an identity
# provider (developer guide, "Things to know about SAML IdPs").
TO_OPEN = timedelta(minutes=10)
TO_RETURN = timedelta(minutes=10)
TICKET_LIFETIME = timedelta(seconds=60)
# More than anybody needs who repairs a connection step by step; each costs some ten calls of the API.
MOST_AN_HOUR = 30
KEPT = timedelta(days=90)
_WORD_LENGTH = 10
_LETTERS = string.ascii_lowercase + string.digits


class TooManyTests(DomainError):
    """A tenant has begun as many as it may for now."""

    code = "too_many_tests"
    status = 429


@dataclass(frozen=True, slots=True)
class Opened:
    """A test on its way to the identity provider, with what only goes along in the browser or to Cognito."""

    test: ConnectionTest
    state: str = field(repr=False)
    verifier: str = field(repr=False)


def start_test(tenant: Tenant, connection_id: uuid.UUID, *, session: str, actor: Actor) -> ConnectionTest:
    """Begin a test of a connection's newest version. A worker prepares it.

    Args:
        tenant: whose.
        connection_id: which connection.
        session: the key of the dashboard session, which alone may open the test.
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
        raise _under_way() from error


@transaction.atomic
def _start(tenant: Tenant, connection_id: uuid.UUID, *, session: str, actor: Actor) -> ConnectionTest:
    connection = lock_connection(tenant, connection_id)
    _require_testable(connection)
    version = connection.current
    require_complete(connection, connection.settings, version.secret)
    _require_turn(tenant)
    _require_room(tenant.pool)
    test = ConnectionTest.objects.create(
        tenant=tenant,
        connection=connection,
        version=version.number,
        word="".join(secrets.choice(_LETTERS) for _each in range(_WORD_LENGTH)),
        starter=_as_json(actor),
        session_hash=hash_token(session),
        expires_at=timezone.now() + TO_OPEN,
    )
    after = {"version": version.number}
    audit.record(Action.CONNECTION_TEST_STARTED, actor=actor, tenant=tenant, target=connection, after=after)
    if not _pool_has_arrivals(tenant):
        # A pool that is older than connections lacks the attribute for groups.
        request_sync(SyncKind.POOL, tenant.pool_id)
    request_sync(SyncKind.CONNECTION_TEST, test.pk)
    return test


def issue_ticket(test: ConnectionTest, *, session: str) -> str:
    """Return what leads the same browser from the dashboard to the sign-in host, once and within a minute.

    Raises:
        Conflict: it was begun in another session, is not ready yet, or not open any more.
    """
    if test.session_hash != hash_token(session):
        raise Conflict(_("This test was begun in another browser session, and can be opened only there."))
    ticket = new_token()
    rows = _live(test.pk).filter(state__in=(ConnectionTestState.READY, ConnectionTestState.WAITING))
    if not rows.update(ticket_hash=hash_token(ticket), ticket_until=timezone.now() + TICKET_LIFETIME):
        raise Conflict(_("This test is not ready, or is over."))
    return ticket


def open_test(test_id: uuid.UUID, ticket: str, *, browser_token: str) -> Opened | None:
    """Bind a test to the browser that brings its ticket; None for an unknown, used, foreign or old one alike.

    Whoever opens it once more begins anew: what they began before does not count any more.
    """
    if not ticket or "\0" in ticket:
        return None
    state, verifier = new_token(), secrets.token_urlsafe(48)
    now = timezone.now()
    with transaction.atomic():
        rows = _live(test_id).filter(ticket_hash=hash_token(ticket), ticket_until__gt=now)
        test = rows.select_for_update(of=("self",)).select_related("connection", "tenant__pool__cell").first()
        if test is None:
            return None
        test.ticket_hash, test.ticket_until = "", None
        test.browser_hash, test.state_hash = hash_token(browser_token), hash_token(state)
        test.nonce, test.state = secrets.token_urlsafe(32), ConnectionTestState.WAITING
        test.seal_verifier(verifier)
        test.left_at, test.expires_at = test.left_at or now, now + TO_RETURN
        test.save()
    return Opened(test, state, verifier)


def keep_sent(test: ConnectionTest, name: str, document: dict[str, Any]) -> None:
    """Keep what was sent, under a name of `federation.connections.test_report`."""
    with transaction.atomic():
        row = ConnectionTest.objects.select_for_update().get(pk=test.pk)
        row.sent = {**row.sent, name: document}
        row.save(update_fields=["sent"])


def find_waiting(state: str, *, browser_token: str) -> ConnectionTest | None:
    """Return the test that waits in this browser for an answer with this state; None for any other alike."""
    if not state or "\0" in state or not browser_token:
        return None
    rows = ConnectionTest.objects.select_related("connection__newest", "tenant__pool__cell")
    found = rows.filter(state_hash=hash_token(state), browser_hash=hash_token(browser_token)).first()
    return found if found is not None and found.is_open else None


def take_answer(test: ConnectionTest) -> bool:
    """Claim the answer: one UPDATE decides between several who bring it. False where somebody was faster."""
    rows = _live(test.pk).filter(state=ConnectionTestState.WAITING, state_hash=test.state_hash)
    return bool(rows.exclude(state_hash="").update(state_hash="", verifier_encrypted=b""))


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


def mark_ready(test: ConnectionTest) -> None:
    """Let the person open a test that Cognito has all of."""
    _live(test.pk).filter(state=ConnectionTestState.PREPARING).update(state=ConnectionTestState.READY)


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


def _live(test_id: uuid.UUID) -> Any:
    return ConnectionTest.objects.filter(
        pk=test_id,
        state__in=OPEN_STATES,
        expires_at__gt=timezone.now(),
        connection__deleted_at__isnull=True,
        tenant__status=TenantStatus.ACTIVE,
    )


def _require_testable(connection: Connection) -> None:
    if connection.is_social:
        raise Conflict(
            _(
                "Cognito has one provider of this kind in a user pool, with a fixed name, so that it cannot be tried "
                "out beside the real one. Activate it, and sign in yourself."
            )
        )
    if not connection.tenant.is_active or not connection.tenant.pool.is_provisioned:
        raise Conflict(_("Your user pool is still being set up. Try again in a minute."))


def _require_turn(tenant: Tenant) -> None:
    """One test of a tenant at a time, and only so many an hour; the tenant's row decides between two who begin."""
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    tests = ConnectionTest.objects.filter(tenant=tenant)
    if tests.filter(state__in=OPEN_STATES).exists():
        raise _under_way()
    if tests.filter(closed_at=None).exists():
        raise Conflict(_("The test before this one is still being cleaned up. Try again in a few seconds."))
    if tests.filter(started_at__gt=timezone.now() - timedelta(hours=1)).count() >= MOST_AN_HOUR:
        raise TooManyTests(_("That were many tests within an hour. Try again later."))


def _require_room(pool: UserPool) -> None:
    """Keep tests out of the places that are reserved for connections (`tenants.services.placement`).

    Raises:
        Conflict: the pool's are all taken for now. Of whose tests nothing is said.
    """
    UserPool.objects.select_for_update(no_key=True).get(pk=pool.pk)
    running = ConnectionTest.objects.filter(tenant__pool=pool, closed_at=None).count()
    if pool.is_shared:
        reserved = pool.tenants.exclude(status=TenantStatus.REMOVED).count() * IDENTITY_PROVIDERS_PER_TENANT
    else:
        in_use = (ConnectionStatus.ACTIVE, ConnectionStatus.DISABLED)
        reserved = Connection.objects.filter(tenant__pool=pool, status__in=in_use).count()
    if reserved + running >= IDENTITY_PROVIDERS_PER_POOL:
        raise Conflict(_("Cognito has no room for a test just now. Try again in a few minutes."))


def _pool_has_arrivals(tenant: Tenant) -> bool:
    return Connection.everything.filter(tenant__pool=tenant.pool, activated_at__isnull=False).exists()


def _under_way() -> Conflict:
    return Conflict(_("A test is under way already. Finish it, or cancel it, first."))


def _as_json(actor: Actor) -> dict[str, Any]:
    shown = asdict(actor)
    return {name: str(shown[name]) for name in ("kind", "id", "label", "role")}


def _starter(test: ConnectionTest, visitor: Actor) -> Actor:
    """Who began the test, at the browser that finished it, which is bound to their session."""
    told = {name: test.starter.get(name, "") for name in ("id", "label", "role")}
    kind = ActorKind(test.starter["kind"])
    return Actor(kind=kind, tenant_id=test.tenant_id, request_id=visitor.request_id, ip=visitor.ip, **told)
