"""The pages of passkeys: one is asked for, or offered."""

import json
import uuid

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from federation.models import FirstFactorAttempt, SignInAttempt, Step
from federation.selectors.passkeys import remembered_account
from federation.services.attempt_limits import LimitReached
from federation.services.attempts import held_by, take_turn
from federation.services.first_factors import asked_of, take_first_turn
from federation.signin.context import Context, NotReady, Refused
from federation.signin.pages import page, ways_back
from federation.signin.passkeys import WAY, accept_passkey, answer_passkey, begin_with_passkey, decline_passkey
from federation.signin.views.common import (
    flow_view,
    limited,
    load_context,
    password_address,
    proceed,
    request_id_of,
    sign_in_address,
    stopped,
)
from federation.signin.views.first_factors import STOPS, first_address, load_first, no_longer_open
from federation.signin.views.steps import load_step, turn_of
from identity import auth
from identity.auth.passkeys import PasskeyRejected
from tenants.models.pool_settings import options_of


@require_http_methods(["GET", "POST"])
@flow_view
def passkey(request: HttpRequest, slug: str, first_id: uuid.UUID) -> HttpResponse:
    """Ask for a passkey, and check the browser's answer."""
    context, attempt = load_first(request, slug, first_id, (WAY,))
    # Whoever sits at a shared computer is not to read there whose it was before. Answered, nothing is sealed any more.
    remembered = asked_of(attempt).remembered
    if request.method == "GET":
        if remembered:
            raise no_longer_open()
        return _asking(request, context, attempt)
    try:
        take_first_turn(attempt, turn_of(request))
        outcome = answer_passkey(context, attempt, request.POST.get("credential", ""))
    except (Refused, LimitReached, auth.InvalidCredentials, auth.SessionExpired) as error:
        again = sign_in_address(context) if remembered else password_address(context, attempt.email)
        return _not_accepted(request, context, again, error)
    except STOPS as error:
        return stopped(request, context, error)
    return proceed(request, context, outcome)


@require_POST
@flow_view
def passkey_autofill(request: HttpRequest, slug: str) -> HttpResponse:
    """Answer with what the browser needs to offer the passkey of an account that it is known to be of."""
    context = load_context(request, slug, request_id_of(request))
    user = remembered_account(context.tenant, context.device_token)
    try:
        attempt = begin_with_passkey(context, user.email, remembered=True) if user is not None else None
    except (Refused, LimitReached, NotReady, auth.AuthError):
        attempt = None
    if attempt is None:
        # It is an offer: where there is none, the page goes on without.
        return HttpResponse(status=204)
    return JsonResponse(
        {"options": asked_of(attempt).options, "turn": str(attempt.turn), "action": first_address(attempt)}
    )


@require_http_methods(["GET", "POST"])
@flow_view
def passkey_offer(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Offer a passkey to somebody who has signed in without one."""
    context, attempt = load_step(request, slug, attempt_id, Step.PASSKEY_OFFER)
    if request.method == "GET":
        return _offering(request, context, attempt)
    try:
        take_turn(attempt, turn_of(request))
        if "later" in request.POST:
            outcome = decline_passkey(context, attempt)
        else:
            outcome = accept_passkey(context, attempt, request.POST.get("credential", ""))
    except PasskeyRejected:
        message = _("That passkey was not accepted. Try again, or go on without one.")
        return _offering(request, context, attempt, error=message)
    except STOPS as error:
        return stopped(request, context, error)
    return proceed(request, context, outcome)


def _asking(request: HttpRequest, context: Context, attempt: FirstFactorAttempt) -> HttpResponse:
    shown = {
        "options": json.dumps(asked_of(attempt).options),
        "turn": attempt.turn,
        "email": attempt.email,
        "again_url": sign_in_address(context),
        "other_url": password_address(context, attempt.email),
    }
    return page(request, "federation/passkey.html", shown, tenant=context.tenant, leads_to=ways_back(context.request))


def _not_accepted(request: HttpRequest, context: Context, again: str, error: Exception) -> HttpResponse:
    """Say the same of all that is wrong with an answer."""
    message = error.message if isinstance(error, LimitReached) else _("That passkey was not accepted.")
    shown = {"message": message, "again_url": again}
    status = error.status if isinstance(error, LimitReached) else 403
    return limited(page(request, "federation/stopped.html", shown, tenant=context.tenant, status=status), error)


def _offering(request: HttpRequest, context: Context, attempt: SignInAttempt, *, error: str = "") -> HttpResponse:
    shown = {
        "options": held_by(attempt).passkey,
        "turn": attempt.turn,
        "email": attempt.user.email,
        "host": options_of(context.tenant.pool).passkey_rp_id,
        "error": error,
    }
    status = 422 if error else 200
    leads_to = ways_back(context.request)
    return page(
        request, "federation/passkey_offer.html", shown, tenant=context.tenant, status=status, leads_to=leads_to
    )
