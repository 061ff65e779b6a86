"""What follows from a password that was replaced by a mailed code."""

from django.db import transaction
from django.utils.translation import gettext as _

from federation.models import AccountRequest
from federation.services.account_requests import use_up
from federation.services.security_notices import NoticeKind, owe_notice
from identity.actors import as_user
from identity.models import DirectoryUser
from identity.services.invitations import withdraw_open_invitations
from identity.services.loading import lock_user
from identity.services.user_sessions import sign_out_everywhere
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.services import audit


@transaction.atomic
def note_reset(asked: AccountRequest, user: DirectoryUser, *, visitor: Actor) -> None:
    """End everything that began with the password before, tell the person by mail, and write it down.

    Args:
        asked: the request that is done with this.
        user: whose password is another now.
        visitor: whoever had the code: they are taken for the user.
    """
    locked = lock_user(user.tenant, user.pk)
    actor = as_user(visitor, locked)
    sign_out_everywhere(locked, actor=actor)
    # A link to choose a password must not outlive the choice of one.
    withdraw_open_invitations(locked)
    use_up(asked)
    audit.record(Action.PASSWORD_RESET, actor=actor, tenant=locked.tenant, target=locked)
    owe_notice(NoticeKind.PASSWORD_CHANGED, locked, actor=actor, about=_("By a code that was mailed to this address."))
