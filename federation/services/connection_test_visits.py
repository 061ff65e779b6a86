"""The one browser that goes through a test of a connection: its ticket, the way there, and the answer it brings."""

import secrets
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from federation.models import OPEN_STATES, ConnectionTest, ConnectionTestState
from federation.tokens import hash_token, new_token
from tenants.errors import Conflict
from tenants.models import SyncKind, TenantStatus
from tenants.services.outbox import request_sync

# Cognito itself waits five minutes for an identity provider (developer guide, "Things to know about SAML IdPs").
TO_RETURN = timedelta(minutes=10)
TICKET_LIFETIME = timedelta(seconds=60)
# From our host to Cognito, and back to our page at the end; over there its identity provider may be asked, too.
TO_SIGN_OUT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Opened:
    """A test on its way to the identity provider, with what only goes along in the browser or to Cognito."""

    test: ConnectionTest
    state: str = field(repr=False)
    verifier: str = field(repr=False)


def mark_ready(test: ConnectionTest) -> None:
    """Let the person open a test that Cognito has all of."""
    _live(test.pk).filter(state=ConnectionTestState.PREPARING).update(state=ConnectionTestState.READY)


def issue_ticket(test: ConnectionTest, *, session: str) -> str:
    """Return what leads the same browser from the dashboard to the sign-in host, once and within a minute.

    Raises:
        Conflict: it was begun in another session, is not ready yet, or not open any more.
    """
    mine = hash_token(session)
    if test.is_anybodys:
        # The API began it. Of two sessions that open it at once one gets it.
        ConnectionTest.objects.filter(pk=test.pk, session_hash="").update(session_hash=mine)
        test.refresh_from_db(fields=["session_hash"])
    if test.session_hash != mine:
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


def keep_guest(test: ConnectionTest, username: str) -> None:
    """Keep whom a test brought, by Cognito's name, until they are cleaned up after."""
    ConnectionTest.objects.filter(pk=test.pk).update(came_as=username)


def find_waiting(state: str, *, browser_token: str) -> ConnectionTest | None:
    """Return the test that waits in this browser for an answer with this state; None for any other alike."""
    if not state or "\0" in state or not browser_token:
        return None
    rows = ConnectionTest.objects.select_related("connection__newest", "tenant__pool__cell")
    found = rows.filter(state_hash=hash_token(state), browser_hash=hash_token(browser_token)).first()
    return found if found is not None and found.is_open else None


def take_answer(test: ConnectionTest) -> bool:
    """Claim the answer: one UPDATE decides between several who bring it. False where somebody was faster.

    What the test has in Cognito stays until the browser was signed out there (`note_signed_out`).
    """
    rows = _live(test.pk).filter(state=ConnectionTestState.WAITING, state_hash=test.state_hash)
    until = timezone.now() + TO_SIGN_OUT
    taken = rows.exclude(state_hash="").update(state_hash="", verifier_encrypted=b"", signs_out_until=until)
    return bool(taken)


@transaction.atomic
def note_signed_out(browser_token: str) -> None:
    """Have workers clean up after the test of a browser that Cognito has signed out."""
    if not browser_token:
        return
    leaving = ConnectionTest.objects.filter(browser_hash=hash_token(browser_token), signs_out_until__isnull=False)
    for test in leaving.filter(cleaned_at=None).select_for_update(of=("self",)):
        test.signs_out_until = None
        test.save(update_fields=["signs_out_until"])
        request_sync(SyncKind.CONNECTION_TEST, test.pk)


def _live(test_id: uuid.UUID) -> Any:
    return ConnectionTest.objects.filter(
        pk=test_id,
        state__in=OPEN_STATES,
        expires_at__gt=timezone.now(),
        connection__deleted_at__isnull=True,
        tenant__status=TenantStatus.ACTIVE,
    )
