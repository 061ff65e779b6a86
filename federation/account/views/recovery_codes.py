"""Recovery codes: made here, shown once, to be kept where the phone is not."""

from django.http import HttpRequest, HttpResponse

from federation.account.context import Account
from federation.account.guard import account_view
from federation.account.recovery_codes import require_may_make
from federation.services.recovery_codes import make_codes
from federation.signin.pages import page


@account_view("POST", back="account-security")
def make(request: HttpRequest, account: Account) -> HttpResponse:
    """Make new codes and show them, this once."""
    require_may_make(account)
    codes = make_codes(account.user, actor=account.actor)
    context = {"account": account, "codes": codes, "text": "\n".join(codes)}
    return page(request, "federation/account/recovery_codes_made.html", context, tenant=account.tenant)
