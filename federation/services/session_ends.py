"""Ending sessions from elsewhere: by the person, from another of their browsers, or by an administrator."""

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from federation.models import BrowserSession, SignInAttempt, TokenFamily
from federation.selectors.browser_sessions import live_sessions
from federation.services.remembered_browsers import give_up_all
from federation.services.sessions import chain_of, end_chain
from federation.visitor import as_user
from identity.models import DirectoryUser
from identity.services.guards import require_may_manage
from identity.services.loading import lock_user
from identity.services.user_sessions import sign_out_everywhere
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import Conflict, NotFound
from tenants.models import Account, Tenant
from tenants.services import audit


@transaction.atomic
def end_own_session(this: BrowserSession, session_id: uuid.UUID, *, visitor: Actor) -> None:
    """End another session of the person whose session `this` is.

    Raises:
        NotFound: they have no such session, or it has ended.
        Conflict: it is the very session in which they ask; that one ends by signing out.
    """
    user = lock_user(this.tenant, this.user_id)
    if session_id == this.pk:
        raise Conflict(_("This is the session that you are using. Sign out to end it."))
    _end(_one_of(user, session_id), actor=as_user(visitor, user))


@transaction.atomic
def end_other_sessions(this: BrowserSession, *, visitor: Actor) -> int:
    """End all sessions of a person but the one in which they ask; returns how many those were.

    Their second factor is asked for again in each browser, also here: it is theirs to say anew.
    """
    user = lock_user(this.tenant, this.user_id)
    others = [session for session in live_sessions(user) if session.pk != this.pk]
    ended = sum(_end_with_dashboard(session) for session in others)
    give_up_all(user)
    # Whoever is in the middle of signing in proved something that may be why they are asked to go.
    SignInAttempt.objects.filter(user=user).delete()
    if ended:
        audit.record(
            Action.OTHER_SESSIONS_ENDED,
            actor=as_user(visitor, user),
            tenant=user.tenant,
            target=user,
            after={"sessions": ended},
        )
    return ended


@transaction.atomic
def end_own_sessions(this: BrowserSession, *, visitor: Actor) -> None:
    """End all sessions of a person, the one in which they ask too, with all tokens. Cognito follows."""
    user = lock_user(this.tenant, this.user_id)
    _end_all(user, actor=as_user(visitor, user))


@transaction.atomic
def end_session_of(tenant: Tenant, user_id: uuid.UUID, session_id: uuid.UUID, *, actor: Actor) -> DirectoryUser:
    """End one session of a user, as an administrator.

    Raises:
        NotFound: no such user in this tenant, or no such session of theirs, or it has ended.
        PermissionDenied: the user has a role and the actor may not change roles.
    """
    user = lock_user(tenant, user_id)
    require_may_manage(user, actor=actor)
    _end(_one_of(user, session_id), actor=actor)
    return user


@transaction.atomic
def sign_user_out(tenant: Tenant, user_id: uuid.UUID, *, actor: Actor) -> DirectoryUser:
    """End all sessions of a user with the tokens that descend from them, as an administrator. Cognito follows.

    Raises:
        NotFound: no such user in this tenant.
        PermissionDenied: the user has a role and the actor may not change roles.
    """
    user = lock_user(tenant, user_id)
    require_may_manage(user, actor=actor)
    _end_all(user, actor=actor)
    return user


def _end_all(user: DirectoryUser, *, actor: Actor) -> None:
    sessions = len(live_sessions(user))
    sign_out_everywhere(user, actor=actor)
    audit.record(Action.SESSIONS_ENDED, actor=actor, tenant=user.tenant, target=user, after={"sessions": sessions})


def _one_of(user: DirectoryUser, session_id: uuid.UUID) -> BrowserSession:
    found = next((session for session in live_sessions(user) if session.pk == session_id), None)
    if found is None:
        raise NotFound
    return found


def _end(session: BrowserSession, *, actor: Actor) -> None:
    _end_with_dashboard(session)
    audit.record(
        Action.SESSION_ENDED,
        actor=actor,
        tenant=session.tenant,
        target=session.user,
        after={"device": str(session.device), "network": session.network},
    )


def _end_with_dashboard(session: BrowserSession) -> bool:
    # A dashboard session does not say by which of these it began: where this one led there, all of the person's end.
    if TokenFamily.objects.filter(session__in=chain_of(session), application__is_builtin=True).exists():
        Account.objects.end_member_sessions(session.user_id)
    return end_chain(session)
