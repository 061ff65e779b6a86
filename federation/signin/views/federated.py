"""Out to an identity provider, and back. Both are plain links and redirects: forms may not lead to other hosts."""

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from federation.selectors.arrivals import offered_connection
from federation.services.federated_sign_ins import find_sign_in
from federation.services.sessions import AlreadyAnswered
from federation.signin.context import NotReady
from federation.signin.federated import Answer, NotLetIn, come_back, leave
from federation.signin.views.common import StartAgain, flow_view, load_context, proceed, request_id_of, stopped
from identity import auth
from tenants.models import Tenant


@require_GET
@flow_view
def start(request: HttpRequest, slug: str, connection_id: uuid.UUID) -> HttpResponse:
    """Send the browser to a connection's identity provider."""
    context = load_context(request, slug, request_id_of(request))
    connection = offered_connection(context.tenant, connection_id)
    if connection is None:
        raise StartAgain(_("This way to sign in is not offered any more. Go back and choose another."))
    try:
        return HttpResponseRedirect(leave(context, connection, login_hint=request.GET.get("login_hint", "")))
    except NotReady as error:
        return stopped(request, context, error)


@require_GET
@flow_view
def callback(request: HttpRequest) -> HttpResponse:
    """Take what Cognito sends the browser back with."""
    sign_in = find_sign_in(request.GET.get("state", ""))
    if sign_in is None or sign_in.request_id is None:
        raise StartAgain(
            _("This sign-in is no longer open, or began in another browser. Go back to the application and try again.")
        )
    tenant: Tenant = sign_in.tenant
    # The browser must be the one that the application's request is bound to.
    context = load_context(request, tenant.slug, sign_in.request_id)
    answer = Answer(
        code=request.GET.get("code", ""),
        error=request.GET.get("error", ""),
        description=request.GET.get("error_description", ""),
    )
    try:
        begun = come_back(context, sign_in, answer)
    except (NotLetIn, NotReady, auth.AuthError, AlreadyAnswered) as error:
        return stopped(request, context, error)
    return proceed(request, context, begun)
