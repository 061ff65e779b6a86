"""Who somebody is at the organisation."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from federation.account.context import Account
from federation.account.forms import NameForm
from federation.account.guard import account_view
from federation.account.said import done
from federation.services.email_changes import may_change_email
from federation.services.own_account import may_rename, rename_oneself
from federation.signin.pages import page


def profile_section(account: Account) -> dict[str, Any]:
    """Return name and address."""
    return {"may_rename": may_rename(account.user), "may_change_email": may_change_email(account.user)}


def organisations_section(account: Account) -> dict[str, Any]:
    """Return the way to the other organisations of the person, who proves the address once more on it."""
    return {}


@account_view("GET", "POST", back="account-name")
def name(request: HttpRequest, account: Account) -> HttpResponse:
    """Change the name."""
    form = NameForm(request.POST or None, initial={"name": account.user.name})
    if request.method == "POST" and form.is_valid():
        rename_oneself(account.session, form.cleaned_data["name"], visitor=account.visitor)
        return done(account, "account", "name-changed")
    context = {"account": account, "form": form}
    status = 422 if form.errors else 200
    return page(request, "federation/account/name.html", context, tenant=account.tenant, status=status)
