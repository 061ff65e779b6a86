"""Signing a user out of everything, as part of a change after which no earlier session can be trusted."""

from django.utils import timezone

from identity.models import DirectoryUser
from tenants.models import Account


def end_user_sessions(user: DirectoryUser) -> None:
    """End the user's sessions with the tokens that descend from them, in the transaction of the change.

    The directory says from when on sessions count; `federation` compares them with it, so that nothing has to be told.
    """
    user.signed_out_at = timezone.now()
    user.save(update_fields=["signed_out_at"])
    Account.objects.end_member_sessions(user.pk)
