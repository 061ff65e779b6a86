"""The pages for somebody whose application did not say which organisation they belong to."""

import uuid
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from federation.models import AuthorizationRequest, BrowserSession
from federation.provider import prompt
from federation.provider.sessions import must_be_shown, sufficing_sessions
from federation.services.organisation_mail import tenants_of
from federation.services.requests import ask_for_organisations, find_request, prove_address
from federation.signin import cookies
from federation.signin.forms import EmailForm, MailedCodeForm
from federation.signin.pages import page, speak
from federation.signin.views.common import StartAgain, WayIn, flow_view
from federation.signin.views.kept import kept_way_on
from federation.signin.views.realm import go_on, realm_of
from tenants.errors import Unavailable
from tenants.http import client_ip


def choose_organisation(request: HttpRequest) -> HttpResponse:
    """Ask for the e-mail address, and answer every address alike: a code goes by mail."""
    return kept_way_on(request, EmailForm) or _choose_organisation(request)


@require_http_methods(["GET", "POST"])
@flow_view
def _choose_organisation(request: HttpRequest) -> HttpResponse:
    opened = _open_request(request)
    speak(request, str(opened.parameters.get("ui_locales", "")))
    form = EmailForm(request.POST or None, initial={"email": opened.parameters.get("login_hint", "")})
    if request.method == "GET" or not form.is_valid():
        return _page(request, opened, form, 200 if request.method == "GET" else 422)
    # A proved domain says by itself whose people have addresses of it. Every other address is answered alike.
    if (realm := realm_of(request, opened, form.cleaned_data["email"])) is not None:
        return go_on(request, realm, form.cleaned_data["email"])
    try:
        ask_for_organisations(opened, form.cleaned_data["email"], client_ip=client_ip(request))
    except Unavailable as error:
        form.add_error(None, error.message)
        return _page(request, opened, form, error.status)
    return redirect(_at("organisations", opened))


@require_http_methods(["GET", "POST"])
@flow_view
def organisations(request: HttpRequest) -> HttpResponse:
    """Ask for the code that was mailed, then let the person choose among their organisations; one is chosen at once."""
    opened = _open_request(request)
    speak(request, str(opened.parameters.get("ui_locales", "")))
    if not opened.asked_email:
        return redirect(_at("choose-organisation", opened))
    if opened.proved_email:
        return _choice(request, opened)
    form = MailedCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if prove_address(opened, form.cleaned_data["code"]):
            return redirect(_at("organisations", opened))
        form.add_error("code", _("The code is not right, or not good any more. Look for the newest mail."))
    context = {"form": form, "email": opened.asked_email, "again_url": _at("choose-organisation", opened)}
    return page(request, "federation/check_mail.html", context, status=422 if form.errors else 200)


@require_GET
@flow_view
def choose_session(request: HttpRequest) -> HttpResponse:
    """Let somebody with several sessions choose the one that answers the application, or sign in as somebody else."""
    opened = _open_request(request)
    parameters, application = opened.parameters, opened.application
    speak(request, str(parameters.get("ui_locales", "")))
    sessions = sufficing_sessions(request, application, prompt.read(parameters), parameters)
    if not sessions:
        return redirect(_at("choose-organisation", opened))
    context = {
        "application": application,
        "accounts": [
            (session.user.email, session.tenant.branding.display_name, _address_to_choose(session, opened))
            for session in sessions
        ],
        "must_be_shown": must_be_shown(application, parameters),
        "other_url": _at("choose-organisation", opened),
    }
    return page(request, "federation/choose_session.html", context, redirect_uri=opened.redirect_uri)


def _address_to_choose(session: BrowserSession, opened: AuthorizationRequest) -> str:
    return f"{reverse('sign-in-confirm', args=[session.tenant.slug])}?{urlencode({'request': opened.pk})}"


def _choice(request: HttpRequest, opened: AuthorizationRequest) -> HttpResponse:
    query = urlencode({"request": opened.pk, "login_hint": opened.proved_email})
    ways = [
        WayIn(tenant.branding.display_name, f"{reverse('sign-in', args=[tenant.slug])}?{query}")
        for tenant in tenants_of(opened.proved_email, opened.application)
    ]
    if len(ways) == 1:
        return redirect(ways[0].url)
    context = {"ways": ways, "email": opened.proved_email, "again_url": _at("choose-organisation", opened)}
    return page(request, "federation/organisations.html", context)


def _at(name: str, opened: AuthorizationRequest) -> str:
    return f"{reverse(name)}?{urlencode({'request': opened.pk})}"


def _open_request(request: HttpRequest) -> AuthorizationRequest:
    try:
        request_id = uuid.UUID(request.GET.get("request", ""))
    except ValueError as error:
        raise StartAgain(_("This sign-in is no longer open. Go back to the application and try again.")) from error
    found = find_request(request_id, browser_token=cookies.browser_token(request))
    if found is None or found.tenant_id is not None:
        raise StartAgain(_("This sign-in is no longer open. Go back to the application and try again."))
    return found


def _page(request: HttpRequest, opened: AuthorizationRequest, form: EmailForm, status: int) -> HttpResponse:
    context = {"form": form, "application": opened.application}
    return page(request, "federation/choose_organisation.html", context, status=status)
