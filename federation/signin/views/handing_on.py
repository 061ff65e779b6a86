"""The address to which an application sends people whose organization it does not know, to sign them in by itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from federation.selectors import find_application
from federation.services.requests import open_request
from federation.signin import cookies
from federation.signin.handing_on import can_be_handed_on, parameters_for
from federation.signin.views.common import NotOffered, flow_view
from federation.tokens import new_token


@require_GET
@flow_view
def find_organisation(request: HttpRequest, client_id: str) -> HttpResponse:
    """Ask for the address, as of whoever comes from an application that names no organization."""
    application = find_application(client_id)
    if application is None or not can_be_handed_on(application):
        raise NotOffered
    browser = cookies.browser_token(request) or new_token()
    parameters = parameters_for(application, request.GET.dict())
    opened = open_request(application, None, parameters=parameters, browser_token=browser)
    response: HttpResponse = redirect(f"{reverse('choose-organisation')}?{urlencode({'request': str(opened.pk)})}")
    cookies.set_browser_token(response, browser)
    return response
