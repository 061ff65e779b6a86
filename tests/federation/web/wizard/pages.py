"""Pages about connections, as a test asks for them."""

from pathlib import Path
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from federation.models import Connection
from identity.models import Family, ResourceState, SyncedResource
from tenants.models import SyncKind, Tenant
from tests.factories import TenantCast

SAMPLES = Path(__file__).resolve().parents[2] / "metadata" / "samples"
OKTA = (SAMPLES / "okta-saml.xml").read_text()
NO_RULES = {"rules-TOTAL_FORMS": "0", "rules-INITIAL_FORMS": "0"}
LETS_IN = {"jit": "on", "linking": "never", "mfa_trust": "provider"}
ONE_RULE = {"rules-TOTAL_FORMS": "1", "rules-INITIAL_FORMS": "0"}


def browser_of(cast: TenantCast, person: str) -> Client:
    """The browser of one of a tenant's people."""
    client = Client()
    client.force_login(cast.account_of(getattr(cast, person)))
    return client


def url(name: str, connection: Connection, slug: str = "acme", **more: object) -> str:
    """Where a page about a connection is."""
    kwargs = {"slug": slug, "connection_id": connection.pk, **more}
    return reverse(f"tenant:connection-{name}" if name else "tenant:connection", kwargs=kwargs)


def text(response: Any, status: int = 200) -> str:
    """The body of a page with this status."""
    assert isinstance(response, HttpResponse)
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def in_cognito(tenant: Tenant) -> None:
    """Have the tenant's pool and its domain be in Cognito."""
    pool = tenant.pool
    pool.cognito_id = "us-east-1_AbCdEfGhI"
    pool.save(update_fields=["cognito_id"])
    SyncedResource.objects.create(
        scope=SyncKind.POOL,
        key=pool.pk,
        family=Family.DOMAIN,
        name=pool.domain_prefix,
        state=ResourceState.IN_SYNC,
        remote_id=pool.domain_prefix,
    )


def paste(client: Client, connection: Connection, document: str, **more: str) -> Any:
    """Paste metadata."""
    return client.post(f"{url('values-save', connection)}?by=paste", {"paste": document, **more})
