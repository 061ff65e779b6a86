"""What people call their passkeys, and that they added or removed one: in the log, and told to them."""

import hashlib

from django.db import transaction
from django.utils.translation import gettext as _

from federation.models import BrowserSession, PasskeyName
from federation.services.security_notices import NoticeKind, owe_notice
from federation.visitor import as_user
from identity.models import DirectoryUser
from identity.services.passkeys import note_passkey
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import ValidationFailed
from tenants.services import audit

LONGEST_NAME = 60


def names_of(user: DirectoryUser) -> dict[str, str]:
    """Return what somebody calls their passkeys, by `key_of` each."""
    return dict(PasskeyName.objects.filter(user=user).values_list("credential_hash", "name"))


def key_of(passkey_id: str) -> str:
    """Return what a passkey is kept under, by Cognito's id of it."""
    return hashlib.sha256(passkey_id.encode()).hexdigest()


@transaction.atomic
def note_passkey_added(session: BrowserSession, passkey_id: str, name: str, *, visitor: Actor) -> None:
    """Note that somebody added a passkey, which Cognito has by now.

    Args:
        session: theirs.
        passkey_id: Cognito's id of it.
        name: what they call it; empty for Cognito's name.
        visitor: the request's actor.
    """
    name = cleaned_name(name)
    if name:
        _keep(session.user, passkey_id, name)
    note_new_passkey(session.user, name, visitor=visitor)


@transaction.atomic
def note_new_passkey(user: DirectoryUser, name: str = "", *, visitor: Actor) -> None:
    """Note that somebody has a passkey that they had not, by their account page or by a sign-in.

    Args:
        user: who added it.
        name: what they call it; empty for Cognito's name.
        visitor: the request's actor.
    """
    actor = as_user(visitor, user)
    note_passkey(user, present=True)
    audit.record(Action.PASSKEY_ADDED, actor=actor, tenant=user.tenant, target=user, after={"name": name})
    owe_notice(NoticeKind.PASSKEY_ADDED, user, actor=actor, about=name)


@transaction.atomic
def name_passkey(session: BrowserSession, passkey_id: str, name: str, *, visitor: Actor) -> None:
    """Call a passkey something else.

    Raises:
        ValidationFailed: the name is empty.
    """
    user = session.user
    if not (name := cleaned_name(name)):
        raise ValidationFailed(_("Enter a name for the passkey."), fields={"name": _("Enter a name.")})
    _keep(user, passkey_id, name)
    actor = as_user(visitor, user)
    audit.record(Action.PASSKEY_NAMED, actor=actor, tenant=user.tenant, target=user, after={"name": name})


@transaction.atomic
def note_passkey_removed(session: BrowserSession, passkey_id: str, name: str, *, others: bool, visitor: Actor) -> None:
    """Note that somebody removed a passkey, which Cognito has no more.

    Args:
        session: theirs.
        passkey_id: Cognito's id of it.
        name: what it was called.
        others: whether they still have another one.
        visitor: the request's actor.
    """
    user, actor = session.user, as_user(visitor, session.user)
    PasskeyName.objects.filter(user=user, credential_hash=key_of(passkey_id)).delete()
    note_passkey(user, present=others)
    audit.record(Action.PASSKEY_REMOVED, actor=actor, tenant=user.tenant, target=user, before={"name": name})
    owe_notice(NoticeKind.PASSKEY_REMOVED, user, actor=actor, about=name)


def cleaned_name(name: str) -> str:
    """Return what somebody typed as a name, in one line of what can be printed; empty for nothing."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())[:LONGEST_NAME]


def _keep(user: DirectoryUser, passkey_id: str, name: str) -> None:
    PasskeyName.objects.update_or_create(
        tenant_id=user.tenant_id, user=user, credential_hash=key_of(passkey_id), defaults={"name": name}
    )
