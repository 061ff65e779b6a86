"""The authenticator app: adding one, replacing it, naming it, removing it. Cognito keeps one for each user."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from federation.account.context import Account
from federation.account.forms import AuthenticatorForm
from federation.account.guard import account_view
from federation.account.refusals import refusals
from federation.account.said import done
from federation.services.app_names import app_name_of, name_app
from federation.services.attempt_limits import CODE, Caller, LimitReached, tried
from federation.services.own_account import (
    note_authenticator_added,
    note_authenticator_removed,
    require_other_factor,
)
from federation.signin.pages import page
from federation.signin.qr import qr_data_uri, totp_uri
from federation.signin.views.common import limited
from identity import auth
from identity.auth import second_factors
from tenants.errors import NotFound, ValidationFailed
from tenants.factors import SecondFactor
from tenants.models import MfaPolicy


def authenticator_section(account: Account) -> dict[str, Any] | None:
    """Say whether there is one, and its name.

    None for somebody whom Cognito never asks, or where the tenant has no second factor.
    """
    if not account.has_own_factors:
        return None
    if account.tenant.policy.mfa == MfaPolicy.OFF and not account.user.has_totp:
        return None
    has_one = account.user.has_totp
    return {"has_one": has_one, "name": app_name_of(account.user) if has_one else ""}


@account_view("GET", "POST", back="account-authenticator")
def authenticator(request: HttpRequest, account: Account) -> HttpResponse:
    """Show a new secret, and take the first code that an app makes of it. Until then the app before it counts."""
    if authenticator_section(account) is None:
        raise NotFound
    token, client = account.credential(), account.client()
    if request.method == "GET":
        secret = auth.begin_totp_setup(client, access_token=token).secret.get_secret_value()
        return setup_page(request, account, AuthenticatorForm(initial={"secret": secret}), secret)
    form = AuthenticatorForm(request.POST)
    if not form.is_valid():
        return setup_page(request, account, form, request.POST.get("secret", "")[:128], status=422)
    try:
        with refusals(account):
            _finish(account, client, form.cleaned_data["code"])
    except LimitReached as error:
        form.add_error(None, error.message)
        return limited(setup_page(request, account, form, form.cleaned_data["secret"], status=error.status), error)
    except auth.CodeMismatch:
        form.add_error("code", _("That code is not right. Enter the one that the app shows now."))
        return setup_page(request, account, form, form.cleaned_data["secret"], status=422)
    note_authenticator_added(account.session, form.cleaned_data["name"], visitor=account.visitor)
    return done(account, "account-security", "authenticator-added")


@account_view("POST", back="account-security")
def rename(request: HttpRequest, account: Account) -> HttpResponse:
    """Call it something else, and go back to the page with the form: of all factors, or of how they sign in."""
    token, client = account.credential(), account.client()
    if SecondFactor.TOTP not in second_factors.factors_of(client, access_token=token):
        raise NotFound
    back = "account-factors" if "in_list" in request.POST else "account-security"
    try:
        name_app(account.user, request.POST.get("name", ""), visitor=account.visitor)
    except ValidationFailed:
        return done(account, back, "authenticator-without-name")
    return done(account, back, "authenticator-named")


@account_view("GET", "POST", back="account-authenticator-remove")
def remove(request: HttpRequest, account: Account) -> HttpResponse:
    """Ask once, and remove it, unless the tenant asks for a second factor and this is the only one."""
    token, client = account.credential(), account.client()
    left = second_factors.factors_of(client, access_token=token) - {SecondFactor.TOTP}
    require_other_factor(account.session, left)
    if request.method == "GET":
        return page(
            request, "federation/account/authenticator_remove.html", {"account": account}, tenant=account.tenant
        )
    second_factors.set_factors(client, access_token=token, on=left, off={SecondFactor.TOTP})
    note_authenticator_removed(account.session, left, visitor=account.visitor)
    return done(account, "account-security", "authenticator-removed")


def _finish(account: Account, client: auth.AppClientRef, code: str) -> None:
    token, caller = account.credential(), Caller(account.visitor.ip, device=str(account.session.pk))
    name = account.tenant.branding.display_name
    before = second_factors.factor_settings(client, access_token=token)
    with tried(CODE, account.tenant, str(account.user.pk), caller, not_theirs=auth.AuthUnavailable):
        auth.finish_totp_setup(client, account.user.username, access_token=token, code=code, device_name=name)
    if others := before.on - {SecondFactor.TOTP}:
        # The port prefers the app, which must not keep somebody from the others without their having said so.
        preferred = before.preferred if SecondFactor.TOTP in before.on else None
        second_factors.set_factors(client, access_token=token, on={*others, SecondFactor.TOTP}, preferred=preferred)


def setup_page(
    request: HttpRequest, account: Account, form: AuthenticatorForm, secret: str, *, status: int = 200
) -> HttpResponse:
    """Render the page on which an app is set up."""
    address = totp_uri(secret, account=account.user.email, issuer=account.tenant.branding.display_name)
    context = {"account": account, "form": form, "secret": secret, "qr": qr_data_uri(address)}
    return page(request, "federation/account/authenticator.html", context, tenant=account.tenant, status=status)
