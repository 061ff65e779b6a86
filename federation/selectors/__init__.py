"""Reads of who may sign in where."""

from collections.abc import Iterable

from federation.access import application_allowed
from federation.models import BrowserSession
from federation.tokens import hash_token
from identity.models import AppClient
from tenants.models import Application, Tenant, TenantStatus


def find_application(client_id: str) -> Application | None:
    """Return the application with a client id, as anybody may have sent it.

    It is visible ASCII (RFC 6749 appendix A.1). PostgreSQL has no NUL and no half of a character, and JSON has both.
    """
    is_one = client_id.isascii() and client_id.isprintable()
    return Application.objects.filter(client_id=client_id).first() if is_one else None


def active_tenant(slug: str, application: Application | None = None) -> Tenant | None:
    """Return the tenant of a slug, as anybody may have sent it, if its users may sign in (to `application`)."""
    if "\0" in slug:
        # PostgreSQL has no NUL.
        return None
    tenant = (
        Tenant.objects.select_related("branding", "policy", "pool", "pool__cell")
        .filter(slug=slug, status=TenantStatus.ACTIVE)
        .first()
    )
    if tenant is None or (application is not None and not application_allowed(tenant, application)):
        return None
    return tenant


def live_session(tenant: Tenant, token: str) -> BrowserSession | None:
    """Return the session that a cookie's token names, if it is this tenant's and still stands for a user who may."""
    if not token:
        return None
    session = (
        BrowserSession.objects.select_related("user", "tenant", "tenant__policy", "connection")
        .filter(tenant=tenant, token_hash=hash_token(token))
        .first()
    )
    if session is None or not session.is_live(tenant.policy):
        return None
    return session if tenant.is_active and session.user.may_hold_session(session.auth_time) else None


def sessions_of_tokens(tokens: Iterable[str]) -> list[BrowserSession]:
    """Return the sessions of cookies' tokens, the one used last first.

    Whatever their state: signing out works where signing in would not. Anybody can bring hundreds of such cookies.
    """
    rows = BrowserSession.objects.select_related("user", "tenant", "tenant__policy", "tenant__branding")
    return list(rows.filter(token_hash__in=map(hash_token, tokens)).order_by("-last_seen_at"))


def sign_in_client(tenant: Tenant) -> AppClient | None:
    """Return the tenant's app client in its present pool; None while Cognito does not have it yet."""
    if not tenant.pool.is_provisioned:
        return None
    client = AppClient.objects.filter(tenant=tenant, pool=tenant.pool, purpose=AppClient.SIGN_IN).first()
    if client is not None:
        # With what was read of them already.
        client.tenant, client.pool = tenant, tenant.pool
    return client
