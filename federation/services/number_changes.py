"""The telephone number that somebody's codes went to: kept while they try another one, and given back if they do not.

Cognito keeps one number of each person, and sends codes to one that was shown to be theirs alone. It would keep the old
one beside the new (AttributesRequireVerificationBeforeUpdate), but of attributes alone that the pool verifies by itself
(AutoVerifiedAttributes), which would have every application's change of a number send a text message.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from federation.models import NumberChange
from federation.services.code_factors import addable_codes
from federation.services.own_account import require_change
from federation.services.security_notices import NoticeKind, owe_notice
from identity import auth
from identity.cells import pool_ref
from identity.models import DirectoryUser
from identity.services.factor_reset import owe_factor_reset
from identity.services.factors import note_factors
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.factors import SecondFactor
from tenants.own_details import Detail
from tenants.services import audit

GIVE_BACK_TASK = "federation.give_number_back"
# As long as a sign-in lets somebody change how they sign in (`federation.account.context`).
LIFETIME = timedelta(minutes=15)
# A code that was entered in time is not overtaken.
_MARGIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Before:
    """What codes went to before.

    Args:
        number: where (E.164).
        preferred: the second factor that alone was asked for then; empty where they chose.
        until: when it is given back.
    """

    number: str
    preferred: str
    until: datetime

    @property
    def in_time(self) -> bool:
        """Say whether the code of the other number is still taken."""
        return timezone.now() <= self.until


def begin_change(user: DirectoryUser, number: str, preferred: SecondFactor | None) -> None:
    """Keep the number that somebody's codes go to, before it is given up for another one.

    Args:
        user: whose.
        number: where codes go.
        preferred: the second factor that alone is asked for; None where they choose.
    """
    change = NumberChange(
        tenant_id=user.tenant_id, user=user, resets=user.mfa_reset_wanted, expires_at=timezone.now() + LIFETIME
    )
    change.seal_secrets(json.dumps({"number": number, "preferred": preferred.value if preferred else ""}))
    change.save()


def before_change(user: DirectoryUser) -> Before | None:
    """Return what is given back to somebody; None where they change nothing."""
    change = NumberChange.objects.filter(user=user, resets=user.mfa_reset_wanted).first()
    return _before(change) if change is not None else None


def require_in_time(user: DirectoryUser) -> None:
    """Refuse the code of a number whose time is over, so that it does not meet the one that is given back.

    Raises:
        auth.CodeMismatch: it is over.
        KeptByOrganization: the tenant lets nobody give up the number before any more.
    """
    before = before_change(user)
    if before is None:
        return
    if not before.in_time:
        raise auth.CodeMismatch("The number before is given back.")
    require_change(user.tenant, Detail.PHONE)


def end_change(user: DirectoryUser) -> None:
    """Give nothing back: another number was shown to be theirs, or they want none."""
    NumberChange.objects.filter(user=user).delete()


def overdue(limit: int) -> list[str]:
    """Return of whom a number is to be given back, the longest waiting first."""
    rows = NumberChange.objects.filter(expires_at__lt=timezone.now() - _MARGIN).order_by("expires_at")
    return [str(user_id) for user_id in rows.values_list("user_id", flat=True)[:limit]]


def give_back(user_id: str, *, is_wanted: bool = False, actor: Actor) -> bool:
    """Let somebody's codes go to the number before again. Repeatable; one that is not needed any more is forgotten.

    Args:
        user_id: whose.
        is_wanted: whether they say themselves that it is theirs yet. Codes by SMS are asked for alone only then, where
            they were before: who has lost the number comes in by another factor of theirs.
        actor: who asks for it.

    Returns:
        Whether they go there from now on.

    Raises:
        auth.AuthUnavailable: Cognito cannot answer now.
    """
    user = DirectoryUser.objects.select_related("tenant__pool__cell").filter(pk=user_id).first()
    change = NumberChange.objects.filter(user=user).first() if user is not None else None
    if user is None or change is None:
        return False
    if change.resets != user.mfa_reset_wanted:
        _this_one(change).delete()
        return False
    before = _before(change)
    may_be_alone = is_wanted or before.preferred != SecondFactor.SMS
    preferred = SecondFactor(before.preferred) if before.preferred and may_be_alone else None
    # One that the tenant does not count any more could keep them out: Cognito asks for it after a password alone.
    counts = SecondFactor.SMS in addable_codes(user.tenant, user)
    try:
        on = auth.give_phone_back(
            pool_ref(user.tenant.pool), user.username, before.number, as_factor=counts, preferred=preferred
        )
    except auth.InvalidCredentials:
        # Cognito has them no longer.
        on = None
    except auth.AuthUnavailable:
        # What was asked for may have been done.
        _take_away_again(change, actor=actor)
        raise
    return _note_given_back(change, on, actor=actor)


def _before(change: NumberChange) -> Before:
    return Before(**json.loads(change.secrets), until=change.expires_at)


def _this_one(change: NumberChange) -> QuerySet[NumberChange]:
    """Return the row that was read, and not that of a change which began since."""
    return NumberChange.objects.filter(user=change.user_id, resets=change.resets, expires_at=change.expires_at)


@transaction.atomic
def _note_given_back(change: NumberChange, on: frozenset[SecondFactor] | None, *, actor: Actor) -> bool:
    if on is None:
        _this_one(change).delete()
        return False
    if _take_away_again(change, actor=actor):
        return False
    if SecondFactor.SMS not in on:
        _this_one(change).delete()
        return False
    user = change.user
    # Who declined it at this moment has it nevertheless, and is told.
    if _this_one(change).delete()[0] or SecondFactor.SMS not in user.second_factors:
        note_factors(user, on)
        after = {"factor": SecondFactor.SMS.value}
        audit.record(Action.FACTOR_ENROLLED, actor=actor, tenant=user.tenant, target=user, after=after)
        owe_notice(NoticeKind.FACTOR_ADDED, user, actor=actor, about=str(SecondFactor.SMS.label))
    return True


@transaction.atomic
def _take_away_again(change: NumberChange, *, actor: Actor) -> bool:
    """Owe one more reset to somebody whose factors were reset while Cognito was told to give one of them back.

    Nobody would take that one away: the reset may have been done before it came.

    Returns:
        Whether it is owed. Until the transaction ends no other reset begins.
    """
    user = DirectoryUser.objects.select_for_update(of=("self",)).filter(pk=change.user_id).first()
    if user is None or user.mfa_reset_wanted == change.resets:
        return False
    _this_one(change).delete()
    owe_factor_reset(user, keeps_number=user.keeps_number, actor=actor)
    return True
