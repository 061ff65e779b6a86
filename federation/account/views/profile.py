"""Who somebody is at the organisation."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from federation.account.context import Account
from federation.account.forms import LanguageForm, NameForm
from federation.account.guard import account_view
from federation.account.said import done
from federation.services.email_changes import is_email_ours
from federation.services.own_account import choose_language, is_name_ours, rename_oneself, require_change
from federation.signin.pages import page
from identity.models import DirectoryUser
from tenants.own_details import Access, Detail, access_to


def profile_section(account: Account) -> dict[str, Any]:
    """Return which details are shown and can be changed, and who keeps those that cannot."""
    kept, user = account.tenant.policy.own_details, account.user
    name, email = access_to(kept, Detail.NAME), access_to(kept, Detail.EMAIL)
    may_rename = is_name_ours(user) and name is Access.CHANGE
    may_change_email = is_email_ours(user) and email is Access.CHANGE
    return {
        "shows_name": name is not Access.HIDDEN,
        "may_rename": may_rename,
        "may_change_email": may_change_email,
        "language": _language(user) if access_to(kept, Detail.LANGUAGE) is Access.CHANGE else "",
        "from_provider": user.is_federated,
        "from_organization": not user.is_federated and not (may_rename and may_change_email),
    }


def _language(user: DirectoryUser) -> str:
    """Return what they chose, by its own name."""
    chosen = user.chosen_language
    return str(get_language_info(chosen)["name_local"]) if chosen else _("The one that my browser asks for")


def organisations_section(account: Account) -> dict[str, Any]:
    """Return the way to the other organisations of the person, who proves the address once more on it."""
    return {}


@account_view("GET", "POST", back="account-name")
def name(request: HttpRequest, account: Account) -> HttpResponse:
    """Change the name."""
    require_change(account.tenant, Detail.NAME)
    form = NameForm(request.POST or None, initial={"name": account.user.name})
    if request.method == "POST" and form.is_valid():
        rename_oneself(account.session, form.cleaned_data["name"], visitor=account.visitor)
        return done(account, "account", "name-changed")
    context = {"account": account, "form": form}
    status = 422 if form.errors else 200
    return page(request, "federation/account/name.html", context, tenant=account.tenant, status=status)


@account_view("GET", "POST", back="account-language")
def language(request: HttpRequest, account: Account) -> HttpResponse:
    """Choose the language of the account page and of mails."""
    require_change(account.tenant, Detail.LANGUAGE)
    form = LanguageForm(
        request.POST or None, initial={"language": account.user.chosen_language or LanguageForm.BROWSERS}
    )
    if request.method == "POST" and form.is_valid():
        choose_language(account.session, form.cleaned_data["language"], visitor=account.visitor)
        return done(account, "account", "language-changed")
    context = {"account": account, "form": form}
    status = 422 if form.errors else 200
    return page(request, "federation/account/language.html", context, tenant=account.tenant, status=status)
