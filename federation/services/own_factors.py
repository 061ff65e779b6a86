"""Second factors that Lifeguard itself keeps: set up, and answered with a code that is good once."""

import time

from django.db import transaction

from federation.models import OwnFactor
from federation.services.security_notices import NoticeKind, owe_notice
from federation.totp import step_of
from federation.visitor import as_user
from identity import auth
from identity.models import DirectoryUser
from identity.services.factors import note_factor
from tenants.actor import Actor
from tenants.factors import SecondFactor


def own_factor_of(user: DirectoryUser) -> OwnFactor | None:
    """Return the factor of a user's that counts; one that was reset does not."""
    return OwnFactor.objects.filter(tenant=user.tenant_id, user=user.pk, resets=user.mfa_reset_wanted).first()


def accept_code(factor: OwnFactor, code: str) -> None:
    """Take a code. One UPDATE decides between several who bring the same.

    Raises:
        auth.CodeMismatch: it is wrong, too old, or was taken before.
    """
    step = step_of(factor.secret, code, now=time.time())
    if step is None or not OwnFactor.objects.filter(pk=factor.pk, last_step__lt=step).update(last_step=step):
        raise auth.CodeMismatch("The code is not accepted.")


@transaction.atomic
def set_up_factor(user: DirectoryUser, secret: str, code: str, *, visitor: Actor) -> None:
    """Keep a secret, once a code of it shows that the person has it.

    Args:
        user: whose.
        secret: in base32, as the page showed it.
        code: of the app.
        visitor: the request's actor.

    Raises:
        auth.CodeMismatch: the code is wrong.
        auth.SessionExpired: they have one already, which must not be replaced without its code.
    """
    step = step_of(secret, code, now=time.time())
    if step is None:
        raise auth.CodeMismatch("The code is not accepted.")
    user = DirectoryUser.objects.select_for_update().get(pk=user.pk)
    if own_factor_of(user) is not None:
        raise auth.SessionExpired("There is a factor already.")
    # One that was reset.
    OwnFactor.objects.filter(tenant=user.tenant_id, user=user).delete()
    factor = OwnFactor(tenant_id=user.tenant_id, user=user, resets=user.mfa_reset_wanted, last_step=step)
    factor.seal_secret(secret)
    factor.save(force_insert=True)
    if user.is_federated:
        # Somebody with an account of ours has factors at Cognito, of which their row tells.
        note_factor(user, SecondFactor.TOTP)
    owe_notice(NoticeKind.AUTHENTICATOR_ADDED, user, actor=as_user(visitor, user))
