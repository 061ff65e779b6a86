"""The pages with which somebody makes an account, where their organization lets them."""

from urllib.parse import urlencode

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from federation.models import AccountRequest, AccountRequestKind
from federation.selectors import active_tenant
from federation.selectors.domain_rules import decision_at
from federation.services.attempt_limits import LimitReached
from federation.services.requests import find_request
from federation.services.sign_up import find_sign_up, may_sign_up, note_refusal, sign_up, takes_address
from federation.signin import cookies
from federation.signin.asking import ask_to_be_mailed, note_address_not_taken
from federation.signin.context import Context
from federation.signin.forms import password_form
from federation.signin.pages import page
from federation.signin.recovery_forms import SignUpForm
from federation.signin.views.common import (
    PASSWORD_NEXT,
    StartAgain,
    flow_view,
    limited,
    load_context,
    request_id_of,
    sign_in_address,
)
from federation.signin.views.invitation import closed
from federation.signin.views.realm import Realm, go_on
from federation.visitor import visitor
from identity.models import DirectoryUser
from identity.services.acceptance import InvitationClosed, InvitationState
from tenants.errors import Conflict, Unavailable, ValidationFailed
from tenants.models import Tenant


@require_http_methods(["GET", "POST"])
@flow_view
def ask_to_sign_up(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for address and name. Every address that the policy takes is answered alike: a mail is on its way."""
    context = load_context(request, slug, request_id_of(request))
    if not may_sign_up(context.tenant):
        raise StartAgain(_("Accounts are made by invitation here. Ask an administrator of your organization for one."))
    hint = request.GET.get("login_hint") or context.request.parameters.get("login_hint", "")
    form = SignUpForm(request.POST or None, initial={"email": hint})
    if request.method == "GET" or not form.is_valid():
        return _page(request, context, form, 200 if request.method == "GET" else 422)
    email = form.cleaned_data["email"]
    decision = decision_at(context.tenant, email)
    if decision is not None and not decision.by_password:
        # Where an identity provider knows the people of a domain, it lets them in, and nobody makes an account past it.
        return go_on(request, Realm(context, decision), email)
    if not takes_address(context.tenant, email):
        note_address_not_taken(context)
        form.add_error("email", _("Accounts here are for addresses of the organization's own domains."))
        return _page(request, context, form, 422)
    try:
        ask_to_be_mailed(context, AccountRequestKind.SIGN_UP, email, name=form.cleaned_data["name"])
    except LimitReached as error:
        form.add_error(None, error.message)
        return limited(_page(request, context, form, error.status), error)
    return redirect(f"{reverse('sign-up-mailed', args=[slug])}?{urlencode({'request': context.request.pk})}")


@require_http_methods(["GET"])
@flow_view
def mailed(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that a mail is on its way; the same for whatever address."""
    context = load_context(request, slug, request_id_of(request))
    shown = {"again_url": sign_up_address(context), "back_url": sign_in_address(context)}
    return page(request, "federation/sign_up_mailed.html", shown, tenant=context.tenant)


@sensitive_post_parameters("password", "repeated")
@require_http_methods(["GET", "POST"])
def finish(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Take the password of whoever opened the mailed link, and make the account."""
    tenant = active_tenant(slug)
    if tenant is None:
        return closed(request, None, InvitationState.UNKNOWN)
    state, asked = find_sign_up(tenant, token)
    if asked is None or state is not InvitationState.OPEN:
        if asked is not None and request.method == "POST":
            note_refusal(tenant, asked, InvitationClosed(state), visitor=visitor(request))
        return closed(request, tenant, state)
    form = password_form(tenant, request, asked.email)
    if request.method == "GET" or not form.is_valid():
        return _finish_page(request, tenant, asked, form, 200 if request.method == "GET" else 422)
    try:
        user = sign_up(tenant, token, form.cleaned_data.get("password", ""), visitor=visitor(request))
    except InvitationClosed as error:
        return closed(request, tenant, error.state)
    except (ValidationFailed, Conflict, Unavailable) as error:
        form.add_error("password" if "password" in getattr(error, "fields", {}) else None, error.message)
        return _finish_page(request, tenant, asked, form, error.status)
    return _finished(request, tenant, asked, user)


def sign_up_address(context: Context) -> str:
    """Return the address of the page that asks for address and name."""
    return f"{reverse('sign-up', args=[context.tenant.slug])}?{urlencode({'request': context.request.pk})}"


def _finished(request: HttpRequest, tenant: Tenant, asked: AccountRequest, user: DirectoryUser) -> HttpResponse:
    """Go on to the application where this is the browser that it sent; elsewhere say to open it."""
    opened = asked.request and find_request(asked.request.pk, browser_token=cookies.browser_token(request))
    if not opened:
        return page(request, "federation/invitation_accepted.html", {"email": user.email}, tenant=tenant)
    query = urlencode({"request": opened.pk, PASSWORD_NEXT: "1", "login_hint": user.email})
    return redirect(f"{reverse('sign-in', args=[tenant.slug])}?{query}")


def _page(request: HttpRequest, context: Context, form: SignUpForm, status: int) -> HttpResponse:
    shown = {"form": form, "application": context.request.application, "back_url": sign_in_address(context)}
    return page(request, "federation/sign_up.html", shown, tenant=context.tenant, status=status)


def _finish_page(request: HttpRequest, tenant: Tenant, asked: AccountRequest, form: Form, status: int) -> HttpResponse:
    return page(
        request, "federation/invitation.html", {"form": form, "email": asked.email}, tenant=tenant, status=status
    )
