"""Accepting an invitation: the one change to Cognito that a person waits for besides signing in."""

from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from identity import auth
from identity.actors import as_user
from identity.cells import pool_ref
from identity.models import AppClient, DirectoryUser, UserStatus
from identity.password_words import problem_with, words_for
from identity.services.groups import request_groups_of
from identity.services.invitation_mail import hash_token, status_of_invited
from identity.services.temporary_password import generate_password
from identity.services.user_sessions import sign_out_everywhere
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import Conflict, DomainError, Unavailable, ValidationFailed
from tenants.models import Invitation, SyncKind, Tenant, TenantStatus
from tenants.services import audit
from tenants.services.outbox import request_sync

# Longer than the calls to Cognito can take, so that two requests never set two passwords at once.
_CLAIM = timedelta(seconds=60)


class InvitationState(StrEnum):
    """What the holder of a link may learn about it."""

    OPEN = "open"
    PREPARING = "preparing"
    EXPIRED = "expired"
    USED = "used"
    UNKNOWN = "unknown"


class InvitationClosed(DomainError):
    """The invitation cannot be accepted; `state` says why, as far as its holder may know."""

    code = "invitation_closed"
    status = 410

    def __init__(self, state: InvitationState) -> None:
        super().__init__(_("This invitation can no longer be accepted."))
        self.state = state


def find_invitation(tenant: Tenant, token: str) -> tuple[InvitationState, Invitation | None]:
    """Return an invitation by the token in its link, and what to tell its holder.

    A revoked one is as unknown as one that never was: the newest link is the one that counts.
    """
    invitation = Invitation.objects.filter(tenant=tenant, token_hash=hash_token(token), revoked_at__isnull=True).first()
    if invitation is None:
        return InvitationState.UNKNOWN, None
    if invitation.accepted_at is not None:
        return InvitationState.USED, invitation
    awaited = status_of_invited(invitation)
    if not DirectoryUser.objects.filter(tenant=tenant, pk=invitation.user_id, status=awaited).exists():
        return InvitationState.UNKNOWN, None
    if invitation.expires_at <= timezone.now():
        return InvitationState.EXPIRED, invitation
    return (InvitationState.OPEN if is_ready(tenant) else InvitationState.PREPARING), invitation


def is_ready(tenant: Tenant) -> bool:
    """Say whether Cognito has the tenant's pool and app client, so that somebody can sign in afterwards."""
    return (
        tenant.pool.is_provisioned
        and AppClient.objects.filter(tenant=tenant, pool=tenant.pool, purpose=AppClient.SIGN_IN).exists()
    )


def accept_invitation(tenant: Tenant, token: str, password: str, *, actor: Actor) -> DirectoryUser:
    """Set the password that an invited person chose, and make them an active user.

    Where passwords are not used, Cognito gets one that nobody knows: without any, it would take them for somebody who
    has to choose one first, and send no code.

    One UPDATE claims the invitation; then Cognito gets the user with the permanent password, outside any transaction;
    then the user becomes active. After a crash in between, the claim runs out and the same link works again.

    Args:
        tenant: whose page the link is on.
        token: from the link.
        password: what the person chose; of no account where passwords are not used.
        actor: the request's actor, nobody as yet.

    Raises:
        InvitationClosed: expired, used or unknown, or the pool is not there yet.
        Conflict: somebody is accepting it at this moment, or the address belongs to somebody else in the pool.
        ValidationFailed: the password is not accepted; `fields["password"]` says why.
        Unavailable: Cognito cannot answer now.
    """
    state, invitation = find_invitation(tenant, token)
    if state is not InvitationState.OPEN or invitation is None:
        raise InvitationClosed(state)
    shortest = tenant.policy.password_min_length
    if not tenant.policy.takes_passwords:
        password = generate_password(shortest)
    elif message := problem_with(password, min_length=shortest, email=invitation.email):
        raise ValidationFailed(message, fields={"password": message})
    claim = _claim(invitation)
    user = DirectoryUser.objects.select_related("tenant").get(tenant=tenant, pk=invitation.user_id)
    try:
        subject = _set_password(tenant, user, password)
    except DomainError:
        _release(invitation, claim)
        raise
    return _activate(user, invitation, subject, actor=actor)


def _set_password(tenant: Tenant, user: DirectoryUser, password: str) -> str:
    try:
        return auth.create_user_with_password(
            pool_ref(tenant.pool), user.username, user.email, password, name=user.name
        )
    except auth.PasswordRejected as error:
        message = words_for(error)
        raise ValidationFailed(message, fields={"password": message}) from error
    except auth.EmailTaken as error:
        raise Conflict(_("Somebody else in this organization signs in with this address already.")) from error
    except auth.AuthUnavailable as error:
        raise Unavailable(_("Your password could not be set just now. Try again in a minute.")) from error


def _claim(invitation: Invitation) -> datetime:
    now = timezone.now()
    until = now + _CLAIM
    rows = Invitation.objects.filter(
        pk=invitation.pk,
        accepted_at__isnull=True,
        revoked_at__isnull=True,
        expires_at__gt=now,
        # It may have been closed since this request began, and its removal looks for claims.
        tenant__status=TenantStatus.ACTIVE,
    )
    free = rows.filter(claimed_until__isnull=True) | rows.filter(claimed_until__lt=now)
    if not free.update(claimed_until=until):
        raise Conflict(_("This invitation is being accepted at this moment. Wait a minute and reload the page."))
    return until


def _release(invitation: Invitation, claim: datetime) -> None:
    """Give a claim back, unless it ran out and another request has one."""
    Invitation.objects.filter(pk=invitation.pk, claimed_until=claim).update(claimed_until=None)


def _activate(user: DirectoryUser, invitation: Invitation, subject: str, *, actor: Actor) -> DirectoryUser:
    """Make the user active, unless the invitation was withdrawn or the user changed while Cognito was asked."""
    with transaction.atomic():
        locked = DirectoryUser.objects.select_for_update(of=("self",)).select_related("tenant").get(pk=user.pk)
        current = Invitation.objects.select_for_update().get(pk=invitation.pk)
        withdrawn = current.revoked_at is not None or locked.status != status_of_invited(current)
        # Also where it was withdrawn: Cognito has a user now, and the reconciler brings it to what the directory says.
        request_sync(SyncKind.USER, locked.pk, actor=actor)
        if not withdrawn:
            locked.status, locked.cognito_sub, locked.awaits_password = UserStatus.ACTIVE, subject, False
            locked.email_verified, locked.missing_since = True, None
            changed = ["status", "cognito_sub", "awaits_password", "email_verified", "missing_since", "updated_at"]
            locked.save(update_fields=changed)
            request_groups_of(locked)
            if current.renews:
                # The password before is good no more, so that neither is what began with it.
                sign_out_everywhere(locked, actor=actor)
            current.accepted_at, current.claimed_until = timezone.now(), None
            current.save(update_fields=["accepted_at", "claimed_until"])
            audit.record(Action.INVITATION_ACCEPTED, actor=as_user(actor, locked), tenant=locked.tenant, target=locked)
    if withdrawn:
        raise InvitationClosed(InvitationState.UNKNOWN)
    return locked
