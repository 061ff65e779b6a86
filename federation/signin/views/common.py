"""What the steps of a sign-in share: finding what a page is about, and turning an outcome into an answer."""

import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec, assert_never
from urllib.parse import urlencode

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from federation.models import AuthorizationRequest, SignInAttempt, Step
from federation.provider.answers import code_answer
from federation.selectors import active_tenant, live_session
from federation.selectors.arrivals import offered_connections
from federation.services.attempt_limits import LimitReached
from federation.services.requests import find_request
from federation.services.sessions import Begun
from federation.signin import cookies
from federation.signin.advancing import Outcome
from federation.signin.context import Context
from federation.signin.handing_on import HandedOn, can_be_handed_on, handed_on, is_handed_on
from federation.signin.pages import page, speak
from federation.visitor import visitor
from identity import auth
from tenants.errors import DomainError
from tenants.models import Tenant

# The parameter of an address that says that the password is next, and not the address.
PASSWORD_NEXT = "password"  # noqa: S105  # A parameter's name.
STEP_PAGES = {
    Step.NEW_PASSWORD: "sign-in-new-password",
    Step.TOTP: "sign-in-code",
    Step.TOTP_SETUP: "sign-in-enrol",
    Step.TOTP_OFFER: "sign-in-offer",
    Step.EMAIL_CODE: "sign-in-mailed-code",
    Step.SMS_CODE: "sign-in-texted-code",
    Step.FACTOR_SELECT: "sign-in-select-factor",
    Step.FACTOR_SETUP: "sign-in-set-up-factor",
    Step.FACTOR_OFFER: "sign-in-offer-factor",
    Step.PHONE_SETUP: "sign-in-phone",
    Step.EMAIL_SETUP: "sign-in-set-up-mail",
    Step.SMS_SETUP: "sign-in-set-up-text",
    Step.OWN_CODE: "sign-in-own-code",
    Step.OWN_SETUP: "sign-in-own-setup",
    Step.OWN_CHOICE: "sign-in-own-choice",
    Step.OWN_KEY: "sign-in-own-key",
    Step.OWN_KEY_SETUP: "sign-in-own-key-setup",
    Step.PASSKEY_OFFER: "sign-in-passkey-offer",
}


class StartAgain(DomainError):
    """There is no such sign-in in this browser; only the application can start a new one."""

    status = 404
    code = "start_again"


class NotOffered(StartAgain):
    """What an address of ours was for is not offered any more."""

    def __init__(self) -> None:
        super().__init__(_("This way to sign in is not offered any more. Ask an administrator of your organization."))


P = ParamSpec("P")
FlowView = Callable[Concatenate[HttpRequest, P], HttpResponse]


def flow_view(view: FlowView[P]) -> Callable[..., HttpResponse]:
    """Show what a view of the flow raises as a page of this host: a person who signs in is not in the dashboard."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except HandedOn as found:
            way = WayIn(found.application.name, found.address)
            context = {"application": found.application, "ways": [way], "forward_url": found.address}
            return page(request, "federation/go_on.html", context, tenant=found.tenant)
        except DomainError as error:
            return page(request, "federation/stopped.html", {"message": error.message}, status=error.status)

    return wrapped


def load_context(request: HttpRequest, slug: str, request_id: uuid.UUID) -> Context:
    """Return what a page of the flow is about.

    Raises:
        StartAgain: unknown, another browser's, another tenant's, answered or too old: one answer for all.
        NotOffered: an organization was found by it for an application that wants none found any more.
        HandedOn: nobody signs in by it here.
    """
    found = find_request(request_id, browser_token=cookies.browser_token(request))
    tenant = active_tenant(slug, found.application) if found else None
    if found is None or tenant is None or found.tenant_id not in {None, tenant.pk}:
        raise StartAgain(
            _("This sign-in is no longer open, or began in another browser. Go back to the application and try again.")
        )
    structlog.contextvars.bind_contextvars(tenant=tenant.key)
    speak(request, str(found.parameters.get("ui_locales", "")))
    if is_handed_on(found.parameters):
        if not can_be_handed_on(found.application):
            # It was when they set out, minutes ago.
            raise NotOffered
        said = request.GET.get("login_hint", "") or request.POST.get("email", "")
        raise handed_on(tenant, found.application, said or found.asked_email)
    previous = live_session(tenant, cookies.session_token(request, tenant))
    return Context(
        tenant=tenant,
        request=found,
        previous=previous,
        visitor=visitor(request),
        device_token=cookies.device_token(request, tenant),
    )


def request_id_of(request: HttpRequest) -> uuid.UUID:
    """Return the application's request that an address names.

    Raises:
        StartAgain: it names none.
    """
    try:
        return uuid.UUID(request.GET.get("request", ""))
    except ValueError as error:
        raise StartAgain(_("This sign-in is no longer open. Go back to the application and try again.")) from error


@dataclass(frozen=True, slots=True)
class WayIn:
    """A button of the sign-in page: what the connection is called, and where it leads."""

    name: str
    url: str


def ways_in(context: Context, *, login_hint: str = "", among: Collection[uuid.UUID] | None = None) -> list[WayIn]:
    """Return the tenant's connections for this request, by name.

    Args:
        context: what the page is about.
        login_hint: goes along to the identity provider.
        among: the ids of those that are wanted; None for all.
    """
    return [
        WayIn(each.name, connection_address(context, each.pk, login_hint))
        for each in offered_connections(context.tenant)
        if among is None or each.pk in among
    ]


def connection_address(context: Context, connection_id: uuid.UUID, login_hint: str) -> str:
    """Return the address at which a sign-in by a connection begins, for the same request."""
    parameters = {"request": str(context.request.pk), **({"login_hint": login_hint} if login_hint else {})}
    where = reverse("federation-start", args=[context.tenant.slug, connection_id])
    return f"{where}?{urlencode(parameters)}"


def proceed(request: HttpRequest, context: Context, outcome: Outcome) -> HttpResponse:
    """Answer with the next step's page, or with the code and the session's cookie."""
    match outcome:
        case Begun():
            response = code_answer(request, context.request.parameters, outcome.session)
            cookies.set_session_token(response, context.tenant, outcome.token)
            cookies.set_device_token(response, context.tenant, outcome.device_token)
            return response
        case SignInAttempt():
            return redirect(step_address(context.tenant, outcome))
        case _:
            assert_never(outcome)


def step_address(tenant: Tenant, attempt: SignInAttempt) -> str:
    """Return the address of the page for an attempt's present step."""
    return reverse(STEP_PAGES[Step(attempt.step)], args=[tenant.slug, attempt.pk])


def sign_in_address(context: Context) -> str:
    """Return the address of the page with the password, for the same request."""
    return f"{reverse('sign-in', args=[context.tenant.slug])}?request={context.request.pk}"


def password_address(context: Context, email: str) -> str:
    """Return the address of the page with the password for somebody who has said who they are."""
    query = urlencode({"request": context.request.pk, PASSWORD_NEXT: "1", "login_hint": email})
    return f"{reverse('sign-in', args=[context.tenant.slug])}?{query}"


def stopped(request: HttpRequest, context: Context, error: Exception) -> HttpResponse:
    """Show that this sign-in cannot go on, and how to begin it again."""
    message, status = explain(error)
    again = sign_in_address(context) if _may_begin_again(context.request) else ""
    return page(
        request,
        "federation/stopped.html",
        {"message": message, "again_url": again},
        tenant=context.tenant,
        status=status,
    )


def explain(error: Exception) -> tuple[str, int]:
    """Return what to say about an error of signing in, and the HTTP status."""
    match error:
        case auth.TemporaryPasswordExpired():
            return _(
                "Your temporary password has expired. Ask an administrator of your organization for a new one."
            ), 403
        case auth.PasswordResetRequired():
            return _("Your password has to be reset. Ask an administrator of your organization."), 403
        case auth.TooManyAttempts():
            return _("Too many failed attempts. Wait a few minutes, then try again."), 429
        case auth.SessionExpired():
            return _("That took too long. Sign in again."), 409
        case auth.AuthUnavailable():
            return _(
                "Sign-in is not available just now. Nothing is wrong with your account; try again in a minute."
            ), 503
        case DomainError():
            return error.message, error.status
    return _("The e-mail address or the password is not right."), 403


def limited(response: HttpResponse, error: Exception) -> HttpResponse:
    """Say in a page's header when it is worth while to try again, where that is known (RFC 6585 section 4)."""
    if isinstance(error, LimitReached):
        response["Retry-After"] = str(error.retry_after)
    return response


def _may_begin_again(request: AuthorizationRequest) -> bool:
    request.refresh_from_db()
    return request.is_open
