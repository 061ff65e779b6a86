"""What tenants want in their pools for the sake of their connections."""

import uuid
from collections.abc import Collection, Mapping

from django.conf import settings

from federation.connections.settings import SamlSettings
from federation.models import Connection, ConnectionStatus, ConnectionTest
from federation.sync.identity_provider import step_of
from federation.sync.provider_spec import attributes_of, provider_of
from identity.sync.arrivals import ArrivalWishes
from tenants.models import Tenant
from tenants.pool_options import GROUPS_ATTRIBUTE

CALLBACK_PATH = "/federation/callback"
SIGNED_OUT_PATH = "/federation/signed-out"


def callback_url() -> str:
    """Return where Cognito sends people back to, whoever's they are."""
    return f"{settings.SIGNIN_URL}{CALLBACK_PATH}"


def signed_out_url() -> str:
    """Return where Cognito sends people whom it has signed out, there and at their identity provider."""
    return f"{settings.SIGNIN_URL}{SIGNED_OUT_PATH}"


def wishes_of(tenants: Collection[Tenant]) -> Mapping[uuid.UUID, ArrivalWishes]:
    """Return what each tenant with connections in use wants, in one query; see `identity.sync.arrivals`."""
    in_use = (ConnectionStatus.ACTIVE, ConnectionStatus.DISABLED)
    rows = Connection.objects.filter(tenant__in=[tenant.pk for tenant in tenants], status__in=in_use)
    found: dict[uuid.UUID, list[Connection]] = {}
    for row in rows.select_related("newest").order_by("created_at", "pk"):
        found.setdefault(row.tenant_id, []).append(row)
    return {tenant_id: _wishes(connections) for tenant_id, connections in found.items()}


def names_of(tenants: Collection[Tenant]) -> Mapping[uuid.UUID, Collection[str]]:
    """Return what the identity providers of each tenant are or were called, those of tests too, in two queries."""
    rows = Connection.everything.filter(tenant__in=[tenant.pk for tenant in tenants])
    found: dict[uuid.UUID, set[str]] = {}
    for tenant_id, name in rows.values_list("tenant_id", "provider_name"):
        found.setdefault(tenant_id, set()).add(name)
    tests = ConnectionTest.objects.filter(tenant__in=[tenant.pk for tenant in tenants])
    for test in tests.select_related("tenant", "connection"):
        found.setdefault(test.tenant_id, set()).add(test.provider_name)
    return found


def ends_session_there(connection: Connection) -> bool:
    """Say whether signing out here goes on at the identity provider."""
    settings_now = connection.settings
    return isinstance(settings_now, SamlSettings) and settings_now.ends_session_there


def _wishes(connections: list[Connection]) -> ArrivalWishes:
    specs = [
        provider_of(row.provider_name, row.kind, row.settings, row.mapping, secret=row.current.secret)
        for row in connections
    ]
    custom = {name for row in connections for name in attributes_of(row.mapping)}
    return ArrivalWishes(
        steps=tuple(step_of(spec) for spec in specs),
        listed=tuple(row.provider_name for row in connections if row.is_active),
        callback_url=callback_url(),
        logout_url=signed_out_url() if any(ends_session_there(row) for row in connections if row.is_active) else "",
        custom_attributes=tuple(sorted({f"custom:{GROUPS_ATTRIBUTE}", *custom})),
    )
