"""The steps after the password: a new password, a code, setting up the authenticator app."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from federation.models import SignInAttempt, Step
from federation.services.attempt_limits import LimitReached
from federation.services.attempts import StepTaken, find_attempt, held_by, take_turn
from federation.services.sessions import AlreadyAnswered
from federation.signin.context import Context, NotReady, Refused
from federation.signin.flow import (
    Outcome,
    answer_new_password,
    answer_totp,
    decline_totp,
    finish_totp_setup,
)
from federation.signin.forms import CodeForm, NewPasswordForm
from federation.signin.pages import page
from federation.signin.qr import qr_data_uri, totp_uri
from federation.signin.views.common import (
    StartAgain,
    flow_view,
    limited,
    load_context,
    proceed,
    sign_in_address,
    stopped,
)
from identity import auth
from identity.password_words import words_for
from tenants.models import Tenant

Answer = Callable[[Context, SignInAttempt, str], Outcome]
_STOPS = (Refused, auth.AuthError, StepTaken, AlreadyAnswered, NotReady)


@never_cache
@sensitive_post_parameters("password", "repeated")
@require_http_methods(["GET", "POST"])
@flow_view
def new_password(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Replace a temporary password."""
    context, attempt = _load(request, slug, attempt_id, Step.NEW_PASSWORD)
    form = NewPasswordForm(
        request.POST or None, min_length=context.tenant.policy.password_min_length, email=attempt.user.email
    )
    return _step(request, context, attempt, form, "password", answer_new_password, "federation/new_password.html")


@never_cache
@require_http_methods(["GET", "POST"])
@flow_view
def code(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Ask for a code from the authenticator app."""
    context, attempt = _load(request, slug, attempt_id, Step.TOTP)
    form = CodeForm(request.POST or None)
    return _step(request, context, attempt, form, "code", answer_totp, "federation/code.html")


@never_cache
@require_http_methods(["GET", "POST"])
@flow_view
def enrol(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Set up the authenticator app that the tenant's policy demands."""
    context, attempt = _load(request, slug, attempt_id, Step.TOTP_SETUP)
    form = CodeForm(request.POST or None)
    return _step(request, context, attempt, form, "code", finish_totp_setup, "federation/enrol.html")


@never_cache
@require_http_methods(["GET", "POST"])
@flow_view
def offer(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Offer to set up an authenticator app, where the tenant leaves that to its users."""
    context, attempt = _load(request, slug, attempt_id, Step.TOTP_OFFER)
    if request.method == "POST" and "later" in request.POST:
        return _decline(request, context, attempt)
    form = CodeForm(request.POST or None)
    return _step(request, context, attempt, form, "code", finish_totp_setup, "federation/enrol.html")


def _decline(request: HttpRequest, context: Context, attempt: SignInAttempt) -> HttpResponse:
    try:
        take_turn(attempt, _turn(request))
        outcome = decline_totp(context, attempt)
    except _STOPS as error:
        return stopped(request, context, error)
    return proceed(request, context, outcome)


def _load(request: HttpRequest, slug: str, attempt_id: uuid.UUID, step: Step) -> tuple[Context, SignInAttempt]:
    tenant = Tenant.objects.filter(slug=slug).first()
    attempt = find_attempt(tenant, attempt_id, step=step) if tenant else None
    if attempt is None:
        raise StartAgain(_("This sign-in is no longer open. Go back to the application and try again."))
    return load_context(request, slug, attempt.request_id), attempt


def _step(
    request: HttpRequest,
    context: Context,
    attempt: SignInAttempt,
    form: forms.Form,
    field: str,
    answer: Answer,
    template: str,
) -> HttpResponse:
    """Show a step's form, or send the answer on. Only a form that is filled in rightly takes the turn."""
    if request.method == "GET" or not form.is_valid():
        status = 200 if request.method == "GET" else 422
        return _page(request, context, attempt, form, template, status)
    try:
        take_turn(attempt, _turn(request))
        outcome = answer(context, attempt, form.cleaned_data[field])
    except auth.CodeMismatch:
        form.add_error(field, _("That code is not right. Enter the one that the app shows now."))
        return _page(request, context, attempt, form, template, 422)
    except auth.PasswordRejected as error:
        form.add_error(field, words_for(error))
        return _page(request, context, attempt, form, template, 422)
    except LimitReached as error:
        form.add_error(field, error.message)
        return limited(_page(request, context, attempt, form, template, error.status), error)
    except _STOPS as error:
        return stopped(request, context, error)
    return proceed(request, context, outcome)


def _page(
    request: HttpRequest, context: Context, attempt: SignInAttempt, form: forms.Form, template: str, status: int
) -> HttpResponse:
    shown: dict[str, Any] = {
        "form": form,
        "turn": attempt.turn,
        "email": attempt.user.email,
        "again_url": sign_in_address(context),
    }
    if attempt.step in (Step.TOTP_SETUP, Step.TOTP_OFFER):
        secret = held_by(attempt).totp_secret
        address = totp_uri(secret, account=attempt.user.email, issuer=context.tenant.branding.display_name)
        may_decline = attempt.step == Step.TOTP_OFFER
        shown |= {"secret": secret, "qr": qr_data_uri(address), "may_decline": may_decline}
    redirect_uri = context.request.redirect_uri
    return page(request, template, shown, tenant=context.tenant, status=status, redirect_uri=redirect_uri)


def _turn(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("turn", ""))
    except ValueError as error:
        raise StepTaken from error
