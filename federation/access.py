"""Who may sign in to what: the one place that says it, for pages, tokens and refreshes alike."""

from tenants.models import Application, Tenant, TenantApplication


def application_allowed(tenant: Tenant, application: Application) -> bool:
    """Say whether a tenant's users may sign in to an application. The dashboard is every tenant's."""
    if application.is_builtin:
        return True
    return TenantApplication.objects.filter(tenant=tenant, application=application).exists()
