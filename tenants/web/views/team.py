"""The operator's own staff, and what their roles allow."""

import logging
from dataclasses import dataclass

from allauth.account.forms import ResetPasswordForm
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tenants import selectors
from tenants.errors import ValidationFailed
from tenants.http import Request
from tenants.models import Account
from tenants.permissions import OPERATOR_PERMISSIONS, PERMISSION_LABELS, SUPPORT_PERMISSIONS, OperatorRole, Permission
from tenants.services.operators import add_operator
from tenants.web.access import fleet_view
from tenants.web.forms import show_faults
from tenants.web.forms.team import OperatorForm

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Member:
    """One operator and their second factors."""

    account: Account
    has_totp: bool
    passkeys: int


@dataclass(frozen=True)
class RoleColumn:
    """One role, and for each permission of the table whether it has it."""

    label: str | Promise
    fleet: frozenset[Permission]
    inside: frozenset[Permission]


@require_safe
@fleet_view(Permission.FLEET_TEAM_READ)
def team_list(request: Request) -> HttpResponse:
    """List operators with their factors, and the table of roles that the checks themselves read."""
    roles = [RoleColumn(role.label, OPERATOR_PERMISSIONS[role], SUPPORT_PERMISSIONS[role]) for role in OperatorRole]
    fleet = sorted(frozenset().union(*OPERATOR_PERMISSIONS.values()))
    inside = sorted(frozenset().union(*SUPPORT_PERMISSIONS.values()))
    context = {
        "members": _members(),
        "may_write": request.actor.allows(Permission.FLEET_TEAM_WRITE),
        "roles": roles,
        "fleet_rows": [(PERMISSION_LABELS[p], p.value, [p in role.fleet for role in roles]) for p in fleet],
        "inside_rows": [(PERMISSION_LABELS[p], p.value, [p in role.inside for role in roles]) for p in inside],
    }
    return render(request, "fleet/team.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@fleet_view(Permission.FLEET_TEAM_WRITE)
def team_add(request: Request) -> HttpResponse:
    """Add an operator, and mail them the link with which they set their password."""
    form = OperatorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            account = add_operator(**form.cleaned_data, password=None, actor=request.actor)
        except ValidationFailed as error:
            show_faults(form, error)
        else:
            _mail_password_link(request, account)
            return redirect("fleet:team")
    return render(request, "fleet/team_add.html", {"form": form}, status=422 if form.errors else 200)


def _mail_password_link(request: Request, account: Account) -> None:
    reset = ResetPasswordForm({"email": account.email})
    if not reset.is_valid():
        raise ValidationFailed(_("No mail can be sent to this address."))
    try:
        reset.save(request)
    except OSError:
        # The account is there; smtplib's errors are OSErrors too.
        logger.exception("The mail to a new operator was not sent")
        text = _("%(email)s is added, but the mail could not be sent. They can use “Forgot your password?” later.")
        messages.warning(request, text % {"email": account.email})
    else:
        text = _("%(email)s is added, and gets a link to set a password.")
        messages.success(request, text % {"email": account.email})


def _members() -> list[Member]:
    accounts = list(selectors.list_operators())
    factors = list(
        Authenticator.objects.filter(user__in=accounts, type__in=["totp", "webauthn"]).values_list("user_id", "type")
    )
    return [
        Member(account, (account.pk, "totp") in factors, factors.count((account.pk, "webauthn")))
        for account in accounts
    ]
