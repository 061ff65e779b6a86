"""Sending the invitation that is owed: the handler of the outbox kind INVITATION."""

import hashlib
import secrets
from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from identity import auth
from identity.cells import pool_ref
from identity.languages import written_in
from identity.models import DirectoryUser, UserStatus
from identity.services.invitations import VALID_FOR
from identity.sync.attempt import Attempt
from identity.sync.errors import Blocked, NotYet
from tenants.branded_mail import Letter, branded_mail
from tenants.models import Branding, Invitation

_RETRY = timedelta(seconds=30)
_PERMANENT = 500


def send_invitation(attempt: Attempt) -> None:
    """Make a token, keep its hash, and mail the link; nothing is done where the invitation is no longer wanted.

    The hash is committed before the mail goes out, so that no link arrives that is not known yet. After a failure a new
    token is made: a link that arrived all the same stops working then, and the one that follows it works.

    Raises:
        NotYet: the mail server, or Cognito where it has to be asked, cannot be reached or refuses for now.
        Blocked: the mail server refuses the address for good.
    """
    invitation = Invitation.objects.select_related("tenant").filter(pk=attempt.key, sent_at__isnull=True).first()
    if invitation is None or not _is_wanted(invitation):
        return
    if invitation.renews and not _is_needed(invitation):
        Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True).update(revoked_at=timezone.now())
        return
    token = secrets.token_urlsafe(32)
    invitation.expires_at = timezone.now() + VALID_FOR
    attempt.before_write()
    # Conditional: a revocation that commits meanwhile wins.
    kept = Invitation.objects.filter(pk=invitation.pk, accepted_at__isnull=True, revoked_at__isnull=True).update(
        token_hash=hash_token(token), expires_at=invitation.expires_at
    )
    if not kept:
        return
    _send(_compose(invitation, token))
    Invitation.objects.filter(pk=invitation.pk).update(sent_at=timezone.now())


def hash_token(token: str) -> str:
    """Return what is kept of an invitation's token. It has 256 random bits, so that a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def _is_wanted(invitation: Invitation) -> bool:
    waiting = DirectoryUser.objects.filter(
        pk=invitation.user_id, tenant_id=invitation.tenant_id, status=status_of_invited(invitation)
    )
    return invitation.revoked_at is None and invitation.accepted_at is None and waiting.exists()


def _is_needed(invitation: Invitation) -> bool:
    """Say whether Cognito still has a temporary password of the user's: one of their own no link replaces.

    Whoever shows an expired link may have it from a mail of long ago, so that it is asked here, for every link.
    """
    user = DirectoryUser.objects.get(pk=invitation.user_id, tenant_id=invitation.tenant_id)
    is_needed = auth.has_temporary_password if invitation.tenant.policy.takes_passwords else auth.lacks_password
    try:
        return is_needed(pool_ref(invitation.tenant.pool), user.username)
    except auth.AuthUnavailable as error:
        raise NotYet("Cognito cannot say whether the password is temporary.", delay=_RETRY) from error


def status_of_invited(invitation: Invitation) -> UserStatus:
    """Return what a user is whom an invitation is still for."""
    return UserStatus.ACTIVE if invitation.renews else UserStatus.INVITED


def _compose(invitation: Invitation, token: str) -> EmailMultiAlternatives:
    branding = Branding.objects.get(tenant=invitation.tenant)
    user = DirectoryUser.objects.get(pk=invitation.user_id, tenant=invitation.tenant)
    link = f"{settings.SIGNIN_URL}/{invitation.tenant.slug}/invitation/{token}"
    with_password = invitation.tenant.policy.takes_passwords
    facts = {
        "brand": branding,
        "renews": invitation.renews,
        "with_password": with_password,
        "name": user.name,
        "email": invitation.email,
        "link": link,
        "days": VALID_FOR.days,
        "expires_at": invitation.expires_at,
        "product_name": settings.PRODUCT_NAME,
    }
    with written_in(user.language):
        subject, label = _("Your invitation to %(name)s"), _("Accept the invitation")
        if invitation.renews and with_password:
            subject, label = _("Choose a new password for %(name)s"), _("Choose a password")
        elif invitation.renews:
            subject, label = _("Sign in to %(name)s"), _("Continue")
        letter = Letter(
            to=invitation.email,
            subject=subject % {"name": branding.display_name},
            text=render_to_string("mail/invitation.txt", facts),
            link=link,
            label=label,
        )
        return branded_mail(branding, letter, template="mail/invitation.html", facts=facts)


def _send(mail: EmailMultiAlternatives) -> None:
    try:
        mail.send()
    except SMTPRecipientsRefused as error:
        codes = {code for code, _reason in error.recipients.values()}
        if min(codes, default=0) >= _PERMANENT:
            raise Blocked(
                "recipient_refused",
                f"The mail server refuses {mail.to[0]}.",
                remedy="Check the address, and invite the user again.",
            ) from error
        raise NotYet("The mail server refuses the message for now.", delay=_RETRY) from error
    except (SMTPException, OSError) as error:
        raise NotYet(f"The mail server cannot be reached: {type(error).__name__}.", delay=_RETRY) from error
