"""The tenant's sign-in page: e-mail address and password, or the address first where it may lead elsewhere."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from federation.passwords import PasswordNotUsed
from federation.selectors import active_tenant
from federation.services.attempt_limits import LimitReached
from federation.services.sessions import AlreadyAnswered
from federation.signin.context import Context, NotReady, Refused
from federation.signin.flow import answer_password
from federation.signin.forms import AddressForm, SignInForm
from federation.signin.pages import Shown, origins_of, page, ways_back
from federation.signin.views.common import (
    PASSWORD_NEXT,
    explain,
    flow_view,
    limited,
    load_context,
    proceed,
    request_id_of,
    stopped,
    ways_in,
)
from federation.signin.views.first_factors import WAY, autofill, begin, first_ways
from federation.signin.views.forgotten import lead_on, password_help
from federation.signin.views.kept import kept_page, kept_way_on
from federation.signin.views.realm import address_page, ask_address, asks_address_first
from identity import auth


def sign_in(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for the password and check it. Reached without an application's request, it leads to the dashboard."""
    kept = None
    if request.method == "GET":
        kept = kept_page(request, slug, _untouched)
    elif PASSWORD_NEXT not in request.GET and "password" not in request.POST:
        kept = kept_way_on(request, AddressForm, slug=slug)
    return kept or _sign_in(request, slug)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
@flow_view
def _sign_in(request: HttpRequest, slug: str) -> HttpResponse:
    if "request" not in request.GET:
        return _to_dashboard(request, slug)
    context = load_context(request, slug, request_id_of(request))
    if asks_address_first(request, context):
        return ask_address(request, context)
    if request.method == "GET":
        hint = request.GET.get("login_hint") or context.request.parameters.get("login_hint", "")
        form = SignInForm(initial={"email": hint}, passwords=context.tenant.policy.takes_passwords)
        return _page(request, context, form)
    without = WAY in request.POST
    form = SignInForm(request.POST, with_password=not without, passwords=context.tenant.policy.takes_passwords)
    if not form.is_valid():
        return _page(request, context, form, status=422)
    return _begin(request, context, form) if without else _answer(request, context, form)


def _begin(request: HttpRequest, context: Context, form: SignInForm) -> HttpResponse:
    """Begin without a password, by the button that was pressed."""
    try:
        return begin(context, form.cleaned_data["email"], request.POST[WAY])
    except (LimitReached, auth.AuthUnavailable, NotReady) as error:
        message, status = explain(error)
        form.add_error(None, message)
        return limited(_page(request, context, form, status=status), error)


def _answer(request: HttpRequest, context: Context, form: SignInForm) -> HttpResponse:
    try:
        outcome = answer_password(context, form.cleaned_data["email"], form.cleaned_data.get("password", ""))
    except (Refused, PasswordNotUsed) as error:
        message, status = explain(error)
        form.add_error(None, message)
        return _page(request, context, form, status=status)
    except (LimitReached, auth.TooManyAttempts, auth.AuthUnavailable, NotReady) as error:
        message, status = explain(error)
        form.add_error(None, message)
        return limited(_page(request, context, form, status=status), error)
    except (auth.PasswordResetRequired, auth.TemporaryPasswordExpired) as error:
        return lead_on(request, context, form.cleaned_data["email"], error)
    except (auth.AuthError, AlreadyAnswered) as error:
        return stopped(request, context, error)
    return proceed(request, context, outcome)


def _page(request: HttpRequest, context: Context, form: SignInForm, *, status: int = 200) -> HttpResponse:
    shown = _shown(context, form)
    leads_to = ways_back(context.request)
    return page(request, shown.template, shown.context, tenant=context.tenant, status=status, leads_to=leads_to)


def _shown(context: Context, form: SignInForm) -> Shown:
    return Shown(
        "federation/sign_in.html",
        {
            "form": form,
            "application": context.request.application,
            "ways": ways_in(context),
            "first_ways": first_ways(context),
            "autofill_url": autofill(context, form),
            **password_help(context, form["email"].value() or ""),
        },
        leads_to=origins_of(context.request.application),
    )


def _untouched(request: HttpRequest, context: Context) -> Shown:
    """Return the page on which nobody has typed anything yet."""
    if asks_address_first(request, context):
        return address_page(context, AddressForm())
    return _shown(context, SignInForm(passwords=context.tenant.policy.takes_passwords))


def _to_dashboard(request: HttpRequest, slug: str) -> HttpResponse:
    """Lead to the dashboard, whose own request comes back here; the same for a slug that nobody has."""
    if active_tenant(slug) is None:
        return page(request, "federation/organisation_unavailable.html", {}, status=404)
    address = f"{settings.DASHBOARD_URL}/sign-in/{slug}/"
    if hint := request.GET.get("login_hint", ""):
        address = f"{address}?{urlencode({'login_hint': hint})}"
    return HttpResponseRedirect(address)
