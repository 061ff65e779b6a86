"""Sign-out that an application begins (OpenID Connect RP-Initiated Logout 1.0)."""

from dataclasses import dataclass
from typing import Any

from authlib.common.urls import add_params_to_uri
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from federation.models import BrowserSession
from federation.provider.answers import SeeOther
from federation.provider.hint import hinted
from federation.provider.leaving import addresses_to_leave_by, leave
from federation.selectors import find_application, sessions_of_tokens
from federation.services.sessions import chain_of, end_session
from federation.signin import cookies
from federation.signin.pages import origin_of, page, speak
from federation.visitor import visitor
from identity.tokens import IdTokenClaims
from tenants.models import Application, Tenant


@dataclass(frozen=True, slots=True)
class LogoutRequest:
    """A checked request.

    Args:
        claims: of a valid `id_token_hint`; None where the person has to be asked.
        application: whose request it is, where that is known.
        return_to: one of the application's registered addresses exactly, with `state`; empty for our own page.
    """

    claims: IdTokenClaims | None
    application: Application | None
    return_to: str


@csrf_exempt
@require_http_methods(["GET", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    """End the session that the hint names, or ask first: without a hint anybody's page could sign people out."""
    if request.method == "POST":
        # A form on the application's own site brings no cookies (SameSite=Lax): the session would go on unnoticed.
        return SeeOther(f"{request.path}?{request.POST.urlencode()}")
    parameters = request.GET.dict()
    speak(request, parameters.get("ui_locales", ""))
    checked = read_logout(parameters)
    named = _named_session(request, checked.claims)
    if checked.claims is None or (named is None and _sessions(request)):
        return _confirm(request, parameters, checked)
    ended = [named] if named else []
    return sign_out(request, ended, return_to=checked.return_to)


@require_POST
def confirm_logout(request: HttpRequest) -> HttpResponse:
    """End every session that this browser holds, after the person said so on our own page."""
    return sign_out(request, _sessions(request), return_to=read_logout(request.POST.dict()).return_to)


def sign_out(request: HttpRequest, sessions: list[BrowserSession], *, return_to: str = "") -> HttpResponse:
    """End sessions of this browser, there and at the identity providers by which they came.

    Args:
        request: the HTTP request.
        sessions: that the browser holds.
        return_to: where the application wants the browser in the end; empty for our own page.
    """
    tenants: list[Tenant] = []
    for session in sessions:
        end_session(session, visitor=visitor(request))
        tenants.append(session.tenant)
    tenant = tenants[0] if len(tenants) == 1 else None
    if addresses := addresses_to_leave_by(sessions):
        response: HttpResponse = leave(request, addresses, return_to=return_to, tenant=tenant)
    elif return_to:
        response = SeeOther(return_to)
    else:
        response = page(request, "federation/signed_out.html", {}, tenant=tenant)
    for each in tenants:
        cookies.forget_session(response, each)
    return response


def read_logout(parameters: dict[str, str]) -> LogoutRequest:
    """Check the parameters. A hint that is not ours counts as none.

    Where hint and client contradict each other, neither is used, nor any address gone back to (RP-Initiated Logout 1.0
    sections 2 and 4).
    """
    claims = hinted(parameters.get("id_token_hint", ""), client_id=None)
    client_id = parameters.get("client_id") or (claims.client_id if claims else "")
    if claims is not None and claims.client_id != client_id:
        return LogoutRequest(None, None, "")
    application = find_application(client_id) if client_id else None
    return_to = parameters.get("post_logout_redirect_uri", "")
    if application is None or return_to not in application.post_logout_redirect_uris:
        return LogoutRequest(claims, application, "")
    if state := parameters.get("state"):
        return_to = add_params_to_uri(return_to, {"state": state})
    return LogoutRequest(claims, application, return_to)


def _named_session(request: HttpRequest, claims: IdTokenClaims | None) -> BrowserSession | None:
    """Return the session of the hint, if this browser holds it or the one that took its place, however often.

    A session takes the place of the same person's at the same tenant alone, so that no other's is followed back.
    """
    if claims is None:
        return None
    theirs = (held for held in _sessions(request) if held.user_id == claims.subject)
    return next((held for held in theirs if claims.session_id in chain_of(held)), None)


def _sessions(request: HttpRequest) -> list[BrowserSession]:
    found = sessions_of_tokens(cookies.session_tokens(request))
    return [session for session in found if session.ended_at is None]


def _confirm(request: HttpRequest, parameters: dict[str, str], checked: LogoutRequest) -> HttpResponse:
    # An address that will not be gone back to has no place on our page, not even hidden.
    kept = ("client_id", "ui_locales", *(("post_logout_redirect_uri", "state") if checked.return_to else ()))
    context: dict[str, Any] = {
        "kept": {name: parameters[name] for name in kept if name in parameters},
        "application": checked.application,
        "sessions": _sessions(request),
    }
    leads_to = (origin_of(checked.return_to),) if checked.return_to else ()
    return page(request, "federation/confirm_logout.html", context, leads_to=leads_to)
