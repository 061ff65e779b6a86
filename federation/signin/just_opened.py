"""What a browser's newest request is about, in a signed cookie and for a minute.

The sign-in page follows at once upon the request that leads to it, and so need not look up what was just written. It is
looked up later, and where the browser has a session, by which the request may have been answered since.
"""

import hmac
import json
import uuid

from django.http import HttpRequest, HttpResponseBase

from federation.models import AuthorizationRequest
from federation.selectors.opened_requests import OpenedRequest
from federation.signin import cookies

_PURPOSE = "opened"
_SECONDS = 60
# A browser drops a cookie above 4096 bytes (RFC 6265 section 6.1), and a proxy may refuse the answer.
_LONGEST = 1500


def remember(response: HttpResponseBase, opened: AuthorizationRequest) -> None:
    """Have the browser bring along what its request is about.

    Args:
        response: that leads to the first page of the sign-in.
        opened: made this moment. One with a hint is not remembered, since its page is somebody's own, and none that
            says very much.
    """
    if opened.parameters.get("login_hint"):
        return
    values = {
        "request": str(opened.pk),
        "browser": opened.browser_hash,
        "application": str(opened.application_id),
        "tenant": str(opened.tenant_id or ""),
        "ui_locales": str(opened.parameters.get("ui_locales", "")),
        "redirect_uri": opened.redirect_uri,
    }
    if len(json.dumps(values)) <= _LONGEST:
        cookies.keep(response, _PURPOSE, values, seconds=_SECONDS)


def remembered(request: HttpRequest, request_id: uuid.UUID, browser_hash: str) -> OpenedRequest | None:
    """Return what this browser's newest request is about; None where that has to be looked up.

    Args:
        request: the HTTP request.
        request_id: the request that it names.
        browser_hash: of the browser's token, which the cookie was made for.
    """
    if cookies.session_tokens(request):
        return None
    kept = cookies.kept(request, _PURPOSE, seconds=_SECONDS)
    if kept.get("request") != str(request_id) or not hmac.compare_digest(kept["browser"], browser_hash):
        return None
    return OpenedRequest(
        id=request_id,
        application_id=uuid.UUID(kept["application"]),
        tenant_id=uuid.UUID(kept["tenant"]) if kept["tenant"] else None,
        ui_locales=kept["ui_locales"],
        redirect_uri=kept["redirect_uri"],
    )
