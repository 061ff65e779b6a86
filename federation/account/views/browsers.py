"""The browsers that somebody is known by, and forgetting them."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse

from federation.account.context import Account
from federation.account.guard import account_view
from federation.account.said import done
from federation.selectors.known_devices import known_browsers
from federation.services.known_devices import forget_browser, forget_browsers
from tenants.errors import NotFound


def browsers_section(account: Account) -> dict[str, Any] | None:
    """Return the browsers; None where none is known, as after a sign-out everywhere."""
    found, more = known_browsers(account.user, account.device_token)
    if not found:
        return None
    return {"browsers": found, "more": more, "some_remembered": any(each.remembered_until for each in found)}


@account_view("POST", back="account-devices")
def forget(request: HttpRequest, account: Account) -> HttpResponse:
    """Forget one."""
    try:
        device_id = uuid.UUID(request.POST.get("browser", ""))
    except ValueError as error:
        raise NotFound from error
    forget_browser(account.session, device_id, visitor=account.visitor)
    return done(account, "account-devices", "browser-forgotten")


@account_view("POST", back="account-devices")
def forget_all(request: HttpRequest, account: Account) -> HttpResponse:
    """Forget all of them."""
    forget_browsers(account.session, visitor=account.visitor)
    return done(account, "account-devices", "browsers-forgotten")
