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
from federation.services.sign_up import takes_address
from federation.signin import cookies
from federation.signin.forms import EmailForm, MailedCodeForm
from federation.signin.pages import page, speak, ways_back
from federation.signin.views.common import StartAgain, WayIn, flow_view
from federation.signin.views.kept import kept_way_on
from federation.signin.views.realm import Realm, go_on, realm_of
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
        return _go_on(request, opened, realm, form.cleaned_data["email"])
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
    """Let somebody choose the session that answers the application, or sign in as somebody else.

    Which ends no session: not before somebody else has signed in at the same tenant (`begin_session`).
    """
    opened = _kept_request(request)
    parameters, application = opened.parameters, opened.application
    speak(request, str(parameters.get("ui_locales", "")))
    asked = prompt.read(parameters)
    sessions = sufficing_sessions(request, application, asked, parameters, only=opened.tenant_id)
    other_url = _address_of_others(opened)
    if not sessions:
        return redirect(other_url)
    context = {
        "application": application,
        "accounts": [
            (session.user.email, session.tenant.branding.display_name, _address_to_choose(session, opened))
            for session in sessions
        ],
        "must_be_shown": must_be_shown(application, parameters),
        "other_url": other_url,
    }
    return page(request, "federation/choose_session.html", context, tenant=opened.tenant, leads_to=ways_back(opened))


def _address_to_choose(session: BrowserSession, opened: AuthorizationRequest) -> str:
    return f"{reverse('sign-in-confirm', args=[session.tenant.slug])}?{urlencode({'request': opened.pk})}"


def _address_of_others(opened: AuthorizationRequest) -> str:
    """Return where somebody signs in whose session is not offered: at the tenant that is named, or at any."""
    if opened.tenant is None:
        return _at("choose-organisation", opened)
    return f"{reverse('sign-in', args=[opened.tenant.slug])}?{urlencode({'request': opened.pk})}"


def _go_on(request: HttpRequest, opened: AuthorizationRequest, realm: Realm, email: str) -> HttpResponse:
    """Go on where an address leads; to where an account is made, if the application asked for that before.

    An identity provider that the address leads to makes the account itself. Who is found by a mailed code has one.
    """
    tenant = realm.context.tenant
    wanted = realm.decision.by_password and prompt.asks_for_account(opened.parameters)
    if wanted and takes_address(tenant, email):
        query = urlencode({"request": opened.pk, "login_hint": email})
        return redirect(f"{reverse('sign-up', args=[tenant.slug])}?{query}")
    return go_on(request, realm, email)


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
    """Return the request of a page that is for requests without a tenant."""
    found = _kept_request(request)
    if found.tenant_id is not None:
        raise _not_open()
    return found


def _kept_request(request: HttpRequest) -> AuthorizationRequest:
    try:
        request_id = uuid.UUID(request.GET.get("request", ""))
    except ValueError as error:
        raise _not_open() from error
    found = find_request(request_id, browser_token=cookies.browser_token(request))
    if found is None:
        raise _not_open()
    return found


def _not_open() -> StartAgain:
    return StartAgain(_("This sign-in is no longer open. Go back to the application and try again."))


def _page(request: HttpRequest, opened: AuthorizationRequest, form: EmailForm, status: int) -> HttpResponse:
    context = {"form": form, "application": opened.application}
    return page(request, "federation/choose_organisation.html", context, status=status)
