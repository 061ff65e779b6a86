"""Signing a member out of the dashboard, and with it of their session at the tenant's sign-in."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest

from federation.dashboard_login.adapter import ID_TOKEN_KEY
from federation.dashboard_login.application import CLIENT_ID


def end_session_address(request: HttpRequest) -> str | None:
    """Return where a member's sign-out goes on (RP-Initiated Logout 1.0); None for an operator.

    Call it before the dashboard's own session ends, which holds the ID token that says whose session it is.
    """
    id_token = request.session.get(ID_TOKEN_KEY)
    if not id_token:
        return None
    return f"{settings.SIGNIN_URL}/oauth2/logout?{urlencode({'id_token_hint': id_token, 'client_id': CLIENT_ID})}"
