"""What operators do to their own accounts is done by allauth; its signals are where we learn of it.

Signals are not how Lifeguard's own changes are made known: a service writes its audit row itself. These are the
library's, which has no other way.
"""

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as mfa
from django.db import transaction
from django.http import HttpRequest

from identity.web.actor import operator_actor
from tenants.audit_actions import Action
from tenants.models import Account
from tenants.services import audit

_SIGNALS = (
    (account.user_logged_in, Action.OPERATOR_SIGNED_IN),
    (account.password_changed, Action.OPERATOR_PASSWORD_CHANGED),
    (account.password_set, Action.OPERATOR_PASSWORD_CHANGED),
    (account.password_reset, Action.OPERATOR_PASSWORD_CHANGED),
    (mfa.authenticator_added, Action.OPERATOR_FACTOR_ADDED),
    (mfa.authenticator_removed, Action.OPERATOR_FACTOR_REMOVED),
    (mfa.authenticator_reset, Action.OPERATOR_FACTOR_RESET),
)


def connect() -> None:
    """Listen to allauth; called once, when all apps are loaded."""
    for signal, action in _SIGNALS:
        signal.connect(_recorder(action), weak=False, dispatch_uid=f"lifeguard-{action}-{id(signal)}")


def _recorder(action: Action) -> Any:
    def record(*, request: HttpRequest, user: Account, authenticator: Any = None, **_others: Any) -> None:
        if not user.is_operator:
            return
        after = {"factor": authenticator.get_type_display()} if authenticator is not None else {}
        with transaction.atomic():
            audit.record(action, actor=operator_actor(request, user), target=user, after=after)

    return record
