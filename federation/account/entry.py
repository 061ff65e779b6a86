"""Into the account page: by a sign-in like any application's, and back to the page that was asked for."""

import base64
import hashlib
import hmac

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from federation.account.application import CLIENT_ID, account_application, return_address
from federation.models import AuthorizationCode
from federation.services.requests import REQUEST_LIFETIME, open_request
from federation.signin import cookies, just_opened
from federation.signin.views.common import StartAgain
from federation.tokens import hash_token, new_token
from tenants.models import Tenant

_PURPOSE = "account"


def begin_sign_in(request: HttpRequest, tenant: Tenant | None, *, back: str = "", login_hint: str = "") -> HttpResponse:
    """Send the browser to sign in, whether or not it has a session.

    Args:
        request: the HTTP request.
        tenant: whose page it is to; None where the person is to choose among their organisations.
        back: the path to go on to; empty for the account's first page.
        login_hint: the address of who was here.
    """
    browser = cookies.browser_token(request) or new_token()
    state = new_token()
    application = account_application()
    parameters = _parameters(state, {"organization": tenant.slug if tenant else "", "login_hint": login_hint})
    opened = open_request(application, tenant, parameters=parameters, browser_token=browser)
    where = reverse("sign-in", args=[tenant.slug]) if tenant else reverse("choose-organisation")
    response = HttpResponseRedirect(f"{where}?{urlencode({'request': str(opened.pk)})}")
    cookies.set_browser_token(response, browser)
    just_opened.remember(response, opened)
    seconds = int(REQUEST_LIFETIME.total_seconds())
    cookies.keep(response, _PURPOSE, {"state": state, "back": back}, seconds=seconds)
    return response


def come_back(request: HttpRequest) -> HttpResponse:
    """Use the code up that a sign-in ended with, and go on to the page that was asked for.

    Raises:
        StartAgain: it is not the sign-in that this browser began, or its code is none or too old.
    """
    kept = cookies.kept(request, _PURPOSE, seconds=int(REQUEST_LIFETIME.total_seconds()))
    state, code = request.GET.get("state", ""), _spent_code(request.GET.get("code", ""))
    if code is None or not kept or not hmac.compare_digest(str(kept["state"]).encode(), state.encode()):
        raise StartAgain(_("This sign-in is no longer open. Open your account again."))
    first = reverse("account", args=[code.tenant.slug])
    back = str(kept["back"])
    response = HttpResponseRedirect(back if back.startswith(first) else first)
    cookies.drop(response, _PURPOSE)
    return response


def _spent_code(code: str) -> AuthorizationCode | None:
    """Return what a code was made for, once; no token is made of it, because the browser has the session."""
    now = timezone.now()
    rows = AuthorizationCode.objects.filter(code_hash=hash_token(code), application__client_id=CLIENT_ID)
    if not rows.filter(used_at__isnull=True, expires_at__gt=now).update(used_at=now):
        return None
    return rows.select_related("tenant").first()


def _parameters(state: str, asked: dict[str, str]) -> dict[str, str]:
    """An authorization request of our own (RFC 6749 section 4.1.1), as others send it."""
    # Of a verifier that nobody has, because nobody exchanges the code.
    challenge = base64.urlsafe_b64encode(hashlib.sha256(new_token().encode()).digest()).rstrip(b"=").decode()
    return {
        "response_type": "code",
        "client_id": CLIENT_ID,
        "redirect_uri": return_address(),
        "scope": "openid",
        "state": state,
        "nonce": new_token(),
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "prompt": "login",
        **{name: value for name, value in asked.items() if value},
    }
