"""Browser sessions: begun after a sign-in, used for single sign-on, ended."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from pydantic import SecretStr

from federation.levels import AMR_FEDERATED, AMR_MULTI_FACTOR, AMR_REMEMBERED, acr_of
from federation.models import (
    AuthorizationRequest,
    AuthWay,
    BrowserSession,
    Connection,
    MfaTrust,
    SessionCredential,
    TokenFamily,
)
from federation.services.auth_events import record_success, way_of
from federation.services.back_channel import owe_logouts
from federation.services.known_devices import recognise
from federation.services.remembered_browsers import Remembering, days_in_force, remember_browser
from federation.services.requests import claim_request
from federation.services.session_credentials import keep_credential
from federation.tokens import hash_token, new_token
from federation.visitor import as_user
from identity.languages import present_language
from identity.models import DirectoryUser, UserStatus
from identity.models.directory_user import holds_session
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import Conflict
from tenants.http import network_of
from tenants.models import Application, MfaPolicy
from tenants.services import audit


@dataclass(frozen=True, slots=True)
class Begun:
    """A session that just began, and what only the browser's cookies keep: its token, and that of the known device."""

    session: BrowserSession
    token: str = field(repr=False)
    device_token: str = field(repr=False)


class AlreadyAnswered(Conflict):
    """The application's request was answered meanwhile."""


class SignedOutMeanwhile(AlreadyAnswered):
    """Since they proved who they are, the person was disabled or signed out everywhere: they begin again."""


@transaction.atomic
def begin_session(
    user: DirectoryUser,
    request: AuthorizationRequest,
    *,
    proved_at: datetime,
    amr: list[str],
    enrolled: bool,
    previous: BrowserSession | None,
    visitor: Actor,
    connection: Connection | None = None,
    access_token: SecretStr | None = None,
    device_token: str = "",
    remembering: Remembering | None = None,
) -> Begun:
    """Begin a session for somebody who proved who they are, and claim the application's request.

    Args:
        user: whom the tenant check accepted.
        request: the request that this sign-in answers.
        proved_at: when they proved the first thing by which they sign in, at the latest. What is taken away from them
            after that, such as by a new password, is taken away from this sign-in too, however long its steps last.
        amr: the authentication methods used.
        enrolled: whether an authenticator app was set up on the way.
        previous: the session that this browser had at the tenant; one of another person ends.
        visitor: the request's actor.
        connection: by which they came; None for a password.
        access_token: Cognito's, which the account page uses for a few minutes.
        device_token: by which this browser is known at the tenant; empty for none.
        remembering: that it is to spare them the second factor for a while; None where it is not.

    Raises:
        AlreadyAnswered: another tab was faster.
        SignedOutMeanwhile: they may not sign in any more, or not by what they proved so long ago.
    """
    # Whoever disables them or signs them out has the row too: one of the two sees what the other did.
    rows = DirectoryUser.objects.select_for_update(no_key=True).filter(pk=user.pk)
    now_is = rows.values_list("status", "signed_out_at").first()
    if now_is is None or not holds_session(*now_is, proved_at):
        raise SignedOutMeanwhile(_("That took too long. Sign in again."))
    if not claim_request(request):
        raise AlreadyAnswered(_("This sign-in was finished already. Go back to the application."))
    now, token = timezone.now(), new_token()
    if previous is not None and previous.user_id != user.pk:
        end_session(previous, visitor=visitor)
        previous = None
    if previous is not None:
        # What descends from it goes on; its cookie, which may have been copied, is nobody's from now on.
        BrowserSession.objects.filter(pk=previous.pk).update(token_hash=hash_token(new_token()))
    session = BrowserSession.objects.create(
        tenant=user.tenant,
        user=user,
        token_hash=hash_token(token),
        amr=amr,
        acr=acr_of(amr),
        auth_time=now,
        last_seen_at=now,
        previous=previous,
        connection=connection,
        user_agent=visitor.user_agent,
        network=network_of(visitor.ip) if visitor.ip else "",
    )
    if access_token is not None:
        keep_credential(session, access_token)
    _note_sign_in(user)
    if enrolled:
        audit.record(Action.TOTP_ENROLLED, actor=as_user(visitor, user), tenant=session.tenant, target=user)
    device = recognise(user, device_token, visitor=visitor)
    if remembering is not None:
        remember_browser(user, device.id, remembering, visitor=visitor)
    record_success(
        user,
        way_of(amr),
        visitor=visitor,
        application=request.application,
        amr=amr,
        connection=connection,
        known_device=device.is_known,
    )
    return Begun(session, token, device.token)


@transaction.atomic
def record_single_sign_on(session: BrowserSession, application: Application, *, visitor: Actor) -> None:
    """Note that a session answered an application without asking the person."""
    BrowserSession.objects.filter(pk=session.pk).update(last_seen_at=timezone.now())
    record_success(
        session.user, AuthWay.SESSION, visitor=visitor, application=application, amr=session.amr, known_device=True
    )


@transaction.atomic
def end_session(session: BrowserSession, *, visitor: Actor) -> bool:
    """End a session with all that descends from it; False where it had ended before."""
    ended = end_chain(session)
    if ended:
        audit.record(
            Action.SIGNED_OUT, actor=as_user(visitor, session.user), tenant=session.tenant, target=session.user
        )
    return ended


def end_chain(session: BrowserSession) -> bool:
    """End a session, those that it took the place of, and their tokens; False where it had ended before. No audit row.

    Cognito's token, which only the account page uses, is forgotten with it.
    """
    now, chain = timezone.now(), chain_of(session)
    ended = BrowserSession.objects.filter(pk__in=chain, ended_at__isnull=True).update(ended_at=now)
    TokenFamily.objects.filter(session__in=chain, revoked_at__isnull=True).update(revoked_at=now)
    SessionCredential.objects.filter(session__in=chain).delete()
    owe_logouts(chain)
    return bool(ended)


def chain_of(session: BrowserSession) -> list[uuid.UUID]:
    """Return a session with those that it took the place of in its browser, the newest first."""
    chain = [session.pk]
    while (previous := session.previous) is not None:
        chain.append(previous.pk)
        session = previous
    return chain


def meets_policy(session: BrowserSession) -> bool:
    """Say whether a session satisfies what its tenant asks now: a policy may have become stricter since it began."""
    if session.tenant.policy.mfa != MfaPolicy.REQUIRED or _is_trusted(session):
        return True
    return AMR_REMEMBERED in session.amr and bool(days_in_force(session.tenant))


def is_enough_for(session: BrowserSession, application: Application) -> bool:
    """Say whether a session opens an application of Lifeguard's own, on which people change how others sign in.

    Not where the second factor was left out, or whoever has the password and the browser could take it away.
    """
    return not (application.is_builtin and AMR_REMEMBERED in session.amr)


def may_step_up(session: BrowserSession) -> bool:
    """Say whether signing in once more could add a second factor to a session.

    Not where it has two, where an identity provider vouches for the person, or where the tenant has no second factor.
    """
    return not _is_trusted(session) and session.tenant.policy.mfa != MfaPolicy.OFF


def _is_trusted(session: BrowserSession) -> bool:
    """Whether two factors were shown, here or where the tenant leaves them to: `MfaTrust`."""
    if AMR_MULTI_FACTOR in session.amr:
        return True
    by = session.connection
    return AMR_FEDERATED in session.amr and (by is None or by.mfa_trust == MfaTrust.PROVIDER)


def _note_sign_in(user: DirectoryUser) -> None:
    rows = DirectoryUser.objects.filter(pk=user.pk, status=UserStatus.ACTIVE)
    language = Case(When(chosen_language="", then=Value(present_language())), default=F("chosen_language"))
    rows.update(last_sign_in_at=timezone.now(), language=language)
