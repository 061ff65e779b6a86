"""The address that a tile in an identity provider's portal has: it begins a sign-in at an application."""

import uuid

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET

from federation.dashboard_login.application import CLIENT_ID
from federation.selectors import active_tenant, find_application
from federation.selectors.arrivals import offered_connection
from federation.signin import cookies
from federation.signin.bookmarks import (
    Bookmark,
    beginning_of,
    can_be_begun,
    consent_address,
    has_consented,
    remember,
)
from federation.signin.pages import page
from federation.signin.views.common import NotOffered, flow_view
from federation.tokens import new_token


@require_GET
@flow_view
def bookmark(request: HttpRequest, slug: str, connection_id: uuid.UUID, client_id: str = CLIENT_ID) -> HttpResponse:
    """Lead to an application, which then asks for a sign-in by the connection."""
    found = _find(slug, connection_id, client_id)
    if has_consented(request, found):
        response: HttpResponse = HttpResponseRedirect(beginning_of(found))
        remember(response, found)
        return response
    browser = cookies.browser_token(request) or new_token()
    context = {
        "application": found.application,
        "connection": found.connection,
        "next_url": consent_address(request.path, found, browser),
    }
    response = page(request, "federation/bookmark.html", context, tenant=found.tenant)
    cookies.set_browser_token(response, browser)
    return response


def _find(slug: str, connection_id: uuid.UUID, client_id: str) -> Bookmark:
    """Return what an address leads to.

    Raises:
        NotOffered: it leads nowhere: one answer for all reasons.
    """
    application = find_application(client_id)
    tenant = active_tenant(slug, application) if application is not None else None
    connection = offered_connection(tenant, connection_id) if tenant is not None else None
    if application is None or tenant is None or connection is None or not can_be_begun(application):
        raise NotOffered
    return Bookmark(tenant, connection, application)
