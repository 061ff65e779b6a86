"""The steps after the password: a new password, a code, setting up the authenticator app."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from federation.models import SignInAttempt, Step
from federation.passwords import PasswordNotUsed
from federation.services.attempt_limits import LimitReached
from federation.services.attempts import StepTaken, find_attempt, take_turn
from federation.services.own_account import KeptByOrganization
from federation.services.sessions import AlreadyAnswered
from federation.signin.advancing import Outcome
from federation.signin.context import Context, NotReady, Refused
from federation.signin.flow import (
    answer_new_password,
    answer_totp,
    decline_factor,
    finish_totp_setup,
)
from federation.signin.forms import CodeForm, NewPasswordForm
from federation.signin.forms_of_factors import REMEMBER, offering_to_remember
from federation.signin.pages import page, ways_back
from federation.signin.remembering import offered_days
from federation.signin.views.common import (
    StartAgain,
    flow_view,
    limited,
    load_context,
    proceed,
    sign_in_address,
    stopped,
)
from federation.signin.views.step_facts import step_facts
from identity import auth
from identity.password_words import words_for
from tenants.models import Tenant

Answer = Callable[[Context, SignInAttempt, str], Outcome]
STOPS = (Refused, PasswordNotUsed, auth.AuthError, StepTaken, AlreadyAnswered, NotReady)


@sensitive_post_parameters("password", "repeated")
@require_http_methods(["GET", "POST"])
@flow_view
def new_password(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Replace a temporary password."""
    context, attempt = load_step(request, slug, attempt_id, Step.NEW_PASSWORD)
    if not context.tenant.policy.takes_passwords:
        return stopped(request, context, PasswordNotUsed())
    form = NewPasswordForm(
        request.POST or None, min_length=context.tenant.policy.password_min_length, email=attempt.user.email
    )
    return answer_step(request, context, attempt, form, "password", answer_new_password, "federation/new_password.html")


@require_http_methods(["GET", "POST"])
@flow_view
def code(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Ask for a code from the authenticator app."""
    context, attempt = load_step(request, slug, attempt_id, Step.TOTP)
    form = offering_to_remember(CodeForm(request.POST or None), offered_days(context))
    return answer_step(request, context, attempt, form, "code", answer_totp, "federation/code.html")


@require_http_methods(["GET", "POST"])
@flow_view
def enrol(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Set up the authenticator app that the tenant's policy demands."""
    context, attempt = load_step(request, slug, attempt_id, Step.TOTP_SETUP)
    form = CodeForm(request.POST or None)
    return answer_step(request, context, attempt, form, "code", finish_totp_setup, "federation/enrol.html")


@require_http_methods(["GET", "POST"])
@flow_view
def offer(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Offer to set up an authenticator app, where the tenant leaves that to its users."""
    context, attempt = load_step(request, slug, attempt_id, Step.TOTP_OFFER)
    if request.method == "POST" and "later" in request.POST:
        return decline(request, context, attempt)
    form = CodeForm(request.POST or None)
    return answer_step(request, context, attempt, form, "code", finish_totp_setup, "federation/enrol.html")


def decline(request: HttpRequest, context: Context, attempt: SignInAttempt) -> HttpResponse:
    """Go on without a second factor."""
    try:
        take_turn(attempt, turn_of(request))
        outcome = decline_factor(context, attempt)
    except STOPS as error:
        return stopped(request, context, error)
    return proceed(request, context, outcome)


def load_step(request: HttpRequest, slug: str, attempt_id: uuid.UUID, step: Step) -> tuple[Context, SignInAttempt]:
    """Return what a step's page is about.

    Raises:
        StartAgain: there is no such sign-in, or it is not at this step.
    """
    tenant = Tenant.objects.filter(slug=slug).first()
    attempt = find_attempt(tenant, attempt_id, step=step) if tenant else None
    if attempt is None:
        raise StartAgain(_("This sign-in is no longer open. Go back to the application and try again."))
    return load_context(request, slug, attempt.request_id), attempt


def answer_step(
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
        return step_page(request, context, attempt, form, template, status)
    try:
        take_turn(attempt, turn_of(request))
        wishes = replace(context, remembers=bool(form.cleaned_data.get(REMEMBER)))
        outcome = answer(wishes, attempt, form.cleaned_data[field])
    except auth.CodeMismatch:
        form.add_error(field, _wrong_code(attempt))
        return step_page(request, context, attempt, form, template, 422)
    except auth.PasswordRejected as error:
        form.add_error(field, words_for(error))
        return step_page(request, context, attempt, form, template, 422)
    except KeptByOrganization as error:
        form.add_error(field, error.message)
        return step_page(request, context, attempt, form, template, error.status)
    except LimitReached as error:
        form.add_error(field, error.message)
        return limited(step_page(request, context, attempt, form, template, error.status), error)
    except STOPS as error:
        return stopped(request, context, error)
    return proceed(request, context, outcome)


def step_page(
    request: HttpRequest, context: Context, attempt: SignInAttempt, form: forms.Form, template: str, status: int
) -> HttpResponse:
    """Render the page of an attempt's present step."""
    shown: dict[str, Any] = {
        "form": form,
        "turn": attempt.turn,
        "email": attempt.user.email,
        "again_url": sign_in_address(context),
        **step_facts(context, attempt),
    }
    return page(request, template, shown, tenant=context.tenant, status=status, leads_to=ways_back(context.request))


def _wrong_code(attempt: SignInAttempt) -> str:
    if attempt.step not in (Step.EMAIL_CODE, Step.SMS_CODE, Step.EMAIL_SETUP, Step.SMS_SETUP):
        return _("That code is not right. Enter the one that the app shows now.")
    return _("That code is not right. Enter the one of the newest message.")


def turn_of(request: HttpRequest) -> uuid.UUID:
    """Return the turn that a form was of.

    Raises:
        StepTaken: it names none.
    """
    try:
        return uuid.UUID(request.POST.get("turn", ""))
    except ValueError as error:
        raise StepTaken from error
