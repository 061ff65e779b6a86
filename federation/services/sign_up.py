"""Making an account without an invitation, where the tenant's policy lets people: the address is proved first.

Until the link of the mail is opened and a password chosen there is nobody in the directory. Then what follows is
accepting an invitation, which the person gave themselves: Cognito's own sign-up stays off.
"""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from federation.auth_reasons import Reason
from federation.models import AccountRequest, AccountRequestKind, AuthWay
from federation.selectors.email_domains import proves_domain_of
from federation.services.account_requests import use_up
from federation.services.auth_events import record_failure, record_success
from federation.tokens import hash_token, new_token
from identity.actors import as_user
from identity.models import DirectoryUser, UserStatus
from identity.services.acceptance import InvitationClosed, InvitationState, accept_invitation, find_invitation
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import Conflict, DomainError, Unavailable, ValidationFailed
from tenants.models import Application, Invitation, SignUpPolicy, Tenant
from tenants.services import audit

# Of the invitation behind a link that was opened: whoever could not finish, because Cognito did not answer, may go on.
_TO_FINISH = timedelta(hours=24)


def may_sign_up(tenant: Tenant) -> bool:
    """Say whether anybody may make an account at a tenant without being invited."""
    return tenant.policy.sign_up != SignUpPolicy.OFF


def takes_address(tenant: Tenant, email: str) -> bool:
    """Say whether a tenant's policy lets somebody with this address make an account, whoever they are."""
    match SignUpPolicy(tenant.policy.sign_up):
        case SignUpPolicy.ANYONE:
            return True
        case SignUpPolicy.DOMAINS:
            return proves_domain_of(tenant, email)
        case _:
            return False


def make_link_token(asked: AccountRequest) -> str:
    """Return a new token for the link of the mail; one before is good no more."""
    token = new_token()
    AccountRequest.objects.filter(pk=asked.pk).update(token_hash=hash_token(token))
    return token


def find_sign_up(tenant: Tenant, token: str) -> tuple[InvitationState, AccountRequest | None]:
    """Return a sign-up by the token of its link, and what to tell its holder."""
    rows = AccountRequest.objects.select_related("request__application")
    rows = rows.filter(tenant=tenant, kind=AccountRequestKind.SIGN_UP)
    asked = rows.filter(token_hash=hash_token(token)).first()
    if asked is None:
        return InvitationState.UNKNOWN, None
    if asked.used_at is not None:
        return find_invitation(tenant, token)[0], asked
    if asked.expires_at <= timezone.now():
        return InvitationState.EXPIRED, asked
    return (InvitationState.OPEN if takes_address(tenant, asked.email) else InvitationState.UNKNOWN), asked


def sign_up(tenant: Tenant, token: str, password: str, *, visitor: Actor) -> DirectoryUser:
    """Make an account for whoever opened the link, with the password that they chose.

    Args:
        tenant: whose page it is.
        token: of the link.
        password: what the person chose.
        visitor: the request's actor.

    Raises:
        InvitationClosed: the link is too old, was used, or is none.
        Conflict: there is an account for the address, meanwhile.
        ValidationFailed: the password is not accepted; the link can be used again.
        Unavailable: Cognito cannot answer now; likewise.
    """
    state, asked = find_sign_up(tenant, token)
    if asked is None:
        raise InvitationClosed(state)
    try:
        user = _made(tenant, asked, state, token, password, visitor=visitor)
    except (InvitationClosed, Conflict, ValidationFailed, Unavailable) as error:
        note_refusal(tenant, asked, error, visitor=visitor)
        raise
    record_success(user, AuthWay.SIGN_UP, visitor=visitor, application=_application_of(asked))
    return user


def note_refusal(tenant: Tenant, asked: AccountRequest, error: DomainError, *, visitor: Actor) -> None:
    """Keep that whoever had the link got no account by it, in the log of sign-ins.

    Args:
        tenant: whose page it is.
        asked: what the link is of. Of a link that nobody was mailed there is nothing to keep.
        error: one that `sign_up` raises.
        visitor: the request's actor.
    """
    record_failure(
        tenant,
        AuthWay.SIGN_UP,
        visitor=visitor,
        reason=_reason_of(error),
        user=DirectoryUser.objects.filter(tenant=tenant, email=asked.email).first(),
        application=_application_of(asked),
    )


def _made(
    tenant: Tenant, asked: AccountRequest, state: InvitationState, token: str, password: str, *, visitor: Actor
) -> DirectoryUser:
    if state is not InvitationState.OPEN:
        raise InvitationClosed(state)
    if asked.used_at is None:
        _enter(tenant, asked, token, visitor=visitor)
    return accept_invitation(tenant, token, password, actor=visitor)


def _application_of(asked: AccountRequest) -> Application | None:
    return asked.request.application if asked.request is not None else None


def _reason_of(error: DomainError) -> Reason:
    match error:
        case InvitationClosed(state=InvitationState.PREPARING):
            return Reason.UNAVAILABLE
        case InvitationClosed():
            return Reason.LINK_NOT_GOOD
        case Conflict():
            return Reason.ACCOUNT_EXISTS
        case ValidationFailed():
            return Reason.PASSWORD_NOT_ACCEPTED
    return Reason.UNAVAILABLE


@transaction.atomic
def _enter(tenant: Tenant, asked: AccountRequest, token: str, *, visitor: Actor) -> None:
    """Put the person into the directory, with an invitation that has the token of their link."""
    user = DirectoryUser(tenant=tenant, email=asked.email, name=asked.name, status=UserStatus.INVITED)
    now = timezone.now()
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            Invitation.objects.create(
                tenant=tenant,
                user_id=user.pk,
                email=user.email,
                token_hash=hash_token(token),
                sent_at=now,
                expires_at=now + _TO_FINISH,
            )
    except IntegrityError as error:
        raise Conflict(_("There is an account for this address already. Sign in with it.")) from error
    use_up(asked)
    actor = as_user(visitor, user)
    audit.record(Action.USER_SIGNED_UP, actor=actor, tenant=tenant, target=user, after={"name": user.name})
