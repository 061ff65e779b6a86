"""Signing a user out of everything, as part of a change after which no earlier session can be trusted."""

from django.utils import timezone

from identity.models import DirectoryUser
from tenants.actor import Actor
from tenants.models import Account, SyncKind
from tenants.services.outbox import request_sync


def end_user_sessions(user: DirectoryUser) -> None:
    """End the user's sessions with the tokens that descend from them, in the transaction of the change.

    The directory says from when on sessions count; `federation` compares them with it, so that nothing has to be told.
    """
    user.signed_out_at = timezone.now()
    user.save(update_fields=["signed_out_at"])
    Account.objects.end_member_sessions(user.pk)


def sign_out_everywhere(user: DirectoryUser, *, actor: Actor) -> None:
    """End the user's sessions here, and have Cognito revoke the tokens that it gave out itself (native mode)."""
    end_user_sessions(user)
    user.sign_outs_wanted += 1
    user.save(update_fields=["sign_outs_wanted"])
    request_sync(SyncKind.USER, user.pk, actor=actor)
