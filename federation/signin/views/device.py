"""The pages for somebody who signs in on a device elsewhere: the code that it shows, and whether it may."""

from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from prometheus_client import Counter

from federation.models import BrowserSession, DeviceGrant
from federation.provider import prompt
from federation.provider.authorize import send_to_choice, send_to_sign_in
from federation.provider.sessions import may_answer, suffices, sufficing_sessions
from federation.selectors import active_tenant, live_session
from federation.services.attempt_limits import DEVICE_CODE, Caller, LimitReached, tried
from federation.services.device_grants import as_shown, decide, find_waiting, get_waiting
from federation.signin import cookies
from federation.signin.device import forget, parameters_for, remember, remembered, to_confirmation
from federation.signin.forms_of_device import DeviceCodeForm
from federation.signin.pages import page, speak
from federation.signin.views.common import StartAgain, flow_view, limited
from federation.visitor import visitor
from identity.auth import AuthUnavailable
from tenants.http import client_ip, network_of
from tenants.models import Application

_log = structlog.get_logger(__name__)
# No tenant is known until a code is right, so that guesses are in no tenant's log of sign-ins.
TYPED = Counter(
    "lifeguard_device_codes_typed",
    "Codes of devices that were typed; result is found, unknown or limited, which was not looked up.",
    ("result",),
)


class NoSuchCode(Exception):
    """No device waits under the code that was typed."""


@require_http_methods(["GET", "POST"])
@flow_view
def device(request: HttpRequest) -> HttpResponse:
    """Ask for the code that the device shows, then for a sign-in. One in the address is not taken without a word."""
    form = DeviceCodeForm(request.POST or None, initial={"user_code": request.GET.get("user_code", "")[:20]})
    if request.method == "GET" or not form.is_valid():
        return _form(request, form, 200 if request.method == "GET" else 422)
    code = as_shown(form.cleaned_data["user_code"])
    try:
        grant = _typed(request, code)
    except NoSuchCode:
        _tell_operators(request, "unknown", first=True)
        form.add_error("user_code", _("No device waits with this code. Look at it once more, or have it show another."))
        return _form(request, form, 422)
    except LimitReached as error:
        _tell_operators(request, "limited", first=error.first)
        form.add_error(None, error.message)
        return limited(_form(request, form, error.status), error)
    TYPED.labels("found").inc()
    response = _sign_in(request, grant)
    remember(response, grant, code)
    return response


@require_http_methods(["GET", "POST"])
@flow_view
def confirm_device(request: HttpRequest) -> HttpResponse:
    """Name the application, the code and the person, and ask; nothing is granted before somebody says so."""
    grant, code, session = _asked(request)
    speak(request, str(grant.parameters.get("ui_locales", "")))
    if request.method == "POST":
        # Another tab may have typed another code since: the answer is to the device that this page showed.
        if request.POST.get("device") != str(grant.pk):
            raise _over()
        return _decided(request, grant, session, granted="grant" in request.POST)
    shown = {
        "application": grant.application,
        "device": grant.pk,
        "code": code,
        "email": session.user.email,
        "profile": {"email", "profile", "groups"} & set(grant.parameters["scope"].split()),
    }
    return page(request, "federation/device_confirm.html", shown, tenant=session.tenant)


def _typed(request: HttpRequest, code: str) -> DeviceGrant:
    with tried(DEVICE_CODE, None, "", Caller(client_ip(request)), not_theirs=AuthUnavailable):
        grant = find_waiting(code)
        if grant is None:
            raise NoSuchCode
    return grant


def _tell_operators(request: HttpRequest, result: str, *, first: bool) -> None:
    TYPED.labels(result).inc()
    if first:
        ip = client_ip(request)
        _log.warning("device_code_refused", result=result, network=network_of(ip) if ip else "")


def _sign_in(request: HttpRequest, grant: DeviceGrant) -> HttpResponse:
    """Lead to the tenant's sign-in, to the page that finds the organization, or on at once where there is a session."""
    application, parameters, slug = grant.application, parameters_for(grant), grant.parameters.get("organization", "")
    if not slug:
        return _sign_in_unnamed(request, application, parameters)
    tenant = active_tenant(slug, application)
    if tenant is None:
        return render(request, "federation/organisation_unavailable.html", {"application": application}, status=404)
    session = live_session(tenant, cookies.session_token(request, tenant))
    if session is not None and may_answer(session, application, prompt.read(parameters), parameters):
        return to_confirmation(tenant)
    return send_to_sign_in(request, tenant, application, parameters)


def _sign_in_unnamed(request: HttpRequest, application: Application, parameters: dict[str, Any]) -> HttpResponse:
    """Likewise for a device that names no organization: of several sessions the person chooses one."""
    sessions = sufficing_sessions(request, application, prompt.read(parameters), parameters)
    if len(sessions) > 1:
        return send_to_choice(request, application, parameters)
    if sessions:
        return to_confirmation(sessions[0].tenant)
    return send_to_sign_in(request, None, application, parameters)


def _asked(request: HttpRequest) -> tuple[DeviceGrant, str, BrowserSession]:
    """Return which device waits for this browser's answer, by which code, and as whom.

    Raises:
        StartAgain: it waits no more, or for another organization, or nobody is signed in: one answer for all.
    """
    kept = remembered(request)
    grant = get_waiting(kept[0]) if kept else None
    tenant = active_tenant(request.GET.get("organization", ""), grant.application) if grant else None
    session = live_session(tenant, cookies.session_token(request, tenant)) if tenant else None
    if kept is None or grant is None or session is None:
        raise _over()
    parameters = parameters_for(grant)
    if parameters.get("organization", session.tenant.slug) != session.tenant.slug:
        raise _over()
    if not suffices(session, grant.application, prompt.read(parameters), parameters):
        raise _over()
    return grant, kept[1], session


def _decided(request: HttpRequest, grant: DeviceGrant, session: BrowserSession, *, granted: bool) -> HttpResponse:
    if not decide(grant, session, granted=granted, visitor=visitor(request)):
        raise _over()
    shown = {"application": grant.application, "granted": granted}
    response = page(request, "federation/device_done.html", shown, tenant=session.tenant)
    forget(response)
    return response


def _form(request: HttpRequest, form: DeviceCodeForm, status: int) -> HttpResponse:
    return page(request, "federation/device.html", {"form": form}, status=status)


def _over() -> StartAgain:
    return StartAgain(_("This device does not wait any more. Begin again there, and enter the new code."))
