"""Answers to an authorization request: the code, or the standard error, sent to the application; or a page."""

from collections.abc import Mapping
from typing import Any

from authlib.common.urls import add_params_to_uri
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749.errors import UnsupportedResponseTypeError
from authlib.oidc.core.errors import LoginRequiredError
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from federation.models import BrowserSession
from federation.provider.requests import from_parameters
from federation.provider.server import server

# Among the parameters that are kept of a request: the id of the only user who may answer it.
HINTED_USER = "hinted_user"


def is_meant(parameters: Mapping[str, Any], session: BrowserSession) -> bool:
    """Say whether a session is of the person whom the request means, if it means one (`id_token_hint`)."""
    return parameters.get(HINTED_USER) in {None, str(session.user_id)}


def code_answer(http: HttpRequest, parameters: Mapping[str, Any], session: BrowserSession) -> HttpResponse:
    """Send the browser back with a code.

    The parameters are validated once more: the application may have changed, and the nonce may have been used, since
    then. An address that is not the application's any more gets nothing, not even the error.
    """
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
        return error_answer(error, redirect_uri=str(parameters["redirect_uri"]), state=parameters.get("state"))
    return HttpResponseRedirect(dict(headers)["Location"])


def error_answer(error: OAuth2Error, *, redirect_uri: str, state: str | None) -> HttpResponseRedirect:
    """Send the browser back with an error (RFC 6749 section 4.1.2.1) and our issuer (RFC 9207).

    Args:
        error: the standard error.
        redirect_uri: validated; see `error_page` for where it is not.
        state: as the application sent it.
    """
    parameters = {"error": error.error}
    if description := error.get_error_description():
        parameters["error_description"] = description
    if state:
        parameters["state"] = state
    return HttpResponseRedirect(add_params_to_uri(redirect_uri, {**parameters, "iss": settings.SIGNIN_URL}))


def error_page(request: HttpRequest, error: OAuth2Error) -> HttpResponse:
    """Show an error to the person, because where to send it is not known to be the application's own address."""
    # Authlib's text for this one repeats what was sent, and nobody else's words belong on our page.
    description = "" if isinstance(error, UnsupportedResponseTypeError) else error.get_error_description()
    context = {"code": error.error, "description": description}
    return render(request, "federation/request_refused.html", context, status=400)
