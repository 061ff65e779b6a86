"""What the account page refuses, for the log of sign-ins: who has somebody's session must not guess unseen."""

from collections.abc import Iterator
from contextlib import contextmanager

from federation.account.application import account_application
from federation.account.context import Account
from federation.auth_reasons import is_limit, needs_line, reason_of
from federation.models import AuthOutcome, AuthWay
from federation.services.attempt_limits import LimitReached
from federation.services.auth_events import record_failure
from federation.services.known_devices import known_device
from identity import auth

_REFUSED = (auth.InvalidCredentials, auth.CodeMismatch, auth.PasswordRejected, auth.TooManyAttempts, LimitReached)


@contextmanager
def refusals(account: Account) -> Iterator[None]:
    """Keep that a password, a code or a key was not taken, and go on raising.

    That one was taken is told by the change that follows, in the audit log.
    """
    try:
        yield
    except _REFUSED as error:
        note_refusal(account, error)
        raise


def note_refusal(account: Account, error: Exception) -> None:
    """Keep why something was not taken; of a limit once a window.

    Args:
        account: whose.
        error: one of those that `refusals` knows.
    """
    if not needs_line(error):
        return
    reason, detail = reason_of(error, is_known=True)
    record_failure(
        account.tenant,
        AuthWay.ACCOUNT,
        visitor=account.visitor,
        reason=reason,
        detail=detail,
        outcome=AuthOutcome.LIMITED if is_limit(error) else AuthOutcome.FAILED,
        user=account.user,
        application=account_application(),
        known_device=bool(known_device(account.tenant, account.device_token, account.user.email)),
    )
