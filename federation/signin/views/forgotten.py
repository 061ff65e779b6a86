"""The pages for whoever forgot their password: the address, then the mailed code with a new password."""

import uuid
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from federation.models import AccountRequest, AccountRequestKind
from federation.passwords import PasswordNotUsed
from federation.selectors import active_tenant
from federation.services.account_requests import find_asked
from federation.services.attempt_limits import LimitReached
from federation.services.sign_up import may_sign_up
from federation.signin.context import Context, NotReady
from federation.signin.forms import AddressForm
from federation.signin.pages import page
from federation.signin.recovery_forms import ResetForm
from federation.signin.reset import WrongCode, ask_for_code, can_reset, reset_password
from federation.signin.views.common import (
    StartAgain,
    explain,
    flow_view,
    limited,
    load_context,
    password_address,
    request_id_of,
    sign_in_address,
    stopped,
)
from federation.signin.views.sign_up import sign_up_address
from identity import auth
from identity.password_words import words_for


@require_http_methods(["GET", "POST"])
@flow_view
def forgotten(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the address, and answer every address alike: a mail is on its way."""
    context = load_context(request, slug, request_id_of(request))
    if not context.tenant.policy.takes_passwords:
        return stopped(request, context, PasswordNotUsed())
    hint = request.GET.get("login_hint") or context.request.parameters.get("login_hint", "")
    form = AddressForm(request.POST or None, initial={"email": hint})
    if not can_reset(context.tenant):
        return _by_administrator(request, context)
    if request.method == "GET" or not form.is_valid():
        return _ask_page(request, context, form, 200 if request.method == "GET" else 422)
    try:
        asked = ask_for_code(context, form.cleaned_data["email"])
    except LimitReached as error:
        form.add_error(None, error.message)
        return limited(_ask_page(request, context, form, error.status), error)
    return redirect(reset_address(context, asked))


@sensitive_post_parameters("password", "repeated", "code")
@require_http_methods(["GET", "POST"])
@flow_view
def reset(request: HttpRequest, slug: str, asked_id: uuid.UUID) -> HttpResponse:
    """Take the mailed code and a new password."""
    context, asked = _load(request, slug, asked_id)
    if not context.tenant.policy.takes_passwords:
        return stopped(request, context, PasswordNotUsed())
    if asked.used_at is not None:
        return _done(request, context, asked)
    form = ResetForm(request.POST or None, min_length=context.tenant.policy.password_min_length, email=asked.email)
    if request.method == "GET" or not form.is_valid():
        return _reset_page(request, context, asked, form, 200 if request.method == "GET" else 422)
    try:
        reset_password(context, asked, form.cleaned_data["code"], form.cleaned_data["password"])
    except WrongCode:
        form.add_error("code", _("The code is not right, or not good any more. Look for the newest mail."))
        return _reset_page(request, context, asked, form, 422)
    except auth.PasswordRejected as error:
        form.add_error("password", words_for(error))
        return _reset_page(request, context, asked, form, 422)
    except (LimitReached, auth.AuthUnavailable, NotReady) as error:
        message, status = explain(error)
        form.add_error(None, message)
        return limited(_reset_page(request, context, asked, form, status), error)
    return redirect(reset_address(context, asked))


def reset_address(context: Context, asked: AccountRequest, *, forced: bool = False) -> str:
    """Return the address of the page that takes the mailed code.

    Args:
        context: the sign-in that goes on afterwards.
        asked: what the mail is for.
        forced: whether the person did not ask for it, so that the page says why.
    """
    address = reverse("password-reset", args=[context.tenant.slug, asked.pk])
    return f"{address}?forced=1" if forced else address


def forgotten_address(context: Context, email: str = "") -> str:
    """Return the address of the page that asks for the address."""
    query = {"request": str(context.request.pk), **({"login_hint": email} if email else {})}
    return f"{reverse('password-forgotten', args=[context.tenant.slug])}?{urlencode(query)}"


def password_help(context: Context, email: str = "") -> dict[str, str]:
    """Return what `federation/password_help.html` reads: the ways on for whoever lacks a password.

    Args:
        context: the sign-in under way.
        email: what was typed so far.
    """
    may_make_one = may_sign_up(context.tenant)
    return {
        "forgotten_url": forgotten_address(context, email) if context.tenant.policy.takes_passwords else "",
        "sign_up_url": sign_up_address(context) if may_make_one else "",
    }


def lead_on(
    request: HttpRequest,
    context: Context,
    email: str,
    error: auth.PasswordResetRequired | auth.TemporaryPasswordExpired,
) -> HttpResponse:
    """Answer a password that Cognito knows and takes no more by a mail that leads to another one.

    That a password has to be reset Cognito says whatever was typed; that a temporary one has expired, only to whoever
    has it.
    """
    forced = isinstance(error, auth.PasswordResetRequired)
    if forced and not can_reset(context.tenant):
        return _by_administrator(request, context)
    try:
        asked = ask_for_code(context, email)
    except LimitReached as limit:
        return limited(stopped(request, context, limit), limit)
    if forced:
        return redirect(reset_address(context, asked, forced=True))
    shown = {"email": asked.email, "again_url": sign_in_address(context)}
    return page(request, "federation/link_mailed.html", shown, tenant=context.tenant, status=403)


def _load(request: HttpRequest, slug: str, asked_id: uuid.UUID) -> tuple[Context, AccountRequest]:
    tenant = active_tenant(slug)
    asked = find_asked(tenant, asked_id, kind=AccountRequestKind.PASSWORD) if tenant else None
    if asked is None or asked.request is None:
        raise StartAgain(_("This sign-in is no longer open. Go back to the application and try again."))
    return load_context(request, slug, asked.request.pk), asked


def _ask_page(request: HttpRequest, context: Context, form: AddressForm, status: int) -> HttpResponse:
    shown = {"form": form, "back_url": sign_in_address(context)}
    return page(request, "federation/forgotten.html", shown, tenant=context.tenant, status=status)


def _reset_page(
    request: HttpRequest, context: Context, asked: AccountRequest, form: ResetForm, status: int
) -> HttpResponse:
    shown = {
        "form": form,
        "email": asked.email,
        "again_url": forgotten_address(context, asked.email),
        "forced": "forced" in request.GET,
    }
    return page(request, "federation/reset.html", shown, tenant=context.tenant, status=status)


def _done(request: HttpRequest, context: Context, asked: AccountRequest) -> HttpResponse:
    shown = {"email": asked.email, "sign_in_url": password_address(context, asked.email)}
    return page(request, "federation/reset_done.html", shown, tenant=context.tenant)


def _by_administrator(request: HttpRequest, context: Context) -> HttpResponse:
    shown = {"back_url": sign_in_address(context)}
    return page(request, "federation/reset_by_administrator.html", shown, tenant=context.tenant)
