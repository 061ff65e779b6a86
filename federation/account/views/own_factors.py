"""The second factors that Lifeguard keeps of people who come by a connection: an app, security keys and passkeys."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from federation.account.context import Account
from federation.account.forms import OwnAppForm
from federation.account.guard import account_view
from federation.account.own_factors import is_asked, require_proved
from federation.account.recovery_codes import recovery_codes_offer
from federation.account.refusals import refusals
from federation.account.said import done, said
from federation.account.views.authenticator import setup_page
from federation.selectors.own_keys import keys_of
from federation.services.own_factors import (
    has_own_factor,
    name_factor,
    own_factor_of,
    remove_factor,
    set_up_factor,
)
from federation.services.own_key_offers import accept_offer, offer_key
from federation.services.own_keys import MOST, name_key, remove_key
from federation.signin.pages import page
from federation.totp import new_secret
from federation.webauthn import KeyRejected
from identity import auth
from tenants.errors import NotFound, ValidationFailed

_LISTED = "account-own-factors"


def own_factors_section(account: Account) -> dict[str, Any] | None:
    """Say whether there are any; None for somebody whom Lifeguard never asks for one."""
    if not is_asked(account):
        return None
    return {"has_some": has_own_factor(account.user)}


@account_view("GET", back=_LISTED)
def listed(request: HttpRequest, account: Account) -> HttpResponse:
    """Show them."""
    if not is_asked(account):
        raise NotFound
    keys = keys_of(account.user)
    context = {
        "account": account,
        "app": own_factor_of(account.user),
        "keys": keys,
        "may_add": len(keys) < MOST,
        "recovery": recovery_codes_offer(account),
        "said": said(request.GET.get("done", "")),
    }
    return page(request, "federation/account/own_factors.html", context, tenant=account.tenant)


@account_view("GET", "POST", back="account-own-app")
def app(request: HttpRequest, account: Account) -> HttpResponse:
    """Show a new secret, and take the first code of it. Until then the app before it counts."""
    require_proved(account)
    if request.method == "GET":
        secret = new_secret()
        return setup_page(request, account, OwnAppForm(initial={"secret": secret}), secret)
    form = OwnAppForm(request.POST)
    if not form.is_valid():
        return setup_page(request, account, form, request.POST.get("secret", "")[:128], status=422)
    secret, code, name = (form.cleaned_data[field] for field in ("secret", "code", "name"))
    try:
        with refusals(account):
            set_up_factor(account.user, secret, code, name=name, is_first=False, visitor=account.visitor)
    except auth.CodeMismatch:
        form.add_error("code", _("That code is not right. Enter the one that the app shows now."))
        return setup_page(request, account, form, secret, status=422)
    return done(account, _LISTED, "authenticator-added")


@account_view("POST", back=_LISTED)
def rename_app(request: HttpRequest, account: Account) -> HttpResponse:
    """Call it something else."""
    require_proved(account)
    try:
        name_factor(account.user, request.POST.get("name", ""), visitor=account.visitor)
    except ValidationFailed:
        return done(account, _LISTED, "authenticator-without-name")
    return done(account, _LISTED, "authenticator-named")


@account_view("POST", back=_LISTED)
def remove_app(request: HttpRequest, account: Account) -> HttpResponse:
    """Remove it, unless the tenant asks for a second factor and this is the only one."""
    require_proved(account)
    remove_factor(account.user, visitor=account.visitor)
    return done(account, _LISTED, "authenticator-removed")


@account_view("GET", "POST", back="account-own-key-new")
def add_key(request: HttpRequest, account: Account) -> HttpResponse:
    """Have the browser make one, and keep it."""
    require_proved(account)
    if request.method == "GET":
        return _key_page(request, account)
    credential, name = request.POST.get("credential", ""), request.POST.get("name", "")
    try:
        with refusals(account):
            accept_offer(account.session, credential, name, visitor=account.visitor)
    except KeyRejected:
        error = _("That security key or passkey was not accepted. Try again.")
        return _key_page(request, account, error=error, status=422)
    return done(account, _LISTED, "key-added")


@account_view("POST", back=_LISTED)
def rename(request: HttpRequest, account: Account) -> HttpResponse:
    """Call one something else."""
    require_proved(account)
    try:
        name_key(account.user, request.POST.get("passkey", ""), request.POST.get("name", ""), visitor=account.visitor)
    except ValidationFailed:
        return done(account, _LISTED, "key-without-name")
    return done(account, _LISTED, "key-named")


@account_view("POST", back=_LISTED)
def remove(request: HttpRequest, account: Account) -> HttpResponse:
    """Remove one, unless the tenant asks for a second factor and this is the only one."""
    require_proved(account)
    remove_key(account.user, request.POST.get("passkey", ""), visitor=account.visitor)
    return done(account, _LISTED, "key-removed")


def _key_page(request: HttpRequest, account: Account, *, error: str = "", status: int = 200) -> HttpResponse:
    options = offer_key(account.session)
    context = {
        "email": account.user.email,
        "options": json.dumps(options),
        "host": options["rp"]["id"],
        "error": error,
    }
    return page(request, "federation/account/own_key_new.html", context, tenant=account.tenant, status=status)
