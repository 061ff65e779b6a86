"""Asking to be mailed about an account, and what of it is refused, for the log of sign-ins. No HTTP here."""

from federation.auth_reasons import Reason, needs_line
from federation.models import AccountRequest, AccountRequestKind, AuthOutcome, AuthWay
from federation.services.account_requests import ask
from federation.services.attempt_limits import LimitReached
from federation.services.auth_events import record_failure
from federation.services.waits import begin_wait
from federation.signin.context import Context
from tenants.http import network_of

_WAYS = {AccountRequestKind.PASSWORD: AuthWay.RESET, AccountRequestKind.SIGN_UP: AuthWay.SIGN_UP}
# Nothing counts the addresses that nobody makes an account with: so often is one from a network a line.
_ONCE_IN_SECONDS = 60


def ask_to_be_mailed(context: Context, kind: AccountRequestKind, email: str, *, name: str = "") -> AccountRequest:
    """Ask on a page of the sign-in; whose address it is, is not looked up.

    Args:
        context: what the page is about.
        kind: what for.
        email: as it was typed.
        name: what to call the person, who makes an account.

    Raises:
        LimitReached: too many were asked for; one answer for all addresses.
    """
    caller = context.caller(email.strip().lower())
    try:
        return ask(context.tenant, kind, email, request=context.request, caller=caller, name=name)
    except LimitReached as error:
        if needs_line(error):
            record_failure(
                context.tenant,
                _WAYS[kind],
                visitor=context.visitor,
                reason=Reason.TOO_MANY,
                detail=error.by,
                outcome=AuthOutcome.LIMITED,
                application=context.request.application,
            )
        raise


def note_address_not_taken(context: Context) -> None:
    """Keep that somebody wanted an account with an address that the tenant's policy does not take."""
    ip = context.visitor.ip
    subject = f"{context.tenant.pk}:{network_of(ip) if ip else ''}"
    if begin_wait("refused.sign_up", subject, seconds=_ONCE_IN_SECONDS):
        return
    record_failure(
        context.tenant,
        AuthWay.SIGN_UP,
        visitor=context.visitor,
        reason=Reason.ADDRESS_NOT_TAKEN,
        application=context.request.application,
    )
