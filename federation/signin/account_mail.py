"""What an account request is answered with, by mail alone: whoever asked saw the same page for every address."""

import uuid

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from federation.models import AccountRequest
from federation.selectors import sign_in_client
from federation.services.account_requests import owed_request, settle
from federation.signin.cognito import client_ref
from identity import auth
from identity.models import DirectoryUser, UserStatus
from identity.services.renewals import invite_again, renew_password
from tenants.actor import ANONYMOUS
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
        _answer_password(asked)
    except auth.AuthUnavailable as error:
        _log.warning("account_request_waits", request=str(asked.pk), reason=str(error))
        return
    settle(asked)


def _answer_password(asked: AccountRequest) -> None:
    """Have Cognito mail a code; where it has none to give, send what leads on instead."""
    tenant = asked.tenant
    user = DirectoryUser.objects.filter(tenant=tenant, email=asked.email).exclude(status=UserStatus.DELETING).first()
    if user is None:
        return
    if user.status == UserStatus.INVITED:
        invite_again(tenant, user.pk, actor=ANONYMOUS)
    elif user.status == UserStatus.ACTIVE and user.is_federated:
        _explain(user, _BY_PROVIDER)
    elif user.status == UserStatus.ACTIVE:
        _send_code(tenant, user)


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
    organization = user.tenant.branding.display_name
    context = {"words": words, "organization": organization, "product_name": settings.PRODUCT_NAME}
    EmailMessage(
        subject=_("Your password at %(organization)s") % {"organization": organization},
        body=render_to_string("federation/mail/no_reset.txt", context),
        to=[user.email],
    ).send()
