"""Passkeys: listing, adding, naming and removing them. Cognito tells and lets do so only the person themselves."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from federation.account.context import Account
from federation.account.guard import account_view
from federation.account.said import done, said
from federation.services.own_passkeys import key_of, name_passkey, names_of, note_passkey_added, note_passkey_removed
from federation.signin.pages import page
from identity.auth import passkeys
from tenants.errors import NotFound, ValidationFailed
from tenants.models.pool_settings import options_of
from tenants.pool_options import FirstFactor
from tenants.ways_in import offered_ways


@dataclass(frozen=True, slots=True)
class NamedPasskey:
    """A passkey as its owner knows it; `id` is Cognito's."""

    id: str
    name: str
    created_at: datetime


def passkeys_section(account: Account) -> dict[str, Any] | None:
    """Say whether there are passkeys; None for somebody who has none and could not sign in with one."""
    if not account.has_own_factors or not (account.user.has_passkey or _is_useful(account)):
        return None
    return {"has_some": account.user.has_passkey}


@account_view("GET", back="account-passkeys")
def listed(request: HttpRequest, account: Account) -> HttpResponse:
    """Show them."""
    context = {
        "account": account,
        "passkeys": _passkeys(account),
        "may_add": _is_useful(account),
        "said": said(request.GET.get("done", "")),
    }
    return page(request, "federation/account/passkeys.html", context, tenant=account.tenant)


@account_view("GET", "POST", back="account-passkey-new")
def add(request: HttpRequest, account: Account) -> HttpResponse:
    """Have the browser make one, and keep it."""
    token, client = account.credential(), account.client()
    if not _is_useful(account):
        raise NotFound
    if request.method == "GET":
        return _add_page(request, account, "", 200)
    before = {each.id for each in passkeys.list_passkeys(client, token)}
    try:
        both = options_of(account.tenant.pool).passkey_is_mfa
        passkeys.finish_passkey_registration(client, token, _credential(request), counts_as_two=both)
    except passkeys.PasskeyRejected:
        return _add_page(request, account, _("The passkey was not accepted. Try again."), 422)
    made = next((each for each in passkeys.list_passkeys(client, token) if each.id not in before), None)
    if made is not None:
        name = request.POST.get("name", "")
        note_passkey_added(account.session, made.id, name, visitor=account.visitor)
    return done(account, "account-passkeys", "passkey-added")


@account_view("POST", back="account-passkeys")
def rename(request: HttpRequest, account: Account) -> HttpResponse:
    """Call one something else."""
    found = _named(request, account)
    try:
        name_passkey(account.session, found.id, request.POST.get("name", ""), visitor=account.visitor)
    except ValidationFailed:
        return done(account, "account-passkeys", "passkey-without-name")
    return done(account, "account-passkeys", "passkey-named")


@account_view("POST", back="account-passkeys")
def remove(request: HttpRequest, account: Account) -> HttpResponse:
    """Remove one. A password stays: Cognito has no user without."""
    found = _named(request, account)
    client, token = account.client(), account.credential()
    passkeys.delete_passkey(client, token, found.id)
    others = bool(passkeys.list_passkeys(client, token))
    note_passkey_removed(account.session, found.id, found.name, others=others, visitor=account.visitor)
    return done(account, "account-passkeys", "passkey-removed")


def _is_useful(account: Account) -> bool:
    """Say whether they could sign in with one: not past a second factor, unless a passkey counts as two."""
    if FirstFactor.WEB_AUTHN not in offered_ways(account.tenant):
        return False
    return not account.user.has_second_factor or options_of(account.tenant.pool).passkey_is_mfa


def _passkeys(account: Account) -> list[NamedPasskey]:
    names = names_of(account.user)
    found = passkeys.list_passkeys(account.client(), account.credential())
    return [
        NamedPasskey(each.id, names.get(key_of(each.id), "") or each.name or _("Passkey"), each.created_at)
        for each in found
    ]


def _named(request: HttpRequest, account: Account) -> NamedPasskey:
    named = request.POST.get("passkey", "")
    found = next((each for each in _passkeys(account) if each.id == named), None)
    if found is None:
        raise NotFound
    return found


def _credential(request: HttpRequest) -> dict[str, Any]:
    try:
        made = json.loads(request.POST.get("credential", ""))
    except ValueError as error:
        raise passkeys.PasskeyRejected("not JSON") from error
    if not isinstance(made, dict):
        raise passkeys.PasskeyRejected("not an object")
    return made


def _add_page(request: HttpRequest, account: Account, error: str, status: int) -> HttpResponse:
    options = passkeys.begin_passkey_registration(account.client(), account.credential())
    context = {
        "account": account,
        "options": json.dumps(options),
        "host": options.get("rp", {}).get("id", "") or urlsplit(settings.SIGNIN_URL).hostname,
        "error": error,
    }
    return page(request, "federation/account/passkey_new.html", context, tenant=account.tenant, status=status)
