"""The page that takes a recovery code, for whoever lost their second factor."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from federation.models import SignInAttempt
from federation.selectors import active_tenant
from federation.services.attempt_limits import LimitReached
from federation.services.attempts import find_attempt, take_turn
from federation.signin.context import Context
from federation.signin.pages import page
from federation.signin.recovery import STEPS, answer_recovery_code
from federation.signin.recovery_forms import RecoveryCodeForm
from federation.signin.views.common import (
    StartAgain,
    connection_address,
    flow_view,
    limited,
    load_context,
    password_address,
    step_address,
    stopped,
)
from federation.signin.views.steps import STOPS, turn_of
from identity import auth


@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@flow_view
def recovery(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> HttpResponse:
    """Ask for a recovery code, and lead back to where the sign-in began."""
    context, attempt = _load(request, slug, attempt_id)
    form = RecoveryCodeForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return _page(request, context, attempt, form, 200 if request.method == "GET" else 422)
    try:
        take_turn(attempt, turn_of(request))
        connection = answer_recovery_code(context, attempt, form.cleaned_data["code"])
    except auth.CodeMismatch:
        form.add_error("code", _("That is none of your codes, or it was used already."))
        return _page(request, context, attempt, form, 422)
    except LimitReached as error:
        form.add_error("code", error.message)
        return limited(_page(request, context, attempt, form, error.status), error)
    except STOPS as error:
        return stopped(request, context, error)
    email = attempt.user.email
    again = connection_address(context, connection.pk, email) if connection else password_address(context, email)
    shown = {"sign_in_url": again}
    return page(request, "federation/recovered.html", shown, tenant=context.tenant)


def _load(request: HttpRequest, slug: str, attempt_id: uuid.UUID) -> tuple[Context, SignInAttempt]:
    tenant = active_tenant(slug)
    found = (find_attempt(tenant, attempt_id, step=step) for step in STEPS if tenant is not None)
    attempt = next((each for each in found if each is not None), None)
    if attempt is None:
        raise StartAgain(_("This sign-in is no longer open. Go back to the application and try again."))
    return load_context(request, slug, attempt.request_id), attempt


def _page(
    request: HttpRequest, context: Context, attempt: SignInAttempt, form: RecoveryCodeForm, status: int
) -> HttpResponse:
    shown = {
        "form": form,
        "turn": attempt.turn,
        "email": attempt.user.email,
        "back_url": step_address(context.tenant, attempt),
    }
    return page(request, "federation/recovery.html", shown, tenant=context.tenant, status=status)
