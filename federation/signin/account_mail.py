"""What an account request is answered with, by mail alone: whoever asked saw the same page for every address."""

import uuid
from collections.abc import Collection
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from federation.models import AccountRequest, AccountRequestKind
from federation.selectors import sign_in_client
from federation.services.account_requests import LIFETIMES, owed_request, settle
from federation.services.sign_up import make_link_token, takes_address
from federation.signin.cognito import client_ref
from identity import auth
from identity.cells import pool_ref
from identity.languages import written_in
from identity.models import DirectoryUser, UserStatus
from identity.services.factors import note_factors
from identity.services.renewals import invite_again, renew_password
from tenants.actor import ANONYMOUS
from tenants.branded_mail import Letter, branded_mail
from tenants.factors import SecondFactor
from tenants.models import Tenant

_log = structlog.get_logger(__name__)

_BY_PROVIDER = gettext_lazy(
    "You sign in through your organization's identity provider, which keeps your password. Change it there."
)
_BY_ADMINISTRATOR = gettext_lazy(
    "A new password cannot be set by mail for your account. Ask an administrator of your organization for one."
)


def answer(asked_id: uuid.UUID) -> None:
    """Mail what a request is worth, if anything; none is answered twice.

    While Cognito does not answer the request stays owed, and the sweep tries again until it is too old.
    """
    asked = owed_request(asked_id)
    if asked is None:
        return
    try:
        with written_in(asked.language):
            _answer(asked)
    except auth.AuthUnavailable as error:
        _log.warning("account_request_waits", request=str(asked.pk), reason=str(error))
        return
    settle(asked)


def _answer(asked: AccountRequest) -> None:
    match AccountRequestKind(asked.kind):
        case AccountRequestKind.PASSWORD:
            _answer_password(asked)
        case AccountRequestKind.SIGN_UP:
            _answer_sign_up(asked)


def _answer_password(asked: AccountRequest) -> None:
    """Have Cognito mail a code; where it has none to give, send what leads on instead."""
    tenant, user = asked.tenant, _user_of(asked)
    if user is None:
        return
    if user.status == UserStatus.INVITED:
        invite_again(tenant, user.pk, actor=ANONYMOUS)
    elif not tenant.policy.takes_passwords:
        _lead_in(tenant, user)
    elif user.status == UserStatus.ACTIVE and user.is_federated:
        _explain(user, _BY_PROVIDER)
    elif user.status == UserStatus.CREATED:
        # Whether they are let in at all is the administrator's to say, by inviting them.
        _explain(user, _BY_ADMINISTRATOR)
    elif user.status == UserStatus.ACTIVE:
        _send_code(tenant, user)


def _lead_in(tenant: Tenant, user: DirectoryUser) -> None:
    """Where passwords are not used: mail a link to whom Cognito sends no code before they have a lasting password.

    There are such people from before, or made in Cognito past us. The link has Cognito given one that nobody knows.
    Nor does it send one to who has a second factor: of whom no sign-in showed one, it is known from here on.
    """
    if user.status != UserStatus.ACTIVE or user.is_federated:
        return
    pool = pool_ref(tenant.pool)
    if auth.lacks_password(pool, user.username):
        renew_password(tenant, user.pk, actor=ANONYMOUS)
    elif user.mfa_reset_wanted != user.mfa_reset_done:
        # Cognito may have yet what was taken away from them.
        return
    elif (factors := auth.second_factors_of(pool, user.username)) and _is_noted(user, factors):
        _mail(user.email, tenant, _("Your account at %(organization)s"), "unseen_factor", {})


@transaction.atomic
def _is_noted(user: DirectoryUser, factors: Collection[SecondFactor]) -> bool:
    """Keep what Cognito said of somebody, unless it was taken away since they were read."""
    rows = DirectoryUser.objects.filter(pk=user.pk, mfa_reset_wanted=user.mfa_reset_wanted)
    locked = rows.select_for_update().first()
    if locked is None:
        return False
    note_factors(locked, factors)
    return True


def _answer_sign_up(asked: AccountRequest) -> None:
    """Mail the link with which an account is made; to somebody who has one, what to do instead."""
    if not takes_address(asked.tenant, asked.email):
        return
    user = _user_of(asked)
    if user is None:
        link = f"{settings.SIGNIN_URL}/{asked.tenant.slug}/sign-up/{make_link_token(asked)}"
        hours = int(LIFETIMES[AccountRequestKind.SIGN_UP].total_seconds() // 3600)
        subject = _("Your account at %(organization)s")
        label = _("Choose a password") if asked.tenant.policy.takes_passwords else _("Continue")
        # Without the name: it is the words of whoever asked, who may be a stranger to whoever reads this.
        _mail(asked.email, asked.tenant, subject, "sign_up", {"hours": hours}, link=link, label=label)
    elif user.status == UserStatus.INVITED:
        invite_again(asked.tenant, user.pk, actor=ANONYMOUS)
    elif user.status == UserStatus.CREATED:
        _explain(user, _BY_ADMINISTRATOR)
    elif user.status == UserStatus.ACTIVE:
        _mail(user.email, asked.tenant, _("Your account at %(organization)s"), "has_account", {})


def _user_of(asked: AccountRequest) -> DirectoryUser | None:
    rows = DirectoryUser.objects.select_related("tenant__branding").filter(tenant=asked.tenant, email=asked.email)
    return rows.exclude(status=UserStatus.DELETING).first()


def _send_code(tenant: Tenant, user: DirectoryUser) -> None:
    client = sign_in_client(tenant)
    if client is None:
        raise auth.AuthUnavailable("The tenant's app client is not in Cognito yet.")
    sender = client_ref(client)
    try:
        auth.send_reset_code(sender, user.username)
    except auth.TooManyAttempts:
        # Cognito has mailed several codes within the hour, of which the newest is good.
        _log.info("reset_code_limit", user=str(user.pk))
    except auth.ResetRefused:
        if auth.has_temporary_password(sender.pool, user.username):
            renew_password(tenant, user.pk, actor=ANONYMOUS)
        else:
            _explain(user, _BY_ADMINISTRATOR)


def _explain(user: DirectoryUser, words: Promise) -> None:
    _mail(user.email, user.tenant, _("Your password at %(organization)s"), "no_reset", {"words": words})


def _mail(
    to: str, tenant: Tenant, subject: str, template: str, facts: dict[str, Any], *, link: str = "", label: str = ""
) -> None:
    organization = tenant.branding.display_name
    told = {"organization": organization, "with_password": tenant.policy.takes_passwords}
    context = {**facts, **told, "link": link, "product_name": settings.PRODUCT_NAME}
    letter = Letter(
        to=to,
        subject=subject % {"organization": organization},
        text=render_to_string(f"federation/mail/{template}.txt", context),
        link=link,
        label=label,
    )
    branded_mail(tenant.branding, letter).send()
