"""The pages of security keys and passkeys that Lifeguard keeps, of people who come by a connection."""

import uuid
from collections.abc import Callable
from dataclasses import replace

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from federation.models import SignInAttempt, Step
from federation.selectors.own_keys import keys_of, party_for
from federation.services.attempt_limits import LimitReached
from federation.services.attempts import held_by, take_turn
from federation.services.own_factors import own_factor_of
from federation.signin import own_keys
from federation.signin.advancing import Outcome
from federation.signin.context import Context
from federation.signin.forms_of_factors import REMEMBER, FactorForm, offering_to_remember
from federation.signin.own_factor import decline_own
from federation.signin.pages import page, ways_back
from federation.signin.remembering import offered_days
from federation.signin.views.common import flow_view, limited, proceed, sign_in_address, stopped
from federation.signin.views.step_facts import recovery_url
from federation.signin.views.steps import STOPS, answer_step, load_step, turn_of
from federation.webauthn import KeyRejected


@require_http_methods(["GET", "POST"])
@flow_view
def choose_own(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Let somebody choose what to set up; or to have none, where they may."""
    context, attempt = load_step(request, slug, attempt_id, Step.OWN_CHOICE)
    if request.method == "POST" and "later" in request.POST:
        return _go_on_with(request, context, attempt, decline_own)
    form = FactorForm(request.POST or None, choices=[factor.value for factor in own_keys.CHOICES])
    return answer_step(request, context, attempt, form, "factor", own_keys.choose_own, "federation/set_up_factor.html")


@require_http_methods(["GET", "POST"])
@flow_view
def own_key(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Ask for a key, and check the browser's answer."""
    context, attempt = load_step(request, slug, attempt_id, Step.OWN_KEY)
    return _answer(request, context, attempt, "federation/own_key.html")


@require_http_methods(["GET", "POST"])
@flow_view
def set_up_key(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Have the browser make a key, and keep it."""
    context, attempt = load_step(request, slug, attempt_id, Step.OWN_KEY_SETUP)
    return _answer(request, context, attempt, "federation/own_key_setup.html")


def go_another_way(request: HttpRequest, context: Context, attempt: SignInAttempt) -> HttpResponse:
    """Lead to the other factor, or back to the choice of what to set up."""
    return _go_on_with(request, context, attempt, own_keys.take_another_way)


def _go_on_with(
    request: HttpRequest, context: Context, attempt: SignInAttempt, answer: Callable[[Context, SignInAttempt], Outcome]
) -> HttpResponse:
    try:
        take_turn(attempt, turn_of(request))
        outcome = answer(context, attempt)
    except STOPS as error:
        return stopped(request, context, error)
    return proceed(request, context, outcome)


def _answer(request: HttpRequest, context: Context, attempt: SignInAttempt, template: str) -> HttpResponse:
    if request.method == "GET":
        return _page(request, context, attempt, template)
    if "other" in request.POST:
        return go_another_way(request, context, attempt)
    credential = request.POST.get("credential", "")
    try:
        take_turn(attempt, turn_of(request))
        if attempt.step == Step.OWN_KEY:
            wishes = replace(context, remembers=REMEMBER in request.POST)
            outcome = own_keys.answer_own_key(wishes, attempt, credential)
        else:
            outcome = own_keys.finish_own_key_setup(context, attempt, credential, request.POST.get("name", ""))
    except KeyRejected:
        error = _("That security key or passkey was not accepted. Try again.")
        return _page(request, context, attempt, template, error=error, status=422)
    except LimitReached as reached:
        shown = _page(request, context, attempt, template, error=reached.message, status=reached.status)
        return limited(shown, reached)
    except STOPS as error:
        return stopped(request, context, error)
    return proceed(request, context, outcome)


def _page(
    request: HttpRequest,
    context: Context,
    attempt: SignInAttempt,
    template: str,
    *,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    user, days = attempt.user, offered_days(context) if attempt.step == Step.OWN_KEY else 0
    shown = {
        "options": held_by(attempt).passkey,
        "turn": attempt.turn,
        "email": user.email,
        "again_url": sign_in_address(context),
        "has_app": own_factor_of(user) is not None,
        "recovery_url": recovery_url(context, attempt),
        "host": party_for(context.tenant, keys_of(user)).rp_id,
        "box": offering_to_remember(Form(), days),
        "error": error,
    }
    return page(request, template, shown, tenant=context.tenant, status=status, leads_to=ways_back(context.request))
