"""The tabs of the account, and the way in."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from federation.account.context import Account
from federation.account.entry import begin_sign_in, come_back
from federation.account.guard import account_view
from federation.account.said import said
from federation.account.sections import SECTIONS, TAB_LABELS, Tab
from federation.signin.pages import page
from federation.signin.views.common import flow_view


@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """Let somebody choose among their organisations, after a code that is mailed, and show their account there."""
    return begin_sign_in(request, None, login_hint=request.GET.get("login_hint", "")[:254])


@require_GET
@flow_view
def returned(request: HttpRequest) -> HttpResponse:
    """Go on after a sign-in."""
    return come_back(request)


@account_view("GET")
def details(request: HttpRequest, account: Account) -> HttpResponse:
    """Who they are here."""
    return show_tab(request, account, Tab.DETAILS)


@account_view("GET")
def security(request: HttpRequest, account: Account) -> HttpResponse:
    """How they sign in."""
    return show_tab(request, account, Tab.SECURITY)


@account_view("GET")
def devices(request: HttpRequest, account: Account) -> HttpResponse:
    """Where they are signed in."""
    return show_tab(request, account, Tab.DEVICES)


@account_view("GET")
def activity(request: HttpRequest, account: Account) -> HttpResponse:
    """What happened lately."""
    return show_tab(request, account, Tab.ACTIVITY)


def show_tab(request: HttpRequest, account: Account, tab: Tab) -> HttpResponse:
    """Render a tab with those of its sections that are something for this person."""
    slug = account.tenant.slug
    built = ((section, section.build(account)) for section in SECTIONS if section.tab is tab)
    context: dict[str, Any] = {
        "account": account,
        "tab_title": TAB_LABELS[tab],
        "tabs": [
            {"label": TAB_LABELS[each], "url": reverse(each, args=[slug]), "current": each is tab} for each in Tab
        ],
        "sections": [
            {"template": f"federation/account/{section.template}", "data": data}
            for section, data in built
            if data is not None
        ],
        "said": said(request.GET.get("done", "")),
    }
    return page(request, "federation/account/tab.html", context, tenant=account.tenant)
