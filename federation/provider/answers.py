"""Answers to an authorization request: the code, or the standard error, sent to the application; or a page."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from authlib.common.urls import add_params_to_uri
from authlib.oauth2 import OAuth2Error
from authlib.oidc.core.errors import LoginRequiredError
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from federation.models import BrowserSession
from federation.provider.requests import from_parameters
from federation.provider.server import server
from federation.selectors import find_application
from federation.signin.device import is_for_device, to_confirmation
from federation.signin.pages import origin_of, origins_of, page
from tenants.models import Tenant

# Among the parameters that are kept of a request: the id of the only user who may answer it.
HINTED_USER = "hinted_user"


def is_meant(parameters: Mapping[str, Any], session: BrowserSession) -> bool:
    """Say whether a session is of the person whom the request means, if it means one (`id_token_hint`)."""
    return parameters.get(HINTED_USER) in {None, str(session.user_id)}


class SeeOther(HttpResponseRedirect):
    """A redirect that turns a POST into a GET, whatever the browser (RFC 9700 section 4.12)."""

    status_code = 303


def code_answer(http: HttpRequest, parameters: Mapping[str, Any], session: BrowserSession) -> HttpResponse:
    """Send the browser back with a code; or, where the sign-in is for a device, to the page that asks about it.

    The parameters are validated once more: the application may have changed, and the nonce may have been used, since
    then. An address that is not the application's any more gets nothing, not even the error.
    """
    if is_for_device(parameters):
        return to_confirmation(session.tenant)
    request = from_parameters(parameters)
    try:
        grant = server.get_authorization_grant(request)
        redirect_uri = grant.validate_authorization_request()
        if not is_meant(parameters, session):
            # Somebody else signed in (OpenID Connect Core section 3.1.2.1).
            raise LoginRequiredError
        request.session = session
        _status, _body, headers = grant.create_authorization_response(redirect_uri, session.user)
    except OAuth2Error as error:
        if not request.client or not request.client.check_redirect_uri(str(parameters["redirect_uri"])):
            return error_page(http, error)
        return error_answer(http, error, parameters)
    return _sent(http, parameters, _added(dict(headers)["Location"], redirect_uri), session.tenant)


def error_answer(http: HttpRequest, error: OAuth2Error, parameters: Mapping[str, Any]) -> HttpResponse:
    """Send the browser back with an error (RFC 6749 section 4.1.2.1) and our issuer (RFC 9207).

    Args:
        http: the browser's request.
        error: the standard error.
        parameters: the application's request, whose `redirect_uri` was validated; see `error_page` for where it is not.
    """
    answer = {"error": error.error}
    if description := error.get_error_description():
        answer["error_description"] = description
    if state := parameters.get("state"):
        answer["state"] = str(state)
    return _sent(http, parameters, {**answer, "iss": settings.SIGNIN_URL})


def _sent(
    http: HttpRequest, parameters: Mapping[str, Any], answer: Mapping[str, str], tenant: Tenant | None = None
) -> HttpResponse:
    """Send the browser back in the way that the application asked for.

    By a form, the answer is in no address and no log (OAuth 2.0 Form Post Response Mode). It is one that a person can
    send as well, without JavaScript, and wears the brand of the tenant whose sign-in it ends.
    """
    redirect_uri = str(parameters["redirect_uri"])
    if parameters.get("response_mode") != "form_post":
        return SeeOther(add_params_to_uri(redirect_uri, answer))
    context = {"action": redirect_uri, "answer": answer}
    application = find_application(str(parameters["client_id"]))
    leads_to = (*(origins_of(application) if application else ()), origin_of(redirect_uri))
    return page(http, "federation/form_post.html", context, tenant=tenant, leads_to=leads_to)


def _added(location: str, redirect_uri: str) -> dict[str, str]:
    """Return what Authlib added to the redirect URI, which may have a query of its own."""
    own = len(parse_qsl(urlsplit(redirect_uri).query, keep_blank_values=True))
    return dict(parse_qsl(urlsplit(location).query, keep_blank_values=True)[own:])


def error_page(request: HttpRequest, error: OAuth2Error) -> HttpResponse:
    """Show an error to the person, because where to send it is not known to be the application's own address."""
    context = {"code": error.error, "description": error.get_error_description()}
    return render(request, "federation/request_refused.html", context, status=400)
