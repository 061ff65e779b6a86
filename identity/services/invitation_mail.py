"""Sending the invitation that is owed: the handler of the outbox kind INVITATION."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from email.mime.image import MIMEImage
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
from tenants.colours import text_on
from tenants.models import Branding, Invitation

_RETRY = timedelta(seconds=30)
_LOGO = "logo"
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


@dataclass(frozen=True)
class _Letter:
    """A mail, ready to go."""

    to: str
    subject: str
    text: str
    html: str
    logo: bytes


class _Mail(EmailMultiAlternatives):
    """A mail whose attached picture belongs to its text (RFC 2387) and is not offered as a file."""

    mixed_subtype = "related"


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


def _compose(invitation: Invitation, token: str) -> _Letter:
    branding = Branding.objects.get(tenant=invitation.tenant)
    user = DirectoryUser.objects.get(pk=invitation.user_id, tenant=invitation.tenant)
    # Mail programs do not show SVG; there the name stands for it.
    logo = bytes(branding.logo) if branding.logo_type == "image/png" else b""
    context = {
        "brand": branding,
        "renews": invitation.renews,
        "with_password": invitation.tenant.policy.takes_passwords,
        "name": user.name,
        "email": invitation.email,
        "link": f"{settings.SIGNIN_URL}/{invitation.tenant.slug}/invitation/{token}",
        "days": VALID_FOR.days,
        "expires_at": invitation.expires_at,
        "accent_text": text_on(branding.accent),
        "foot_text": text_on(branding.background),
        "logo_cid": _LOGO if logo else "",
        "product_name": settings.PRODUCT_NAME,
    }
    with written_in(user.language):
        subject = _("Your invitation to %(name)s")
        if invitation.renews:
            subject = _("Choose a new password for %(name)s") if context["with_password"] else _("Sign in to %(name)s")
        return _Letter(
            to=invitation.email,
            subject=subject % {"name": branding.display_name},
            text=render_to_string("mail/invitation.txt", context),
            html=render_to_string("mail/invitation.html", context),
            logo=logo,
        )


def _send(letter: _Letter) -> None:
    mail = _Mail(subject=letter.subject, body=letter.text, to=[letter.to])
    mail.attach_alternative(letter.html, "text/html")
    if letter.logo:
        mail.attach(_inline_image(letter.logo))
    try:
        mail.send()
    except SMTPRecipientsRefused as error:
        codes = {code for code, _reason in error.recipients.values()}
        if min(codes, default=0) >= _PERMANENT:
            raise Blocked(
                "recipient_refused",
                f"The mail server refuses {letter.to}.",
                remedy="Check the address, and invite the user again.",
            ) from error
        raise NotYet("The mail server refuses the message for now.", delay=_RETRY) from error
    except (SMTPException, OSError) as error:
        raise NotYet(f"The mail server cannot be reached: {type(error).__name__}.", delay=_RETRY) from error


def _inline_image(content: bytes) -> MIMEImage:
    image = MIMEImage(content, "png")
    image.add_header("Content-ID", f"<{_LOGO}>")
    image.add_header("Content-Disposition", "inline", filename="logo.png")
    return image
