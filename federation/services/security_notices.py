"""The mails that tell somebody what was changed about how they sign in, so that a take-over is noticed."""

from collections.abc import Mapping
from enum import StrEnum

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from federation.devices import device_of, shown_network
from federation.models import SecurityNotice
from identity.languages import written_in
from identity.models import DirectoryUser
from tenants.actor import Actor
from tenants.branded_mail import Letter, branded_mail
from tenants.http import network_of
from tenants.services.outbox import send_soon

TELL_TASK = "federation.tell_security_notice"


class NoticeKind(StrEnum):
    """What happened; at most 32 characters."""

    PASSWORD_CHANGED = "password_changed"  # noqa: S105  # The name of an event.
    EMAIL_CHANGED = "email_changed"
    AUTHENTICATOR_ADDED = "authenticator_added"
    AUTHENTICATOR_REMOVED = "authenticator_removed"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    PASSKEY_ADDED = "passkey_added"
    PASSKEY_REMOVED = "passkey_removed"
    KEY_ADDED = "key_added"
    KEY_REMOVED = "key_removed"
    KEY_COPIED = "key_copied"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODE_USED = "recovery_code_used"
    NEW_DEVICE = "new_device"


WORDS: Mapping[NoticeKind, Promise] = {
    NoticeKind.PASSWORD_CHANGED: gettext_lazy("Your password was changed"),
    NoticeKind.EMAIL_CHANGED: gettext_lazy("Your e-mail address was changed"),
    NoticeKind.AUTHENTICATOR_ADDED: gettext_lazy("An authenticator app was added"),
    NoticeKind.AUTHENTICATOR_REMOVED: gettext_lazy("Your authenticator app was removed"),
    NoticeKind.FACTOR_ADDED: gettext_lazy("A second factor was added"),
    NoticeKind.FACTOR_REMOVED: gettext_lazy("A second factor was removed"),
    NoticeKind.PASSKEY_ADDED: gettext_lazy("A passkey was added"),
    NoticeKind.PASSKEY_REMOVED: gettext_lazy("A passkey was removed"),
    NoticeKind.KEY_ADDED: gettext_lazy("A security key or passkey was added"),
    NoticeKind.KEY_REMOVED: gettext_lazy("A security key or passkey was removed"),
    NoticeKind.KEY_COPIED: gettext_lazy("Somebody may have a copy of your security key"),
    NoticeKind.RECOVERY_CODES_MADE: gettext_lazy("New recovery codes were made"),
    NoticeKind.RECOVERY_CODE_USED: gettext_lazy("Your second factor was removed by a recovery code"),
    NoticeKind.NEW_DEVICE: gettext_lazy("Somebody signed in with a new browser"),
}
"""The subject of the mail, and its first sentence."""


def owe_notice(kind: NoticeKind, user: DirectoryUser, *, actor: Actor, email: str = "", about: str = "") -> None:
    """Have somebody told of a change, in its transaction; a mail that is lost is sent by the next sweep.

    Args:
        kind: what happened.
        user: to whom.
        actor: who did it, and from where.
        email: where the mail goes; empty for the user's address.
        about: what was changed, in a word, such as the name of a passkey. Never a secret.
    """
    to = email or user.email
    if not to:
        return
    details = {
        "user_agent": actor.user_agent,
        "network": network_of(actor.ip) if actor.ip else "",
        "about": about,
    }
    notice = SecurityNotice.objects.create(
        tenant_id=user.tenant_id, user=user, kind=kind.value, email=to, details=details
    )
    transaction.on_commit(lambda: send_soon(TELL_TASK, str(notice.pk)))


def unsent(limit: int) -> list[int]:
    """Return the mails that are owed, the longest waiting first."""
    return list(_owed().order_by("created_at").values_list("pk", flat=True)[:limit])


def send_notice(notice_id: int) -> None:
    """Send one mail that is owed. Sent before it is noted: rather twice than never."""
    notice = _owed().select_related("user", "tenant__branding").filter(pk=notice_id).first()
    if notice is None:
        return
    with written_in(notice.user.language):
        _letter(notice).send()
    SecurityNotice.objects.filter(pk=notice_id).update(sent_at=timezone.now())


def _letter(notice: SecurityNotice) -> EmailMultiAlternatives:
    organization = notice.tenant.branding.display_name
    account_url = f"{settings.SIGNIN_URL}/{notice.tenant.slug}/account"
    what = str(WORDS[NoticeKind(notice.kind)])
    context = {
        "notice": notice,
        "what": what,
        "about": notice.details["about"],
        "device": device_of(notice.details["user_agent"]) if notice.details["user_agent"] else "",
        "network": shown_network(notice.details["network"]),
        "organization": organization,
        "account_url": account_url,
        "product_name": settings.PRODUCT_NAME,
    }
    letter = Letter(
        to=notice.email,
        subject=_("%(organization)s: %(what)s") % {"organization": organization, "what": what},
        text=render_to_string("federation/mail/security_notice.txt", context),
        heading=what,
        link=account_url,
    )
    return branded_mail(notice.tenant.branding, letter)


def _owed() -> QuerySet[SecurityNotice]:
    return SecurityNotice.objects.filter(sent_at__isnull=True)
