"""A page before a session answers an application that cannot prove who it is (`federation.provider.sessions`)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from federation.provider import prompt
from federation.provider.answers import code_answer
from federation.provider.sessions import may_answer
from federation.services.requests import claim_request
from federation.services.sessions import AlreadyAnswered, record_single_sign_on
from federation.signin.device import is_for_device
from federation.signin.pages import page, ways_back
from federation.signin.views.common import flow_view, load_context, request_id_of, sign_in_address, stopped
from federation.visitor import visitor


@require_http_methods(["GET", "POST"])
@flow_view
def confirm(request: HttpRequest, slug: str) -> HttpResponse:
    """Name the application and the person; go on with their session once they say so."""
    context = load_context(request, slug, request_id_of(request))
    parameters, session = context.request.parameters, context.previous
    application, asked = context.request.application, prompt.read(parameters)
    if session is None or not may_answer(session, application, asked, parameters):
        return redirect(sign_in_address(context))
    if request.method == "POST":
        if not claim_request(context.request):
            return stopped(request, context, AlreadyAnswered("This sign-in was finished already."))
        if not is_for_device(parameters):
            # A device has nothing yet: its own page asks next.
            record_single_sign_on(session, application, visitor=visitor(request))
        return code_answer(request, parameters, session)
    shown = {
        "application": application,
        "email": session.user.email,
        "other_url": sign_in_address(context),
    }
    return page(request, "federation/confirm.html", shown, tenant=context.tenant, leads_to=ways_back(context.request))
