"""The page "Sign-in and MFA": a tenant's sign-in policy."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tenants.errors import ValidationFailed
from tenants.http import Request
from tenants.models import MfaPolicy, SignInPolicy, Tenant
from tenants.permissions import Permission
from tenants.policy_matrix import ways_and_modes
from tenants.policy_remarks import warnings
from tenants.services.policy import update_policy
from tenants.ways_in import place_of
from tenants.web.access import tenant_view
from tenants.web.forms import show_faults
from tenants.web.forms.policy import PolicyForm

_REFUSED = 422


@tenant_view(Permission.POLICY_READ)
@require_safe
def policy_page(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Show what the tenant asks of those who sign in, and the form to change it where the person may."""
    policy = SignInPolicy.objects.get(tenant=tenant)
    return _page(request, tenant, policy, PolicyForm.of(policy, place_of(tenant)))


@tenant_view(Permission.POLICY_WRITE)
@require_POST
def policy_save(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Change what the tenant asks of those who sign in."""
    policy = SignInPolicy.objects.get(tenant=tenant)
    form = PolicyForm(request.POST, policy=policy, place=place_of(tenant))
    if form.is_valid():
        try:
            update_policy(tenant, form.change(), actor=request.actor)
        except ValidationFailed as error:
            show_faults(form, error)
        else:
            messages.success(request, _("Saved. Applying to Cognito…"))
            return redirect("tenant:sign-in-policy", slug=tenant.slug)
    return _page(request, tenant, policy, form, status=_REFUSED)


def _page(
    request: Request, tenant: Tenant, policy: SignInPolicy, form: PolicyForm, *, status: int = 200
) -> HttpResponseBase:
    context = {
        "tenant": tenant,
        "policy": policy,
        "warnings": warnings(tenant, policy),
        "modes": [mode.label for mode in MfaPolicy],
        "lines": ways_and_modes(place_of(tenant)),
        "shared": tenant.pool.is_shared,
        "form": form,
        "may_write": request.actor.allows(Permission.POLICY_WRITE),
    }
    return render(request, "tenant/policy.html", context, status=status)
