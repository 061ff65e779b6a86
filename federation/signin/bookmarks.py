"""Sign-ins that begin at a bookmark, such as a tile in an identity provider's portal (docs/adr/0019).

The address leads to an application, which begins a sign-in like any other. This browser remembers for a few minutes by
which connection that is to go on, because the application cannot say so.
"""

import hmac
import uuid
from dataclasses import dataclass
from urllib.parse import urlencode

from authlib.common.urls import add_params_to_uri
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from federation.dashboard_login.application import CLIENT_ID as DASHBOARD
from federation.models import Connection
from federation.selectors import active_tenant
from federation.selectors.arrivals import offered_connection
from federation.signin import cookies
from tenants.models import Application, Tenant

_PURPOSE = "bookmark"
# From the application's page that begins a sign-in back to us.
_SECONDS = 5 * 60


@dataclass(frozen=True, slots=True)
class Bookmark:
    """Where a bookmark leads: to an application, as somebody of a tenant, by a connection."""

    tenant: Tenant
    connection: Connection
    application: Application


def can_be_begun(application: Application) -> bool:
    """Say whether a sign-in to an application can be begun from outside."""
    return application.client_id == DASHBOARD or bool(application.initiate_login_uri)


def beginning_of(bookmark: Bookmark) -> str:
    """Return where the application begins a sign-in ("Initiating Login from a Third Party", OpenID Connect Core 4).

    `organization` is our own authorization parameter; an application that knows it can hand it on.
    """
    slug, application = bookmark.tenant.slug, bookmark.application
    if application.client_id == DASHBOARD:
        return f"{settings.DASHBOARD_URL}/sign-in/{slug}/"
    asked = {"iss": settings.SIGNIN_URL, "organization": slug}
    return str(add_params_to_uri(application.initiate_login_uri, asked))


def remember(response: HttpResponseBase, bookmark: Bookmark) -> None:
    """Have this browser's next sign-in to the application go on by the bookmark's connection."""
    values = {
        "slug": bookmark.tenant.slug,
        "connection": str(bookmark.connection.pk),
        "application": bookmark.application.client_id,
    }
    cookies.keep(response, _PURPOSE, values, seconds=_SECONDS)


def remembered(request: HttpRequest, application: Application, slug: str) -> Bookmark | None:
    """Return the bookmark that this browser comes from, if it leads to this application, and to no other tenant.

    Args:
        request: the HTTP request.
        application: which asks for a sign-in now.
        slug: of the tenant that the application names; empty where it names none.
    """
    values = cookies.kept(request, _PURPOSE, seconds=_SECONDS)
    if not values or values["application"] != application.client_id or slug not in ("", values["slug"]):
        return None
    tenant = active_tenant(values["slug"], application)
    connection = offered_connection(tenant, uuid.UUID(values["connection"])) if tenant is not None else None
    if tenant is None or connection is None:
        return None
    return Bookmark(tenant, connection, application)


def forget(response: HttpResponseBase) -> None:
    """A bookmark is good for one sign-in."""
    cookies.drop(response, _PURPOSE)


def consent_of(bookmark: Bookmark, browser_token: str) -> str:
    """Return what the link carries with which somebody goes on in this browser; no other site can know it."""
    about = f"{bookmark.connection.pk}:{bookmark.application.client_id}:{browser_token}"
    return salted_hmac("federation.signin.bookmarks", about, algorithm="sha256").hexdigest()


def has_consented(request: HttpRequest, bookmark: Bookmark) -> bool:
    """Say whether this browser may go on without being asked.

    Anybody can link to a bookmark, also somebody whose identity provider signs every browser in as one of its own: the
    person would work in a stranger's account without noticing (login CSRF; RFC 6819 section 4.4.1.8). Whoever has been
    signed in at the tenant in this browser is not asked.
    """
    browser = cookies.browser_token(request)
    given = request.GET.get("go", "")
    if browser and given and hmac.compare_digest(given.encode(), consent_of(bookmark, browser).encode()):
        return True
    return bool(cookies.session_token(request, bookmark.tenant))


def consent_address(path: str, bookmark: Bookmark, browser_token: str) -> str:
    """Return the address of the link with which somebody goes on."""
    return f"{path}?{urlencode({'go': consent_of(bookmark, browser_token)})}"
