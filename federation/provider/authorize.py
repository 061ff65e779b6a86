"""The authorization endpoint: validates the request, answers at once from a session, or sends the person to sign in."""

from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oidc.core.errors import AccountSelectionRequiredError, InteractionRequiredError, LoginRequiredError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from federation.models import Connection
from federation.provider.answers import SeeOther, code_answer, error_answer, error_page
from federation.provider.asking import validated
from federation.provider.prompt import Asked, asks_for_account
from federation.provider.pushing import is_pushed, pushed_parameters
from federation.provider.requests import from_http, from_parameters
from federation.provider.sessions import may_answer, must_be_shown, sufficing_sessions
from federation.selectors import active_tenant, live_session
from federation.services.requests import open_request
from federation.services.sessions import record_single_sign_on
from federation.services.sign_up import may_sign_up
from federation.signin import bookmarks, cookies, just_opened
from federation.tokens import new_token
from federation.visitor import visitor
from tenants.models import Application, Tenant


@csrf_exempt
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Answer an authorization request (OpenID Connect Core section 3.1.2)."""
    if request.method == "POST":
        # A POST from another site brings no cookies (SameSite=Lax); the GET that follows it does.
        return SeeOther(f"{request.path}?{request.POST.urlencode()}")
    brought = from_http(request)
    try:
        pushed = pushed_parameters(brought) if is_pushed(brought) else None
    except OAuth2Error as error:
        return error_page(request, error)
    # What was pushed is validated once more: the application may have changed.
    asked_for = brought if pushed is None else from_parameters(pushed)
    try:
        application, asked, parameters = validated(asked_for)
    except OAuth2Error as error:
        if error.redirect_uri:
            return error_answer(request, error, {**asked_for.payload.data, "redirect_uri": error.redirect_uri})
        return error_page(request, error)
    return _answer(request, application, asked, parameters if pushed is None else pushed)


def _answer(request: HttpRequest, application: Application, asked: Asked, parameters: dict[str, Any]) -> HttpResponse:
    slug = parameters.get("organization", "")
    bookmark = bookmarks.remembered(request, application, slug)
    if bookmark is None:
        if not slug:
            return _answer_unnamed(request, application, asked, parameters)
        return _answer_for(request, active_tenant(slug, application), application, asked, parameters)
    # An identity provider may sign somebody in who sees no page, and where anybody may listen one has to be shown.
    connection = None if must_be_shown(application, parameters) else bookmark.connection
    response = _answer_for(request, bookmark.tenant, application, asked, parameters, connection)
    if not asked.silent:
        bookmarks.forget(response)
    return response


def _answer_unnamed(
    request: HttpRequest, application: Application, asked: Asked, parameters: dict[str, Any]
) -> HttpResponse:
    """Answer where no organization is named: the only session that would do says it.

    Which of several is meant is the person's to say, and nobody's where no page may be shown (OpenID Connect Core
    section 3.1.2.6). Where the application wants it said, the person says it of one, too.
    """
    sessions = sufficing_sessions(request, application, asked, parameters)
    if len(sessions) < 2 and not (sessions and asked.choose):
        tenant = active_tenant(sessions[0].tenant.slug, application) if sessions else None
        return _answer_for(request, tenant, application, asked, parameters)
    if asked.silent:
        return error_answer(request, AccountSelectionRequiredError(), parameters)
    return send_to_choice(request, application, parameters)


def _answer_for(
    request: HttpRequest,
    tenant: Tenant | None,
    application: Application,
    asked: Asked,
    parameters: dict[str, Any],
    connection: Connection | None = None,
) -> HttpResponse:
    # Who comes by a bookmark and has to choose does so at the identity provider, which is asked the same.
    by_session = None if asked.choose and connection is not None else tenant
    if by_session and (answer := _answer_from_session(request, by_session, application, asked, parameters)):
        return answer
    if asked.silent:
        return error_answer(request, LoginRequiredError(), parameters)
    if tenant is None and parameters.get("organization"):
        return render(request, "federation/organisation_unavailable.html", {"application": application}, status=404)
    return send_to_sign_in(request, tenant, application, parameters, connection)


def _answer_from_session(
    request: HttpRequest, tenant: Tenant, application: Application, asked: Asked, parameters: dict[str, Any]
) -> HttpResponse | None:
    """Answer without a sign-in, where this browser has a session that is good enough."""
    session = live_session(tenant, cookies.session_token(request, tenant))
    if session is None or not may_answer(session, application, asked, parameters):
        return None
    if asked.choose:
        return send_to_choice(request, application, parameters, tenant)
    if must_be_shown(application, parameters):
        if asked.silent:
            return error_answer(request, InteractionRequiredError(), parameters)
        return _send_to(request, reverse("sign-in-confirm", args=[tenant.slug]), tenant, application, parameters)
    record_single_sign_on(session, application, visitor=visitor(request))
    return code_answer(request, parameters, session)


def send_to_choice(
    request: HttpRequest, application: Application, parameters: dict[str, Any], tenant: Tenant | None = None
) -> HttpResponse:
    """Keep the request, and send the browser to where the person chooses a session, or none of them."""
    return _send_to(request, reverse("choose-session"), tenant, application, parameters)


def send_to_sign_in(
    request: HttpRequest,
    tenant: Tenant | None,
    application: Application,
    parameters: dict[str, Any],
    connection: Connection | None = None,
) -> HttpResponse:
    """Keep the request, and send the browser to the sign-in of its tenant, or to find out which tenant that is."""
    if tenant is not None and connection is not None:
        page = reverse("federation-start", args=[tenant.slug, connection.pk])
    elif tenant is not None and asks_for_account(parameters) and may_sign_up(tenant):
        page = reverse("sign-up", args=[tenant.slug])
    else:
        page = reverse("sign-in", args=[tenant.slug]) if tenant else reverse("choose-organisation")
    return _send_to(request, page, tenant, application, parameters)


def _send_to(
    request: HttpRequest, page: str, tenant: Tenant | None, application: Application, parameters: dict[str, Any]
) -> HttpResponse:
    """Keep the request for this browser, and send it to the page that goes on with it."""
    browser = cookies.browser_token(request) or new_token()
    opened = open_request(application, tenant, parameters=parameters, browser_token=browser)
    response = HttpResponseRedirect(f"{page}?request={opened.pk}")
    cookies.set_browser_token(response, browser)
    just_opened.remember(response, opened)
    return response
