"""Another e-mail address, which somebody has to show that they read."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from federation.account.context import Account
from federation.account.forms import WantedEmailForm
from federation.account.guard import account_view
from federation.account.refusals import note_refusal, refusals
from federation.account.said import done
from federation.services.attempt_limits import MAIL, Caller, LimitReached, spend
from federation.services.email_changes import ask_for_email, open_change, prove_email
from federation.services.own_account import require_change
from federation.signin.forms import MailedCodeForm
from federation.signin.pages import page
from federation.signin.views.common import limited
from identity.auth import CodeMismatch
from tenants.errors import ValidationFailed
from tenants.own_details import Detail


@account_view("GET", "POST", back="account-email")
def email(request: HttpRequest, account: Account) -> HttpResponse:
    """Ask for the address, and mail a code to it, whoever has it."""
    account.require_own_sign_in()
    require_change(account.tenant, Detail.EMAIL)
    form = WantedEmailForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return _page(request, account, form, 200 if request.method == "GET" else 422)
    wanted = form.cleaned_data["email"].strip().lower()
    try:
        with refusals(account):
            spend(MAIL, account.tenant, wanted, Caller(account.visitor.ip))
        ask_for_email(account.session, wanted)
    except LimitReached as error:
        form.add_error(None, error.message)
        return limited(_page(request, account, form, error.status), error)
    except ValidationFailed as error:
        form.add_error("email", error.message)
        return _page(request, account, form, error.status)
    return redirect("account-email-code", account.tenant.slug)


@account_view("GET", "POST", back="account-email-code")
def code(request: HttpRequest, account: Account) -> HttpResponse:
    """Take the code."""
    account.require_own_sign_in()
    wanted = open_change(account.user)
    if wanted is None:
        return redirect("account-email", account.tenant.slug)
    form = MailedCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if prove_email(account.session, form.cleaned_data["code"], visitor=account.visitor):
            return done(account, "account", "email-changed")
        note_refusal(account, CodeMismatch())
        form.add_error("code", _("The code is not right, or not good any more. Look for the newest mail."))
    context = {
        "account": account,
        "form": form,
        "email": wanted.email,
        "again_url": reverse("account-email", args=[account.tenant.slug]),
    }
    status = 422 if form.errors else 200
    return page(request, "federation/account/email_code.html", context, tenant=account.tenant, status=status)


def _page(request: HttpRequest, account: Account, form: WantedEmailForm, status: int) -> HttpResponse:
    context = {"account": account, "form": form}
    return page(request, "federation/account/email.html", context, tenant=account.tenant, status=status)
