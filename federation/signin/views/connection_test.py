"""A test of a connection in its own tab: out to the identity provider, and back to words. It never signs anybody in."""

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from federation.services.connection_test_visits import find_waiting, note_signed_out, open_test
from federation.signin import cookies
from federation.signin.connection_test import come_back_from_test, leave_for_test
from federation.signin.federated import Answer
from federation.signin.pages import page
from federation.signin.views.common import StartAgain, flow_view
from federation.tokens import new_token
from federation.visitor import visitor


@require_GET
@flow_view
def start(request: HttpRequest, test_id: uuid.UUID) -> HttpResponse:
    """Take the ticket that the dashboard gave this browser, and send it to the identity provider."""
    browser = cookies.browser_token(request) or new_token()
    opened = open_test(test_id, request.GET.get("ticket", ""), browser_token=browser)
    if opened is None:
        raise _over()
    response = HttpResponseRedirect(leave_for_test(opened))
    cookies.set_browser_token(response, browser)
    return response


@require_GET
@flow_view
def callback(request: HttpRequest) -> HttpResponse:
    """Take what Cognito sends the browser back with."""
    test = find_waiting(request.GET.get("state", ""), browser_token=cookies.browser_token(request))
    if test is None:
        raise _over()
    answer = Answer(
        code=request.GET.get("code", ""),
        error=request.GET.get("error", ""),
        description=request.GET.get("error_description", ""),
    )
    return HttpResponseRedirect(come_back_from_test(test, answer, visitor=visitor(request)))


@require_GET
def end(request: HttpRequest) -> HttpResponse:
    """Say that the test is over, and where its outcome is: Cognito has signed the browser out."""
    note_signed_out(cookies.browser_token(request))
    return page(request, "federation/test_end.html", {})


def _over() -> StartAgain:
    return StartAgain(
        _("This test is over, or was opened in another browser. Go back to the dashboard and begin a new one.")
    )
