"""The pages of second factors beside the authenticator app: codes that were sent, and the choice between several."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from federation.models import SignInAttempt, Step
from federation.services.attempt_limits import LimitReached
from federation.services.attempts import held_by, take_turn
from federation.signin.context import Context
from federation.signin.forms import CodeForm
from federation.signin.forms_of_factors import FactorForm, NumberForm, SentCodeForm, offering_to_remember
from federation.signin.own_factor import answer_own_code, finish_own_setup
from federation.signin.remembering import offered_days
from federation.signin.second_factors import (
    answer_choice,
    answer_code,
    begin_setup,
    choose_again,
    finish_setup,
    send_again,
    take_number,
)
from federation.signin.views.common import flow_view, limited, proceed, stopped
from federation.signin.views.own_keys import go_another_way
from federation.signin.views.steps import STOPS, answer_step, decline, load_step, step_page, turn_of

_SENT_CODE = "federation/sent_code.html"


@require_http_methods(["GET", "POST"])
@flow_view
def mailed_code(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Ask for the code that Cognito mailed."""
    return _take_code(request, *load_step(request, slug, attempt_id, Step.EMAIL_CODE))


@require_http_methods(["GET", "POST"])
@flow_view
def texted_code(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Ask for the code that Cognito sent as a text message."""
    return _take_code(request, *load_step(request, slug, attempt_id, Step.SMS_CODE))


@require_http_methods(["GET", "POST"])
@flow_view
def select_factor(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Let somebody choose which of their second factors to answer with."""
    context, attempt = load_step(request, slug, attempt_id, Step.FACTOR_SELECT)
    form = FactorForm(request.POST or None, choices=held_by(attempt).choices)
    return answer_step(request, context, attempt, form, "factor", answer_choice, "federation/select_factor.html")


@require_http_methods(["GET", "POST"])
@flow_view
def set_up_factor(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Let somebody choose the second factor that the tenant's policy demands."""
    context, attempt = load_step(request, slug, attempt_id, Step.FACTOR_SETUP)
    return _choose_setup(request, context, attempt)


@require_http_methods(["GET", "POST"])
@flow_view
def offer_factor(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Offer second factors, where the tenant leaves it to its users to have one."""
    context, attempt = load_step(request, slug, attempt_id, Step.FACTOR_OFFER)
    if request.method == "POST" and "later" in request.POST:
        return decline(request, context, attempt)
    return _choose_setup(request, context, attempt)


@require_http_methods(["GET", "POST"])
@flow_view
def phone_number(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Ask for the telephone number that codes are to go to."""
    context, attempt = load_step(request, slug, attempt_id, Step.PHONE_SETUP)
    if request.method == "POST" and "other" in request.POST:
        return _choose_again(request, context, attempt)
    form = NumberForm(request.POST or None)
    return answer_step(request, context, attempt, form, "number", take_number, "federation/phone_number.html")


@require_http_methods(["GET", "POST"])
@flow_view
def set_up_mail(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Ask for the code that shows that codes arrive by mail."""
    return _set_up(request, *load_step(request, slug, attempt_id, Step.EMAIL_SETUP))


@require_http_methods(["GET", "POST"])
@flow_view
def set_up_text(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Ask for the code that shows that codes arrive as text messages."""
    return _set_up(request, *load_step(request, slug, attempt_id, Step.SMS_SETUP))


@require_http_methods(["GET", "POST"])
@flow_view
def own_code(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Ask somebody who came by a connection for a code of the app that Lifeguard keeps."""
    context, attempt = load_step(request, slug, attempt_id, Step.OWN_CODE)
    if request.method == "POST" and "other" in request.POST:
        return go_another_way(request, context, attempt)
    form = offering_to_remember(CodeForm(request.POST or None), offered_days(context))
    return answer_step(request, context, attempt, form, "code", answer_own_code, "federation/code.html")


@require_http_methods(["GET", "POST"])
@flow_view
def set_up_own(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Have somebody who came by a connection set an app up that Lifeguard keeps."""
    context, attempt = load_step(request, slug, attempt_id, Step.OWN_SETUP)
    if request.method == "POST" and "other" in request.POST:
        return go_another_way(request, context, attempt)
    form = CodeForm(request.POST or None)
    return answer_step(request, context, attempt, form, "code", finish_own_setup, "federation/enrol.html")


def _take_code(request: HttpRequest, context: Context, attempt: SignInAttempt) -> HttpResponse:
    form = offering_to_remember(SentCodeForm(request.POST or None), offered_days(context))
    return answer_step(request, context, attempt, form, "code", answer_code, _SENT_CODE)


def _choose_setup(request: HttpRequest, context: Context, attempt: SignInAttempt) -> HttpResponse:
    form = FactorForm(request.POST or None, choices=held_by(attempt).choices)
    return answer_step(request, context, attempt, form, "factor", begin_setup, "federation/set_up_factor.html")


def _set_up(request: HttpRequest, context: Context, attempt: SignInAttempt) -> HttpResponse:
    if request.method == "POST" and "other" in request.POST:
        return _choose_again(request, context, attempt)
    if request.method == "POST" and "again" in request.POST:
        return _send_again(request, context, attempt)
    return answer_step(request, context, attempt, SentCodeForm(request.POST or None), "code", finish_setup, _SENT_CODE)


def _choose_again(request: HttpRequest, context: Context, attempt: SignInAttempt) -> HttpResponse:
    try:
        take_turn(attempt, turn_of(request))
        outcome = choose_again(context, attempt)
    except STOPS as error:
        return stopped(request, context, error)
    return proceed(request, context, outcome)


def _send_again(request: HttpRequest, context: Context, attempt: SignInAttempt) -> HttpResponse:
    try:
        take_turn(attempt, turn_of(request))
        outcome = send_again(context, attempt)
    except LimitReached as error:
        # Bound to nothing that was typed: the error stands above the field.
        form = SentCodeForm({"code": ""})
        form.errors.clear()
        form.add_error(None, error.message)
        return limited(step_page(request, context, attempt, form, _SENT_CODE, error.status), error)
    except STOPS as error:
        return stopped(request, context, error)
    return proceed(request, context, outcome)
