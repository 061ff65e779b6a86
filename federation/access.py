"""Who may sign in to what: the one place that says it, for pages, tokens and refreshes alike."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from tenants.models import Application, Tenant, TenantApplication


def application_allowed(tenant: Tenant, application: Application) -> bool:
    """Say whether a tenant's users may sign in to an application. The dashboard is every tenant's."""
    if application.is_builtin:
        return True
    return TenantApplication.objects.filter(tenant=tenant, application=application).exists()


def allowed_by_row() -> Q:
    """Return `application_allowed` as a condition on rows that have a tenant and an application."""
    there = TenantApplication.objects.filter(tenant=OuterRef("tenant"), application=OuterRef("application"))
    return Q(application__is_builtin=True) | Q(Exists(there))


def allowed_tenants(application: Application) -> QuerySet[Tenant]:
    """Return the tenants whose users may sign in to an application, as `application_allowed` says it of one."""
    tenants = Tenant.objects.all()
    if application.is_builtin:
        return tenants
    return tenants.filter(pk__in=TenantApplication.objects.filter(application=application).values("tenant"))
