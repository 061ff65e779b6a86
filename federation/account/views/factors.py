"""The pages of second factors that Cognito keeps: codes by mail and text message, and which one is asked for."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from federation.account import code_factors
from federation.account.context import Account
from federation.account.forms import PreferredFactorForm
from federation.account.guard import account_view
from federation.account.recovery_codes import recovery_codes_offer
from federation.account.refusals import refusals
from federation.account.said import done, said
from federation.services.app_names import app_name_of
from federation.services.attempt_limits import LimitReached
from federation.services.code_factors import CODES, addable_codes
from federation.services.number_changes import before_change
from federation.services.own_phone import is_theirs_to_change
from federation.signin.forms_of_factors import NumberForm, SentCodeForm
from federation.signin.pages import page
from federation.signin.views.common import limited
from identity import auth
from tenants.errors import NotFound
from tenants.factors import SecondFactor
from tenants.ways_in import offered_ways


@dataclass(frozen=True, slots=True)
class Held:
    """A second factor that somebody has.

    Args:
        factor: which.
        where: to which address or number its codes go; empty for an app.
        name: what its owner calls an app; empty for codes, and for one without a name.
        counts: whether the organization still counts it.
        is_code: whether it is removed here.
    """

    factor: SecondFactor
    where: str
    name: str
    counts: bool
    is_code: bool


def factors_section(account: Account) -> dict[str, Any] | None:
    """Say which codes they have; None where they have none and could not have any."""
    if not account.has_own_factors:
        return None
    codes = [factor for factor in account.user.second_factors if factor in CODES]
    if not codes and not addable_codes(account.tenant, account.user):
        return None
    return {"codes": codes}


@account_view("GET", back="account-factors")
def listed(request: HttpRequest, account: Account) -> HttpResponse:
    """Show them, which one is asked for, and what could be added."""
    return _list(request, account)


@account_view("POST", back="account-factors")
def add(request: HttpRequest, account: Account) -> HttpResponse:
    """Begin to add codes: have the first one mailed, or ask for the number."""
    factor = _code_of(request.POST.get("factor", ""), account)
    if factor is SecondFactor.SMS:
        return redirect("account-phone", account.tenant.slug)
    try:
        with refusals(account):
            code_factors.send_code(account, factor)
    except LimitReached as error:
        return limited(_list(request, account, error=error.message, status=error.status), error)
    return redirect(_code_address(account, factor))


@account_view("GET", "POST", back="account-phone")
def phone(request: HttpRequest, account: Account) -> HttpResponse:
    """Ask for the telephone number, and have a code sent to it."""
    account.credential()
    _code_of(SecondFactor.SMS.value, account)
    present = code_factors.phone_of(account).number
    form = NumberForm(request.POST or None, initial={"number": present})
    if request.method == "GET" or not form.is_valid():
        return _phone_page(request, account, form, 200 if request.method == "GET" else 422)
    try:
        with refusals(account):
            is_sent = code_factors.give_number(account, form.cleaned_data["number"])
    except LimitReached as error:
        form.add_error(None, error.message)
        return limited(_phone_page(request, account, form, error.status), error)
    if not is_sent:
        return done(account, "account-factors", "number-kept")
    return redirect(_code_address(account, SecondFactor.SMS))


@account_view("GET", "POST", back="account-factors")
def code(request: HttpRequest, account: Account) -> HttpResponse:
    """Take the code that came."""
    account.credential()
    factor = _code_of(request.GET.get("factor", ""), account)
    form = SentCodeForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        return _code_page(request, account, factor, form, 200 if request.method == "GET" else 422)
    try:
        with refusals(account):
            code_factors.finish_setup(account, factor, form.cleaned_data["code"])
    except LimitReached as error:
        form.add_error(None, error.message)
        return limited(_code_page(request, account, factor, form, error.status), error)
    except auth.CodeMismatch:
        form.add_error("code", _("That code is not right, or not good any more."))
        return _code_page(request, account, factor, form, 422)
    return done(account, "account-factors", "codes-added")


@account_view("POST", back="account-factors")
def remove(request: HttpRequest, account: Account) -> HttpResponse:
    """Switch codes off."""
    factor = _named(request.POST.get("factor", ""))
    if factor not in CODES:
        raise NotFound
    code_factors.remove(account, factor)
    return done(account, "account-factors", "codes-removed")


@account_view("POST", back="account-factors")
def prefer(request: HttpRequest, account: Account) -> HttpResponse:
    """Choose which one is asked for."""
    form = _preference_form(code_factors.settings_of(account), account, request.POST)
    if not form.is_valid():
        raise NotFound
    code_factors.prefer(account, _named(form.cleaned_data["factor"]))
    return done(account, "account-factors", "factor-preferred")


def _named(name: str) -> SecondFactor | None:
    return SecondFactor(name) if name in SecondFactor.values else None


def _code_of(name: str, account: Account) -> SecondFactor:
    """Return the codes that a form or an address names.

    Raises:
        NotFound: they are none that this person can have.
    """
    factor = _named(name)
    if factor is None or factor not in addable_codes(account.tenant, account.user) or not account.has_own_factors:
        raise NotFound
    return factor


def _preference_form(has: auth.FactorSettings, account: Account, data: QueryDict | None = None) -> PreferredFactorForm:
    counting = code_factors.counting(account)
    choices = [factor for factor in SecondFactor if factor in has.on & counting]
    return PreferredFactorForm(
        data, choices=choices, initial={"factor": has.preferred or PreferredFactorForm.EACH_TIME}
    )


def _code_address(account: Account, factor: SecondFactor) -> str:
    return f"{reverse('account-factor-code', args=[account.tenant.slug])}?factor={factor.value}"


def _list(request: HttpRequest, account: Account, *, error: str = "", status: int = 200) -> HttpResponse:
    has = code_factors.settings_of(account)
    addable, counting = addable_codes(account.tenant, account.user), code_factors.counting(account)
    present = code_factors.phone_of(account).number if SecondFactor.SMS in {*has.on, *addable} else ""
    where = {SecondFactor.EMAIL: account.user.email, SecondFactor.SMS: present}
    names = {SecondFactor.TOTP: app_name_of(account.user)}
    held = [
        Held(factor, where.get(factor, ""), names.get(factor, ""), factor in counting, factor in CODES)
        for factor in SecondFactor
        if factor in has.on
    ]
    is_open = SecondFactor.SMS in addable and SecondFactor.SMS not in has.on
    changing = before_change(account.user) if is_open else None
    context = {
        "account": account,
        "held": held,
        "changing": changing and {"before": changing.number, "wanted": present, "in_time": changing.in_time},
        "preferred": has.preferred if len(held) > 1 else None,
        "preference": _preference_form(has, account) if len(held) > 1 else None,
        "addable": [
            (factor, where[factor])
            for factor in addable
            if factor not in has.on and not (changing and factor is SecondFactor.SMS)
        ],
        "may_change_number": SecondFactor.SMS in has.on
        and SecondFactor.SMS in addable
        and is_theirs_to_change(account.tenant),
        "loses_other_ways": not has.on and bool(offered_ways(account.tenant)),
        "recovery": recovery_codes_offer(account),
        "said": said(request.GET.get("done", "")),
        "error": error,
    }
    return page(request, "federation/account/factors.html", context, tenant=account.tenant, status=status)


def _phone_page(request: HttpRequest, account: Account, form: NumberForm, status: int) -> HttpResponse:
    context = {"account": account, "form": form, "has_sms": SecondFactor.SMS in code_factors.settings_of(account).on}
    return page(request, "federation/account/phone.html", context, tenant=account.tenant, status=status)


def _code_page(
    request: HttpRequest, account: Account, factor: SecondFactor, form: SentCodeForm, status: int
) -> HttpResponse:
    by_mail = factor is SecondFactor.EMAIL
    destination = account.user.email if by_mail else code_factors.phone_of(account).number
    context = {"account": account, "form": form, "factor": factor, "by_mail": by_mail, "destination": destination}
    return page(request, "federation/account/factor_code.html", context, tenant=account.tenant, status=status)
