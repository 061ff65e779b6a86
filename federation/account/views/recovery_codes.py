"""Recovery codes: how many are left, and new ones."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from federation.account.context import Account, NeedsOwnFactor
from federation.account.guard import account_view
from federation.passwords import require_passwords
from federation.services.recovery_codes import HOW_MANY, codes_left, make_codes
from federation.signin.pages import page


def recovery_codes_section(account: Account) -> dict[str, Any] | None:
    """Return how many codes are good; nothing for somebody who has no second factors here, and can have none."""
    if not account.has_own_factors or not account.tenant.policy.password_allowed:
        return None
    return {"left": codes_left(account.user), "how_many": HOW_MANY, "has_factor": account.user.has_second_factor}


@account_view("POST", back="account-security")
def make(request: HttpRequest, account: Account) -> HttpResponse:
    """Make new codes and show them, this once."""
    require_passwords(account.tenant)
    account.require_own_sign_in()
    if not account.has_own_factors:
        raise NeedsOwnFactor
    codes = make_codes(account.user, actor=account.actor)
    context = {"account": account, "codes": codes, "text": "\n".join(codes)}
    return page(request, "federation/account/recovery_codes_made.html", context, tenant=account.tenant)
