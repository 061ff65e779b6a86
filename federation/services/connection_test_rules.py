"""Who may begin a test of a connection, and when there is room for it."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from federation.models import OPEN_STATES, Connection, ConnectionStatus, ConnectionTest
from tenants.errors import Conflict, DomainError
from tenants.models import Tenant, TenantStatus, UserPool
from tenants.services.placement import IDENTITY_PROVIDERS_PER_POOL, IDENTITY_PROVIDERS_PER_TENANT

# More than anybody needs who repairs a connection step by step; each costs some ten calls of the API.
MOST_AN_HOUR = 30


class TooManyTests(DomainError):
    """A tenant has begun as many as it may for now."""

    code = "too_many_tests"
    status = 429


def require_testable(connection: Connection) -> None:
    if not connection.tenant.is_active or not connection.tenant.pool.is_provisioned:
        raise Conflict(_("Your user pool is still being set up. Try again in a minute."))


def require_turn(tenant: Tenant) -> None:
    """One test of a tenant at a time, and only so many an hour; the tenant's row decides between two who begin."""
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    tests = ConnectionTest.objects.filter(tenant=tenant)
    if tests.filter(state__in=OPEN_STATES).exists():
        raise under_way()
    if tests.filter(closed_at=None).exists():
        raise Conflict(_("The test before this one is still being cleaned up. Try again in a few seconds."))
    if tests.filter(started_at__gt=timezone.now() - timedelta(hours=1)).count() >= MOST_AN_HOUR:
        raise TooManyTests(_("That were many tests within an hour. Try again later."))


def require_room(pool: UserPool) -> None:
    """Keep tests out of the places that are reserved for connections (`tenants.services.placement`).

    Raises:
        Conflict: the pool's are all taken for now. Of whose tests nothing is said.
    """
    UserPool.objects.select_for_update(no_key=True).get(pk=pool.pk)
    running = ConnectionTest.objects.filter(tenant__pool=pool, closed_at=None).count()
    if pool.is_shared:
        reserved = pool.tenants.exclude(status=TenantStatus.REMOVED).count() * IDENTITY_PROVIDERS_PER_TENANT
    else:
        in_use = (ConnectionStatus.ACTIVE, ConnectionStatus.DISABLED)
        reserved = Connection.objects.filter(tenant__pool=pool, status__in=in_use).count()
    if reserved + running >= IDENTITY_PROVIDERS_PER_POOL:
        raise Conflict(_("Cognito has no room for a test just now. Try again in a few minutes."))


def under_way() -> Conflict:
    return Conflict(_("A test is under way already. Finish it, or cancel it, first."))
