"""The page that an invitation's link opens."""

from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from federation.selectors import active_tenant
from federation.services.attempt_limits import RESET, Caller, LimitReached, spend
from federation.signin.forms import password_form
from federation.signin.pages import origin_of, page
from federation.signin.views.common import limited
from federation.visitor import visitor
from identity.models import DirectoryUser
from identity.services.acceptance import InvitationClosed, InvitationState, accept_invitation, find_invitation
from identity.services.renewals import invite_again, renew_password
from tenants.errors import Conflict, Unavailable, ValidationFailed
from tenants.models import Invitation, Tenant

_STATUS = {InvitationState.PREPARING: 200, InvitationState.UNKNOWN: 404}


@sensitive_post_parameters("password", "repeated")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Show the invitation, and on POST set the password that the person chose."""
    tenant = active_tenant(slug)
    if tenant is None:
        return closed(request, None, InvitationState.UNKNOWN)
    state, found = find_invitation(tenant, token)
    if state is InvitationState.EXPIRED and found is not None and request.method == "POST":
        return _another(request, tenant, found)
    if state is not InvitationState.OPEN or found is None:
        return closed(request, tenant, state, again_possible=found is not None)
    form = password_form(tenant, request, found.email)
    if request.method == "GET" or not form.is_valid():
        return _page(request, tenant, form, found.email, 200 if request.method == "GET" else 422)
    try:
        user = accept_invitation(tenant, token, form.cleaned_data.get("password", ""), actor=visitor(request))
    except InvitationClosed as error:
        return closed(request, tenant, error.state)
    except (ValidationFailed, Conflict, Unavailable) as error:
        field = "password" if "password" in getattr(error, "fields", {}) else None
        form.add_error(field, error.message)
        return _page(request, tenant, form, found.email, error.status)
    return _accepted(request, tenant, user)


def _another(request: HttpRequest, tenant: Tenant, invitation: Invitation) -> HttpResponse:
    """Send a fresh link for one that has expired, to the address that had it: whoever shows it read that mail.

    What is said is the same where there is nothing to send any more, and promises no more than is known by then.
    """
    actor = visitor(request)
    try:
        spend(RESET, tenant, invitation.email, Caller(actor.ip))
    except LimitReached as error:
        return limited(
            page(request, "federation/stopped.html", {"message": error.message}, tenant=tenant, status=error.status),
            error,
        )
    renew = renew_password if invitation.renews else invite_again
    renew(tenant, invitation.user_id, actor=actor)
    return page(request, "federation/invitation_mailed.html", {"email": invitation.email}, tenant=tenant)


def _accepted(request: HttpRequest, tenant: Tenant, user: DirectoryUser) -> HttpResponse:
    """Lead to the tenant's sign-in; who has no dashboard is told to open their application."""
    if not user.role:
        return page(request, "federation/invitation_accepted.html", {"email": user.email}, tenant=tenant)
    return redirect(f"{reverse('sign-in', args=[tenant.slug])}?{urlencode({'login_hint': user.email})}")


def _page(request: HttpRequest, tenant: Tenant, form: Form, email: str, status: int) -> HttpResponse:
    context = {"form": form, "email": email}
    # An owner or admin is led on to the dashboard, which sends them to sign in.
    after = (origin_of(settings.DASHBOARD_URL),)
    return page(request, "federation/invitation.html", context, tenant=tenant, status=status, leads_to=after)


def closed(
    request: HttpRequest, tenant: Tenant | None, state: InvitationState, *, again_possible: bool = False
) -> HttpResponse:
    """Say what the holder of a link may know. While the pool is being set up the page looks again by itself."""
    template = "federation/invitation_closed.html"
    if state is InvitationState.PREPARING:
        template = "federation/invitation_preparing.html"
    shown = {"state": state.value, "again_possible": again_possible}
    return page(request, template, shown, tenant=tenant, status=_STATUS.get(state, 410))
