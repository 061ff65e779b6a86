"""Another e-mail address, by a code that is mailed to it.

The code is ours and not Cognito's: the app clients that people sign in by may not write the address
(`identity.sync.families.client_specs`), the mail wears the tenant's brand, and the directory says the address first, as
it does of everything that Cognito is to have.
"""

import secrets
import uuid
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from federation.models import BrowserSession, EmailChange
from federation.selectors.email_domains import proves_domain_of
from federation.services.own_account import require_change
from federation.services.security_notices import NoticeKind, owe_notice
from federation.visitor import as_user
from identity.languages import written_in
from identity.models import DirectoryUser, UserStatus
from identity.services.invitations import withdraw_open_invitations
from identity.services.loading import lock_user
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.branded_mail import Letter, branded_mail
from tenants.errors import Conflict, ValidationFailed
from tenants.models import SyncKind
from tenants.own_details import Detail
from tenants.services import audit
from tenants.services.outbox import request_sync, send_soon

MAIL_TASK = "federation.mail_email_change"
LIFETIME = timedelta(minutes=30)
# Of codes with eight digits; each of the few that can be mailed in an hour (`attempt_limits.MAIL`) has as many.
MAX_CODES = 10
_DIGITS = 8


def is_email_ours(user: DirectoryUser) -> bool:
    """Say whether a user's address is theirs to change; an identity provider says that of its people."""
    return bool(user.email) and not user.is_federated


@transaction.atomic
def ask_for_email(session: BrowserSession, email: str) -> EmailChange:
    """Have a code mailed to a wanted address. What happens is the same whether or not somebody here has it.

    Raises:
        ValidationFailed: it is the present one, or leaves the domains that the organisation proved.
        Conflict: the address comes from an identity provider, or the tenant keeps it.
    """
    user, email = session.user, email.strip().lower()
    if not is_email_ours(user):
        raise Conflict(_("Your e-mail address comes from your organization's identity provider."))
    require_change(session.tenant, Detail.EMAIL)
    if email == user.email:
        raise _refused(_("This is the address that you have."))
    if proves_domain_of(user.tenant, user.email) and not proves_domain_of(user.tenant, email):
        # Whoever leaves would take the account along, out of the reach of the domain's owner.
        raise _refused(_("Choose an address of your organization."))
    change = EmailChange.objects.create(
        tenant_id=user.tenant_id, user=user, email=email, expires_at=timezone.now() + LIFETIME
    )
    transaction.on_commit(lambda: send_soon(MAIL_TASK, str(change.pk)))
    return change


def open_change(user: DirectoryUser) -> EmailChange | None:
    """Return the newest address that somebody wants and has not proved; an earlier one does not count any more."""
    newest = EmailChange.objects.filter(user=user).order_by("-created_at").first()
    return newest if newest is not None and newest.is_open else None


def mail_code(change_id: uuid.UUID) -> None:
    """Mail the code, once; to nobody whose address is another user's already. The worker makes it (docs/adr/0003)."""
    change = EmailChange.objects.select_related("user", "tenant__branding").filter(pk=change_id, code_hash="").first()
    if change is None or not change.is_open or _is_taken(change):
        return
    code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
    if not EmailChange.objects.filter(pk=change.pk, code_hash="").update(code_hash=_hashed(change, code)):
        return
    organization, shown = change.tenant.branding.display_name, f"{code[:4]} {code[4:]}"
    context = {
        "organization": organization,
        "code": shown,
        "minutes": int(LIFETIME.total_seconds() // 60),
        "present": change.user.email,
    }
    with written_in(change.user.language):
        letter = Letter(
            to=change.email,
            subject=_("Your code for %(organization)s") % {"organization": organization},
            text=render_to_string("federation/mail/email_change.txt", context),
            code=shown,
        )
        branded_mail(change.tenant.branding, letter).send()


@transaction.atomic
def prove_email(session: BrowserSession, code: str, *, visitor: Actor) -> bool:
    """Give somebody the address whose code they entered: here at once, in Cognito by the worker.

    Both addresses are told.

    Returns:
        Whether it is theirs now; False for a wrong code, after too many, and where the address is taken: all alike.

    Raises:
        KeptByOrganization: the tenant keeps addresses since the code was mailed.
    """
    user = lock_user(session.tenant, session.user_id)
    require_change(session.tenant, Detail.EMAIL)
    change = open_change(user)
    if change is None:
        return False
    change.code_tries = min(change.code_tries + 1, MAX_CODES + 1)
    right = change.code_tries <= MAX_CODES and constant_time_compare(change.code_hash, _hashed(change, code))
    before = user.email
    if not right or _is_taken(change) or not _give(user, change.email):
        change.save(update_fields=["code_tries"])
        return False
    change.done_at = timezone.now()
    change.save(update_fields=["code_tries", "done_at"])
    _tell(user, before, actor=as_user(visitor, user))
    return True


def _give(user: DirectoryUser, email: str) -> bool:
    """Write the address; False where somebody else was given it since it was looked up."""
    user.email, user.email_verified = email, True
    try:
        with transaction.atomic():
            user.save(update_fields=["email", "email_verified", "updated_at"])
    except IntegrityError:
        return False
    # A link to choose a password that was mailed to the address before is not for whoever reads that one.
    withdraw_open_invitations(user)
    return True


def _tell(user: DirectoryUser, before: str, *, actor: Actor) -> None:
    audit.record(
        Action.OWN_EMAIL_CHANGED,
        actor=actor,
        tenant=user.tenant,
        target=user,
        before={"email": before},
        after={"email": user.email},
    )
    for told in (before, user.email):
        owe_notice(NoticeKind.EMAIL_CHANGED, user, actor=actor, email=told)
    request_sync(SyncKind.USER, user.pk, actor=actor)


def _is_taken(change: EmailChange) -> bool:
    others = DirectoryUser.objects.filter(tenant=change.tenant_id, email=change.email).exclude(pk=change.user_id)
    return others.exclude(status=UserStatus.DELETING).exists()


def _refused(message: str) -> ValidationFailed:
    return ValidationFailed(message, fields={"email": message})


def _hashed(change: EmailChange, code: str) -> str:
    return salted_hmac("federation.email_changes", f"{change.pk}:{code}", algorithm="sha256").hexdigest()
