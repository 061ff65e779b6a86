"""Recovery codes: made by the person, kept as hashes, each good once instead of the second factor.

Using one lets nobody in. It takes the second factors away, Cognito's and those that Lifeguard keeps, so that the person
signs in once more and sets one up again; a thief of a code alone has nothing by it, and the person hears of it by mail.
"""

import hashlib
import secrets
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from federation.models import RecoveryCode
from federation.services.own_factors import own_kinds
from federation.services.own_phone import is_theirs_to_change
from federation.services.security_notices import NoticeKind, owe_notice
from identity import auth
from identity.models import DirectoryUser
from identity.models.directory_user import outlasts
from identity.services.factor_reset import owe_factor_reset
from identity.services.loading import lock_user
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.factors import SecondFactor
from tenants.services import audit

HOW_MANY = 10
# Without the characters that are taken for one another on paper: 31 of them, so that a code has 79 bits.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 4


@transaction.atomic
def make_codes(user: DirectoryUser, *, actor: Actor) -> list[str]:
    """Make new codes, which take the place of all before, and return them: nobody can read them later.

    Args:
        user: whose; they signed in lately.
        actor: the user, as they ask for it.
    """
    locked = lock_user(user.tenant, user.pk)
    RecoveryCode.objects.filter(user=locked).delete()
    codes = [_new_code() for _ in range(HOW_MANY)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(tenant_id=locked.tenant_id, user=locked, code_hash=_hashed(code)) for code in codes
    )
    audit.record(Action.RECOVERY_CODES_MADE, actor=actor, tenant=locked.tenant, target=locked)
    owe_notice(NoticeKind.RECOVERY_CODES_MADE, locked, actor=actor)
    return codes


def codes_left(user: DirectoryUser) -> int:
    """Return how many codes of a user's are good yet."""
    return RecoveryCode.objects.filter(user=user, used_at__isnull=True).count()


@transaction.atomic
def use_code(
    user: DirectoryUser, typed: str, *, began: datetime, keeps_number: bool = False, actor: Actor
) -> int | None:
    """Use a code up, and take the user's second factors away. One UPDATE decides between several.

    Those that Lifeguard keeps are void at once; the removal of those in Cognito is owed.

    Sessions that began before end, as when an administrator resets the factors.

    Args:
        user: whose sign-in it is.
        typed: as the person typed it.
        began: when that sign-in began.
        keeps_number: whether their telephone number is the tenant's to change (`own_phone.stays_theirs`); one that was
            found to be so by another code remains so.
        actor: the user, of whom the password, or what they began with, was right.

    Returns:
        Which removal of factors is owed (`identity.services.factor_reset`); None where the code is none of theirs, or
        was used.

    Raises:
        auth.SessionExpired: their factors were taken away, or all their sessions ended, since the sign-in began.
    """
    locked = lock_user(user.tenant, user.pk)
    if not outlasts(began, locked.signed_out_at):
        # What was looked at before, such as whose the number is, may be another now.
        raise auth.SessionExpired("They were signed out since.")
    unused = RecoveryCode.objects.filter(user=locked, code_hash=_hashed(typed), used_at__isnull=True)
    if not unused.update(used_at=timezone.now()):
        return None
    had = {*locked.second_factors, *own_kinds(locked)}
    keeps_number = keeps_number or (locked.keeps_number and not is_theirs_to_change(locked.tenant))
    wanted = owe_factor_reset(locked, keeps_number=keeps_number, actor=actor)
    audit.record(
        Action.RECOVERY_CODE_USED,
        actor=actor,
        tenant=locked.tenant,
        target=locked,
        before={"factors": [factor.value for factor in SecondFactor if factor in had]},
        after={"factors": [], "codes_left": codes_left(locked)},
    )
    owe_notice(NoticeKind.RECOVERY_CODE_USED, locked, actor=actor)
    return wanted


def _new_code() -> str:
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_GROUPS * _GROUP))
    return "-".join(letters[start : start + _GROUP] for start in range(0, len(letters), _GROUP))


def _hashed(code: str) -> str:
    """Hash what matters of a code; it has too many bits to be guessed from its hash."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()
