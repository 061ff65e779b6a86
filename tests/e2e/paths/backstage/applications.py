"""An application beside Orbit, and what becomes of requests and tenants that nobody at a browser can bring about."""

import uuid
from datetime import timedelta

from django.utils import timezone

from federation.models import AuthorizationRequest
from identity.services.tenant_lifecycle import resume_tenant, suspend_tenant
from tenants.actor import system
from tenants.models import Application, Tenant, TenantApplication
from tests.factories import ApplicationFactory

_NAME = "Atlas"
_ACTOR = system("the tests of paths")


def second(tenants: list[str]) -> str:
    """Have the application Atlas, which may sign devices in, for some tenants; return its client ID.

    Its answers arrive at Orbit's addresses, which nobody but a browser that is looked at needs.
    """
    orbit = Application.objects.get(name="Orbit")
    atlas = Application.objects.filter(name=_NAME).first() or ApplicationFactory.create(
        name=_NAME,
        client_id=f"app_{uuid.uuid4().hex}",
        redirect_uris=orbit.redirect_uris,
        post_logout_redirect_uris=orbit.post_logout_redirect_uris,
        device_flow=True,
    )
    for slug in tenants:
        TenantApplication.objects.get_or_create(tenant=Tenant.objects.get(slug=slug), application=atlas)
    return str(atlas.client_id)


def let_request_expire(request: str) -> None:
    """Let the time of an application's request go by."""
    AuthorizationRequest.objects.filter(pk=uuid.UUID(request)).update(expires_at=timezone.now() - timedelta(seconds=1))


def suspend(tenant: str) -> None:
    """Suspend a tenant, as the operator does."""
    suspend_tenant(Tenant.objects.get(slug=tenant).pk, actor=_ACTOR)


def resume(tenant: str) -> None:
    """Let it in again."""
    resume_tenant(Tenant.objects.get(slug=tenant).pk, actor=_ACTOR)
