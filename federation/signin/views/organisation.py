"""The page for somebody whose application did not say which organisation they belong to."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from federation.models import AuthorizationRequest
from federation.services.requests import ask_for_organisations, find_request
from federation.signin import cookies
from federation.signin.forms import EmailForm
from federation.signin.pages import page, speak
from federation.signin.views.common import StartAgain, flow_view
from federation.signin.views.realm import go_on, realm_of
from tenants.errors import Unavailable
from tenants.http import client_ip


@never_cache
@require_http_methods(["GET", "POST"])
@flow_view
def choose_organisation(request: HttpRequest) -> HttpResponse:
    """Ask for the e-mail address, and answer every address alike: the links go by mail."""
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
    return page(request, "federation/check_mail.html", {"email": form.cleaned_data["email"]})


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
