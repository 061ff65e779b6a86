"""An application beside Orbit, and what becomes of requests and tenants that nobody at a browser can bring about."""

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from federation.models import AuthorizationRequest
from identity.models import AppClient
from identity.services.tenant_lifecycle import resume_tenant, suspend_tenant
from identity.sync import engine
from identity.sync.native import purpose_of
from tenants.actor import system
from tenants.models import Application, SyncKind, Tenant, TenantApplication
from tenants.services import outbox
from tenants.services.native import set_native_mode
from tests.factories import ApplicationFactory
from tests.support.native import native_options
from tests.support.waiting import eventually

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


def at(tenant: str, origin: str) -> str:
    """Have an application that is somewhere else, for one tenant; return its client ID."""
    made = ApplicationFactory.create(
        name=f"Harbour Billing at {origin}", client_id=f"app_{uuid.uuid4().hex}", redirect_uris=[f"{origin}/callback"]
    )
    TenantApplication.objects.create(tenant=Tenant.objects.get(slug=tenant), application=made)
    return str(made.client_id)


def native(tenant: str, begins: str) -> str:
    """Have the application Lantern in native mode, for one tenant, and Cognito follow; return its client ID.

    Args:
        tenant: its slug.
        begins: where the application begins a sign-in.
    """
    owner = Tenant.objects.get(slug=tenant)
    if there := Application.objects.filter(name="Lantern").first():
        return str(there.client_id)
    made = ApplicationFactory.create(name="Lantern", client_id=f"app_{uuid.uuid4().hex}", initiate_login_uri=begins)
    set_native_mode(made.pk, native_options(), actor=_ACTOR)
    TenantApplication.objects.create(tenant=owner, application=made)
    with transaction.atomic():
        outbox.request_sync(SyncKind.TENANT, owner.pk)
    engine.run(SyncKind.TENANT, owner.pk)
    eventually(AppClient.objects.filter(tenant=owner, purpose=purpose_of(made.pk)).exists)
    return str(made.client_id)


def program(tenant: str) -> str:
    """Have the application Beacon, a program on the person's computer that proves nothing; return its client ID.

    It listens on whatever port is free (RFC 8252 section 7.3).
    """
    made = Application.objects.filter(name="Beacon").first() or ApplicationFactory.create(
        name="Beacon",
        client_id=f"app_{uuid.uuid4().hex}",
        is_public=True,
        secret_hash="",
        redirect_uris=["http://127.0.0.1/callback"],
    )
    TenantApplication.objects.get_or_create(tenant=Tenant.objects.get(slug=tenant), application=made)
    return str(made.client_id)


def let_request_expire(request: str) -> None:
    """Let the time of an application's request go by."""
    AuthorizationRequest.objects.filter(pk=uuid.UUID(request)).update(expires_at=timezone.now() - timedelta(seconds=1))


def suspend(tenant: str) -> None:
    """Suspend a tenant, as the operator does."""
    suspend_tenant(Tenant.objects.get(slug=tenant).pk, actor=_ACTOR)


def resume(tenant: str) -> None:
    """Let it in again."""
    resume_tenant(Tenant.objects.get(slug=tenant).pk, actor=_ACTOR)
