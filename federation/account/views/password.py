"""Changing one's password."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from federation.account.context import Account
from federation.account.forms import ChangePasswordForm
from federation.account.guard import account_view
from federation.account.refusals import refusals
from federation.account.said import done
from federation.passwords import require_passwords
from federation.services.attempt_limits import PASSWORD, Caller, LimitReached, tried
from federation.services.own_account import note_password_changed
from federation.signin.pages import page
from federation.signin.views.common import limited
from identity import auth
from identity.auth.own_password import change_password
from identity.password_words import words_for


def password_section(account: Account) -> dict[str, Any] | None:
    """Return nothing but that there is a password; None for somebody who has none here, or could not use it."""
    return {} if account.has_own_factors and account.tenant.policy.takes_passwords else None


@sensitive_post_parameters("present", "password", "repeated")
@account_view("GET", "POST", back="account-password")
def password(request: HttpRequest, account: Account) -> HttpResponse:
    """Ask for the present password and a new one."""
    require_passwords(account.tenant)
    account.credential()
    policy = account.tenant.policy
    form = ChangePasswordForm(request.POST or None, min_length=policy.password_min_length, email=account.user.email)
    if request.method == "GET" or not form.is_valid():
        return _page(request, account, form, 200 if request.method == "GET" else 422)
    try:
        with refusals(account):
            _change(account, form.cleaned_data["present"], form.cleaned_data["password"])
    except LimitReached as error:
        form.add_error(None, error.message)
        return limited(_page(request, account, form, error.status), error)
    except auth.PasswordRejected as error:
        form.add_error("password", words_for(error))
        return _page(request, account, form, 422)
    except auth.InvalidCredentials:
        form.add_error("present", _("That is not your present password."))
        return _page(request, account, form, 422)
    note_password_changed(account.session, visitor=account.visitor)
    return done(account, "account-security", "password-changed")


def _change(account: Account, present: str, wanted: str) -> None:
    client, token = account.client(), account.credential()
    rejected: auth.PasswordRejected | None = None
    # In this session: guesses at the sign-in page keep nobody from it.
    caller = Caller(account.visitor.ip, device=str(account.session.pk))
    with tried(PASSWORD, account.tenant, account.user.email, caller, not_theirs=auth.AuthUnavailable):
        try:
            change_password(client, token, present, wanted)
        except auth.PasswordRejected as error:
            # Cognito looks at the present one first: it was right.
            rejected = error
    if rejected is not None:
        raise rejected


def _page(request: HttpRequest, account: Account, form: ChangePasswordForm, status: int) -> HttpResponse:
    context = {"account": account, "form": form}
    return page(request, "federation/account/password.html", context, tenant=account.tenant, status=status)
