"""Each way and each reason of the log of sign-ins is one that something writes, and says something."""

import ast
from pathlib import Path

import pytest
from django.utils import timezone

from federation.auth_reasons import Reason, in_words
from federation.connections.failures import WORDS
from federation.models import AuthEvent, AuthorizationRequest, AuthOutcome, AuthWay
from federation.passwords import PasswordNotUsed
from federation.services.attempt_limits import LimitReached
from federation.services.sessions import SignedOutMeanwhile
from federation.signin.cognito import TenantMismatch
from federation.signin.context import Context, Refused
from federation.signin.progress import Progress, refusals
from federation.webauthn import KeyCopied, KeyRejected
from identity import auth
from identity.models import AppClient
from identity.token_keys import KeysUnavailable
from tenants.actor import ANONYMOUS
from tenants.errors import DomainError
from tests.factories import ApplicationFactory, DirectoryUserFactory

FEDERATION = Path(__file__).parents[2] / "federation"
# What keeps an event, or has `refusals` keep one.
WRITERS = {"record_failure", "record_success", "refusals"}
# What a sign-in raises, and the reason that is kept of it.
RAISED = (
    (auth.InvalidCredentials(), Reason.WRONG_PASSWORD),
    (auth.CodeMismatch(), Reason.WRONG_CODE),
    (KeyRejected(), Reason.WRONG_KEY),
    (KeyCopied(), Reason.KEY_COPIED),
    (TenantMismatch("not active"), Reason.NOT_THEIRS),
    (auth.UserDisabled(), Reason.DISABLED_IN_COGNITO),
    (auth.TemporaryPasswordExpired(), Reason.TEMPORARY_PASSWORD_EXPIRED),
    (auth.PasswordRejected((auth.PasswordProblem.TOO_SHORT,)), Reason.PASSWORD_NOT_ACCEPTED),
    (PasswordNotUsed(), Reason.PASSWORD_NOT_USED),
    (auth.PasswordResetRequired(), Reason.RESET_REQUIRED),
    (auth.TooManyAttempts(), Reason.LOCKED_BY_COGNITO),
    (auth.SessionExpired(), Reason.SESSION_EXPIRED),
    (SignedOutMeanwhile("later"), Reason.SESSION_EXPIRED),
    (auth.AuthUnavailable("throttled"), Reason.UNAVAILABLE),
    (KeysUnavailable(), Reason.UNAVAILABLE),
    (auth.AuthMisconfigured("away", reason="no client", remedy="make one"), Reason.MISCONFIGURED),
    (LimitReached("code.account", 60, first=True), Reason.TOO_MANY),
)


def named(enum: str) -> set[str]:
    """The members of an enum that are named in modules that write events."""
    found: set[str] = set()
    for path in FEDERATION.rglob("*.py"):
        tree = list(ast.walk(ast.parse(path.read_text())))
        functions = {node.name for node in tree if isinstance(node, ast.FunctionDef)}
        if WRITERS & ({node.id for node in tree if isinstance(node, ast.Name)} | functions):
            attributes = [node for node in tree if isinstance(node, ast.Attribute)]
            found |= {each.attr for each in attributes if isinstance(each.value, ast.Name) and each.value.id == enum}
    return found


def a_sign_in(*, is_known: bool = True) -> Progress:
    """A sign-in that Cognito was not asked about yet."""
    user, application = DirectoryUserFactory.create(), ApplicationFactory.create()
    request = AuthorizationRequest.objects.create(
        tenant=user.tenant, application=application, parameters={}, expires_at=timezone.now()
    )
    context = Context(user.tenant, request, None, ANONYMOUS)
    return Progress(context, AppClient(), user if is_known else None, ["pwd"])


def test_each_way_is_written() -> None:
    """One that is offered as a filter and never written would say that nothing happened."""
    assert {way.name for way in AuthWay} - named("AuthWay") == set()


def test_each_reason_is_written() -> None:
    by_sign_in = {reason for _error, reason in RAISED} | {Reason.UNKNOWN_USER}
    assert {reason.name for reason in set(Reason) - by_sign_in} - named("Reason") == set()


@pytest.mark.django_db
@pytest.mark.parametrize(("error", "reason"), RAISED, ids=lambda value: type(value).__name__)
def test_whatever_a_sign_in_raises_is_kept(error: Exception, reason: Reason) -> None:
    progress = a_sign_in()
    with pytest.raises((Refused, auth.AuthError, DomainError)), refusals(progress):
        raise error
    event = AuthEvent.objects.get()
    assert (event.reason, event.way, event.user) == (reason, AuthWay.PASSWORD, progress.user)
    assert (event.tenant, event.application) == (progress.context.tenant, progress.context.request.application)
    limited = reason in {Reason.TOO_MANY, Reason.LOCKED_BY_COGNITO}
    assert event.outcome == (AuthOutcome.LIMITED if limited else AuthOutcome.FAILED)


@pytest.mark.django_db
def test_of_whom_nobody_knows_it_is_kept_too() -> None:
    with pytest.raises(Refused), refusals(a_sign_in(is_known=False)):
        raise auth.InvalidCredentials
    assert AuthEvent.objects.get().reason == Reason.UNKNOWN_USER


@pytest.mark.django_db
def test_a_limit_is_a_line_once() -> None:
    with pytest.raises(LimitReached), refusals(a_sign_in()):
        raise LimitReached("code.account", 60, first=False)
    assert not AuthEvent.objects.exists()


def test_each_reason_says_something() -> None:
    """And none is a cause of a connection's, which the same log has in words of its own."""
    assert len({in_words(reason) for reason in Reason}) == len(Reason)
    assert not set(Reason) & set(WORDS)
