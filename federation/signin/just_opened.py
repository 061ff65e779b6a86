"""What a browser's newest request is about, in a cookie with a code that only we can make, and for a minute.

The sign-in page follows at once upon the request that leads to it, and so need not look up what was just written. It is
looked up later, and where the browser has a session, by which the request may have been answered since.

The code is a plain HMAC (RFC 2104) of the standard library's. Django's own signing derives its key anew each time and
takes a tenth of the whole page; what it has beside that, keys of before, is of no use to what is looked up otherwise.
"""

import hmac
import time
from functools import lru_cache

from django.conf import settings
from django.core.signing import b64_decode, b64_encode
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from federation.models import AuthorizationRequest
from federation.selectors.opened_requests import OpenedRequest
from federation.signin import cookies
from federation.tokens import hash_token

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
    # The last may hold anything. None of the others holds a space (`tenants.redirect_uris`).
    languages = str(opened.parameters.get("ui_locales", ""))
    values = " ".join((str(opened.application_id), str(opened.tenant_id or ""), opened.redirect_uri, languages))
    about = f"{int(time.time())}.{b64_encode(values.encode()).decode()}"
    if len(about) <= _LONGEST:
        code = _code(str(opened.pk), opened.browser_hash, about)
        cookies.set_opened_text(response, f"{code}.{about}", seconds=_SECONDS)


def remembered(request: HttpRequest, request_id: str, browser_token: str) -> OpenedRequest | None:
    """Return what this browser's newest request is about; None where that has to be looked up.

    Args:
        request: the HTTP request.
        request_id: the request that it names; a UUID in small letters.
        browser_token: the browser's, which the cookie was made for.
    """
    if cookies.session_tokens(request):
        return None
    code, _dot, about = cookies.opened_text(request).partition(".")
    expected = _code(request_id, hash_token(browser_token), about)
    if not hmac.compare_digest(code.encode(), expected.encode()):
        return None
    made, _dot, values = about.partition(".")
    if int(made) + _SECONDS < time.time():
        return None
    application_id, tenant_id, redirect_uri, ui_locales = b64_decode(values.encode()).decode().split(" ", 3)
    return OpenedRequest(request_id, application_id, tenant_id or None, ui_locales, redirect_uri)


def _code(request_id: str, browser_hash: str, about: str) -> str:
    """None of the three holds a space, so that no two requests have the same text."""
    return hmac.digest(_key(settings.SECRET_KEY), f"{request_id} {browser_hash} {about}".encode(), "sha256").hex()


@lru_cache(maxsize=1)
def _key(secret: str) -> bytes:
    return salted_hmac("federation.signin.just_opened", "", secret, algorithm="sha256").digest()
