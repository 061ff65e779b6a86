"""The tenant's first page."""

from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from identity.selectors import UserCounts, count_users, list_team
from identity.selectors.own import own_resources
from identity.sync.views import summarise
from identity.web.next_steps import Task, further
from tenants.addresses import sign_in_page
from tenants.http import Request
from tenants.models import Branding, MfaPolicy, SignInPolicy, Tenant
from tenants.permissions import Permission, TenantRole
from tenants.web.access import tenant_view


@tenant_view(Permission.TENANT_READ)
def overview(request: Request, tenant: Tenant) -> HttpResponseBase:
    """The tenant at a glance: how to get in, who is in, how far Cognito has followed, and what to do next."""
    counts = count_users(tenant)
    tasks, resources = _tasks(tenant, counts), own_resources(tenant)
    context = {
        "tenant": tenant,
        "branding": Branding.objects.get(tenant=tenant),
        "policy": SignInPolicy.objects.get(tenant=tenant),
        "sign_in_url": sign_in_page(tenant.slug),
        "admin_url": f"{settings.DASHBOARD_URL}{reverse('tenant:overview', args=[tenant.slug])}",
        "counts": counts,
        "tasks": tasks,
        "tasks_open": sum(not task.done for task in tasks),
        "resources": resources,
        "moving": not summarise(resources).is_settled,
    }
    template = "tenant/overview.html#resources" if request.htmx else "tenant/overview.html"
    return render(request, template, context)


def _tasks(tenant: Tenant, counts: UserCounts) -> list[Task]:
    branding, policy = Branding.objects.get(tenant=tenant), SignInPolicy.objects.get(tenant=tenant)
    owners = sum(user.role == TenantRole.OWNER and user.may_sign_in for user in list_team(tenant))

    def url(name: str) -> str:
        return reverse(f"tenant:{name}", args=[tenant.slug])

    # It would follow a password.
    second_factor = Task(
        _("Require a second factor"),
        _("A stolen password alone then opens nothing."),
        url("sign-in-policy"),
        policy.mfa == MfaPolicy.REQUIRED,
    )
    return [
        Task(
            _("Upload your logo"),
            _("Your people see it when they sign in, and know that they are in the right place."),
            url("branding"),
            branding.has_logo,
        ),
        *([second_factor] if policy.password_allowed else []),
        Task(_("Invite your users"), _("By e-mail; they come in by its link."), url("user-invite"), counts.total > 1),
        Task(
            _("Have a second owner"),
            _("Somebody who can let you in again, should you lose your phone."),
            url("team"),
            owners > 1,
        ),
        *further(tenant),
    ]
