"""Taking somebody's second factors away: at once here, and in Cognito by the worker, or by whoever waits for it."""

from identity.models import DirectoryUser
from identity.services.user_sessions import end_user_sessions
from tenants.actor import Actor
from tenants.models import SyncKind
from tenants.services.outbox import request_sync


def owe_factor_reset(user: DirectoryUser, *, keeps_number: bool = False, actor: Actor) -> int:
    """Forget a user's second factors and end their sessions, in the transaction of the change; Cognito follows.

    Args:
        user: whose; the row is locked.
        keeps_number: whether the telephone number that they have is not theirs to change for it.
        actor: who takes them away.

    Returns:
        Which reset it is, to be told to `note_factors_removed` by whoever does it before the worker.
    """
    user.has_totp, user.other_factors, user.totp_declined_at = False, [], None
    user.mfa_reset_wanted += 1
    user.keeps_number = keeps_number
    end_user_sessions(user)
    changed = ["has_totp", "other_factors", "totp_declined_at", "mfa_reset_wanted", "keeps_number", "updated_at"]
    user.save(update_fields=changed)
    request_sync(SyncKind.USER, user.pk, actor=actor)
    return user.mfa_reset_wanted


def note_factors_removed(user: DirectoryUser, wanted: int) -> None:
    """Owe a reset no more that was done, so that the worker does not take away what is set up after it."""
    DirectoryUser.objects.filter(pk=user.pk, mfa_reset_done__lt=wanted).update(mfa_reset_done=wanted)
