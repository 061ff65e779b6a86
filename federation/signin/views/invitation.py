"""The page that an invitation's link opens."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from federation.selectors import active_tenant
from federation.signin.forms import NewPasswordForm
from federation.signin.pages import page
from federation.visitor import visitor
from identity.models import DirectoryUser
from identity.services.acceptance import InvitationClosed, InvitationState, accept_invitation, find_invitation
from tenants.errors import Conflict, Unavailable, ValidationFailed
from tenants.models import Tenant

_STATUS = {InvitationState.PREPARING: 200, InvitationState.UNKNOWN: 404}


@never_cache
@sensitive_post_parameters("password", "repeated")
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, slug: str, token: str) -> HttpResponse:
    """Show the invitation, and on POST set the password that the person chose."""
    tenant = active_tenant(slug)
    if tenant is None:
        return closed(request, None, InvitationState.UNKNOWN)
    state, found = find_invitation(tenant, token)
    if state is not InvitationState.OPEN or found is None:
        return closed(request, tenant, state)
    form = NewPasswordForm(request.POST or None, min_length=tenant.policy.password_min_length, email=found.email)
    if request.method == "GET" or not form.is_valid():
        return _page(request, tenant, form, found.email, 200 if request.method == "GET" else 422)
    try:
        user = accept_invitation(tenant, token, form.cleaned_data["password"], actor=visitor(request))
    except InvitationClosed as error:
        return closed(request, tenant, error.state)
    except (ValidationFailed, Conflict, Unavailable) as error:
        field = "password" if "password" in getattr(error, "fields", {}) else None
        form.add_error(field, error.message)
        return _page(request, tenant, form, found.email, error.status)
    return _accepted(request, tenant, user)


def _accepted(request: HttpRequest, tenant: Tenant, user: DirectoryUser) -> HttpResponse:
    """Lead to the tenant's sign-in; who has no dashboard is told to open their application."""
    if not user.role:
        return page(request, "federation/invitation_accepted.html", {"email": user.email}, tenant=tenant)
    return redirect(f"{reverse('sign-in', args=[tenant.slug])}?{urlencode({'login_hint': user.email})}")


def _page(request: HttpRequest, tenant: Tenant, form: NewPasswordForm, email: str, status: int) -> HttpResponse:
    context = {"form": form, "email": email}
    # An owner or admin is led on to the dashboard, which sends them to sign in.
    after = settings.DASHBOARD_URL
    return page(request, "federation/invitation.html", context, tenant=tenant, status=status, redirect_uri=after)


def closed(request: HttpRequest, tenant: Tenant | None, state: InvitationState) -> HttpResponse:
    """Say what the holder of a link may know. While the pool is being set up the page looks again by itself."""
    template = "federation/invitation_closed.html"
    if state is InvitationState.PREPARING:
        template = "federation/invitation_preparing.html"
    return page(request, template, {"state": state.value}, tenant=tenant, status=_STATUS.get(state, 410))
