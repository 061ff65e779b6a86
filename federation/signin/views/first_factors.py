"""The pages of a sign-in that begins without a password: the code that was sent."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from federation.models import FirstFactorAttempt
from federation.passwords import PasswordNotUsed
from federation.selectors.passkeys import remembered_account
from federation.services.attempt_limits import LimitReached
from federation.services.attempts import StepTaken
from federation.services.first_factors import find_first_factor, take_first_try_back, take_first_turn
from federation.services.sessions import AlreadyAnswered
from federation.signin.context import Context, NotReady, Refused
from federation.signin.first_factors import CODES, CodeSpent, answer_code, begin_with_code, send_again
from federation.signin.forms import SignInForm
from federation.signin.forms_of_factors import SentCodeForm
from federation.signin.pages import page, ways_back
from federation.signin.passkeys import WAY as WEB_AUTHN
from federation.signin.passkeys import begin_with_passkey
from federation.signin.views.common import (
    StartAgain,
    flow_view,
    limited,
    load_context,
    password_address,
    proceed,
    sign_in_address,
    stopped,
)
from federation.signin.views.steps import turn_of
from identity import auth
from tenants.pool_options import FirstFactor
from tenants.ways_in import offered_ways

# What says which of the buttons beside the password was pressed.
WAY = "way"
STOPS = (Refused, PasswordNotUsed, auth.AuthError, StepTaken, AlreadyAnswered, NotReady)


def first_ways(context: Context) -> list[tuple[str, str]]:
    """Return the buttons below the password, or in its place: the value and the words of each way beside it."""
    words = {
        FirstFactor.WEB_AUTHN: _("Use a passkey"),
        FirstFactor.EMAIL_OTP: _("Mail me a code"),
        FirstFactor.SMS_OTP: _("Text me a code"),
    }
    ways = offered_ways(context.tenant)
    if not context.tenant.policy.takes_passwords:
        # The first one stands for the password: what everybody can come by.
        ways = tuple(sorted(ways, key=lambda way: way != FirstFactor.EMAIL_OTP))
    return [(way, words[FirstFactor(way)]) for way in ways]


def autofill(context: Context, form: SignInForm) -> str:
    """Return where the page gets the passkey of an account that this browser is known to be of; empty where of none.

    The field of the address is marked for it: the browser shows the passkey there.
    """
    if (
        WEB_AUTHN not in offered_ways(context.tenant)
        or remembered_account(context.tenant, context.device_token) is None
    ):
        return ""
    form.fields["email"].widget.attrs["autocomplete"] = "username webauthn"
    return f"{reverse('sign-in-passkey-autofill', args=[context.tenant.slug])}?request={context.request.pk}"


def begin(context: Context, email: str, way: str) -> HttpResponse:
    """Begin a sign-in without a password, and lead to its page.

    Raises:
        StartAgain: the tenant does not let its users begin so.
        LimitReached, NotReady, auth.AuthUnavailable: see `begin_with_code`.
    """
    try:
        attempt = begin_with_passkey(context, email) if way == WEB_AUTHN else begin_with_code(context, email, way)
    except Refused as error:
        raise StartAgain(_("This way to sign in is not offered any more. Go back and choose another.")) from error
    return redirect(first_address(attempt))


@require_http_methods(["GET", "POST"])
@flow_view
def one_time_code(request: HttpRequest, slug: str, first_id: uuid.UUID) -> HttpResponse:
    """Ask for the code that was sent, or send another one."""
    context, attempt = load_first(request, slug, first_id, tuple(CODES))
    if request.method == "POST" and "again" in request.POST:
        return _another(request, context, attempt)
    form = SentCodeForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return _page(request, context, attempt, form, 200 if request.method == "GET" else 422)
    try:
        take_first_turn(attempt, turn_of(request))
        outcome = answer_code(context, attempt, form.cleaned_data["code"])
    except auth.CodeMismatch as error:
        form.add_error("code", _wrong(error))
        return _page(request, context, attempt, form, 422)
    except LimitReached as error:
        # Who comes too early has lost nothing by it.
        take_first_try_back(attempt)
        form.add_error("code", error.message)
        return limited(_page(request, context, attempt, form, error.status), error)
    except STOPS as error:
        return stopped(request, context, error)
    return proceed(request, context, outcome)


def _another(request: HttpRequest, context: Context, attempt: FirstFactorAttempt) -> HttpResponse:
    try:
        send_again(context, attempt)
    except LimitReached as error:
        form = SentCodeForm()
        return limited(_page(request, context, attempt, form, error.status, notice=error.message), error)
    except STOPS as error:
        return stopped(request, context, error)
    return redirect(f"{first_address(attempt)}?sent=again")


def _wrong(error: auth.CodeMismatch) -> str:
    if isinstance(error, CodeSpent):
        return _("That code was tried too often. Have a new one sent.")
    return _("That code is not right, or not good any more. Look for the newest one.")


def _page(
    request: HttpRequest,
    context: Context,
    attempt: FirstFactorAttempt,
    form: SentCodeForm,
    status: int,
    *,
    notice: str = "",
) -> HttpResponse:
    shown = {
        "form": form,
        "turn": attempt.turn,
        "email": attempt.email,
        "by_mail": attempt.way == FirstFactor.EMAIL_OTP,
        "notice": notice,
        "sent_again": request.method == "GET" and "sent" in request.GET,
        "again_url": sign_in_address(context),
        "other_url": password_address(context, attempt.email),
    }
    leads_to = ways_back(context.request)
    return page(
        request, "federation/one_time_code.html", shown, tenant=context.tenant, status=status, leads_to=leads_to
    )


def load_first(
    request: HttpRequest, slug: str, first_id: uuid.UUID, ways: tuple[str, ...]
) -> tuple[Context, FirstFactorAttempt]:
    """Return what a page is about.

    Raises:
        StartAgain: there is no such beginning in this browser, or it is over.
    """
    attempt = find_first_factor(slug, first_id, ways=ways)
    if attempt is None:
        raise no_longer_open()
    return load_context(request, slug, attempt.request_id), attempt


def no_longer_open() -> StartAgain:
    """Return what is said of a beginning that has no page."""
    return StartAgain(_("This sign-in is no longer open. Go back to the application and try again."))


def first_address(attempt: FirstFactorAttempt) -> str:
    """Return the address of the page that it goes on at."""
    name = "sign-in-passkey" if attempt.way == WEB_AUTHN else "sign-in-one-time-code"
    return reverse(name, args=[attempt.tenant.slug, attempt.pk])
