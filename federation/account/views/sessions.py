"""Where somebody is signed in, and signing out there."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse

from federation.account.context import Account
from federation.account.guard import account_view
from federation.account.said import done
from federation.provider.logout import sign_out
from federation.selectors.browser_sessions import open_sessions
from federation.services.session_ends import end_other_sessions, end_own_session, end_own_sessions
from tenants.errors import NotFound
from tenants.selectors import longest_access_token_minutes


def sessions_section(account: Account) -> dict[str, Any]:
    """Return the sessions, this one first."""
    found = open_sessions(account.user, this=account.session)
    found.sort(key=lambda each: not each.is_this)
    return {"sessions": found, "token_minutes": longest_access_token_minutes(account.tenant)}


@account_view("POST", back="account-devices")
def end(request: HttpRequest, account: Account) -> HttpResponse:
    """Sign out on another device."""
    try:
        session_id = uuid.UUID(request.POST.get("session", ""))
    except ValueError as error:
        raise NotFound from error
    end_own_session(account.session, session_id, visitor=account.visitor)
    return done(account, "account-devices", "session-ended")


@account_view("POST", back="account-devices")
def end_others(request: HttpRequest, account: Account) -> HttpResponse:
    """Sign out on all other devices."""
    end_other_sessions(account.session, visitor=account.visitor)
    return done(account, "account-devices", "others-ended")


@account_view("POST", back="account-devices")
def end_all(request: HttpRequest, account: Account) -> HttpResponse:
    """Sign out on all devices, this one too."""
    end_own_sessions(account.session, visitor=account.visitor)
    return sign_out(request, [account.session])
