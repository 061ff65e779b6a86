"""The page that asks whether people of a tenant sign in with passwords at all."""

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from identity.services import password_use as services
from tenants.errors import ValidationFailed
from tenants.http import Request
from tenants.models import SignInPolicy, Tenant
from tenants.permissions import Permission
from tenants.web.access import tenant_view


@tenant_view(Permission.POLICY_WRITE)
@require_http_methods(["GET", "HEAD", "POST"])
def password_use(request: Request, tenant: Tenant) -> HttpResponseBase:
    """Say what the other choice means and what is in its way, and on POST make it."""
    policy = SignInPolicy.objects.get(tenant=tenant)
    if request.method == "POST":
        try:
            services.set_password_use(tenant, allowed=request.POST.get("passwords") == "allow", actor=request.actor)
        except ValidationFailed as error:
            return _page(request, tenant, policy, status=error.status)
        messages.success(request, _("Saved."))
        return redirect("tenant:sign-in-policy", slug=tenant.slug)
    return _page(request, tenant, policy)


def _page(request: Request, tenant: Tenant, policy: SignInPolicy, *, status: int = 200) -> HttpResponseBase:
    use = services.password_use(tenant, policy)
    context = {
        "tenant": tenant,
        "policy": policy,
        "obstacles": use.obstacles,
        "consequences": use.consequences,
    }
    return render(request, "tenant/password_use.html", context, status=status)
