"""Signing out goes on at the identity providers by which somebody came, where their connections say so.

Cognito's own sign-out does it (Developer Guide, "SAML sign-out flow"): it knows whom the identity provider signed in,
for as long as its own session lasts. The browser goes to each in turn, and then where the application wanted it.
"""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from federation.models import BrowserSession
from federation.selectors.arrivals import arrival_client, leads_back
from federation.signin import cookies
from federation.signin.pages import page
from federation.sync.wishes import ends_session_there, signed_out_url
from identity.cells import hosted_url
from tenants.models import Tenant

_PURPOSE = "leaving"
# Somebody may have to confirm at their identity provider.
_SECONDS = 15 * 60
# A cookie holds no more; nobody is signed in at so many organisations in one browser.
_MOST = 5
# What is left of a cookie's 4096 bytes (RFC 6265 section 6.1), in which all of it is written in base64.
_LONGEST_RETURN = 1500


def addresses_to_leave_by(sessions: Sequence[BrowserSession]) -> list[str]:
    """Return where the browser has to go so that the identity providers of these sessions sign the person out."""
    found = dict.fromkeys(address for session in sessions if (address := _address(session)))
    return list(found)[:_MOST]


def leave(request: HttpRequest, addresses: Sequence[str], *, return_to: str, tenant: Tenant | None) -> HttpResponse:
    """Answer with a page that goes on by itself.

    A redirect would not do: where signing out began with a form, browsers hold redirects to its page's `form-action`
    (Content Security Policy Level 3, section 6.4.1), and no page can name the identity providers of all tenants.

    Args:
        request: the HTTP request.
        addresses: of `addresses_to_leave_by`.
        return_to: where the application wants the browser in the end; empty for our own page. One that is too long
            for a cookie is given up: a browser that drops the cookie would leave the person signed in everywhere.
        tenant: whose brand the page wears.
    """
    context = {"next_url": reverse("federation-signed-out")}
    response = page(request, "federation/signing_out.html", context, tenant=tenant)
    slug = tenant.slug if tenant is not None else ""
    way = {"by": list(addresses), "to": return_to if len(return_to) <= _LONGEST_RETURN else "", "slug": slug}
    cookies.keep(response, _PURPOSE, way, seconds=_SECONDS)
    return response


@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    """Go on to the next identity provider, or to where the application wanted the browser.

    Cognito sends the browser here. What is in the cookie was checked when signing out began.
    """
    way = cookies.kept(request, _PURPOSE, seconds=_SECONDS)
    addresses = way.get("by", [])
    if addresses:
        response: HttpResponse = HttpResponseRedirect(addresses[0])
        cookies.keep(response, _PURPOSE, {**way, "by": addresses[1:]}, seconds=_SECONDS)
        return response
    if way.get("to"):
        response = HttpResponseRedirect(way["to"])
    else:
        tenant = Tenant.objects.select_related("branding").filter(slug=way.get("slug", "")).first()
        response = page(request, "federation/signed_out.html", {}, tenant=tenant)
    cookies.drop(response, _PURPOSE)
    return response


def _address(session: BrowserSession) -> str:
    connection = session.connection
    if connection is None or not connection.is_active or not ends_session_there(connection):
        return ""
    client = arrival_client(session.tenant)
    # Before Cognito has followed, it would show an error page of its own instead of coming back.
    if client is None or not leads_back(session.tenant, signed_out_url()):
        return ""
    query = urlencode({"client_id": client.client_id, "logout_uri": signed_out_url()})
    return f"{hosted_url(client.pool)}/logout?{query}"
