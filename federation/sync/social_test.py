"""Whose the identity provider is by which a test of a social connection goes: a pool has one of a kind.

While the connection has nothing in Cognito, a test makes it for its time. The tenant's own work takes over what it
finds, or makes it anew. Both write under the pool's lease, and keep a record before they write: whose record it is in
has it.
"""

from federation.models import ConnectionTest
from identity.cells import pool_ref
from identity.cognito import app_clients
from identity.cognito.calls import Priority
from identity.cognito.identity_providers import IdentityProvider
from identity.models import AppClient, Family, ResourceState, SyncedResource
from identity.sync.errors import Blocked, NotYet
from identity.sync.family import Site
from identity.sync.look_again import LOOK_AGAIN
from identity.sync.tracking import Tracked
from tenants.models import SyncKind


def is_the_tenants(test: ConnectionTest) -> bool:
    """Say whether the provider that a test goes by is in the tenant's own keeping. Ask under the pool's lease."""
    return Tracked(_record(test)).is_ours


def goes_by_the_tenants(test: ConnectionTest) -> bool:
    """Say whether a test uses the provider that people sign in by; otherwise it makes one. Ask under the pool's lease.

    Raises:
        NotYet: the provider is on its way, or being changed or deleted.
        Blocked: Cognito does not take it.
    """
    if not test.connection.is_social:
        return False
    wanted = test.connection.is_in_cognito
    if not wanted and not is_the_tenants(test):
        return False
    record = _record(test)
    # Beginning the test asked for an attempt (`federation.services.connection_tests`); what an older one found says
    # nothing. That another connection of the tenant's is refused is not waited for.
    if wanted and record.updated_at > test.started_at:
        if record.state == ResourceState.BLOCKED:
            raise Blocked("ProviderNotTaken", record.detail, remedy=record.remedy)
        if record.state in (ResourceState.IN_SYNC, ResourceState.DRIFTED):
            return True
    raise NotYet("Waits for the tenant's identity provider.", delay=LOOK_AGAIN)


def keep_age(test: ConnectionTest) -> None:
    """Keep since when Cognito has the test's app client, before anybody can come by it."""
    client_id = AppClient.objects.get(tenant=test.tenant, purpose=test.purpose).client_id
    described = app_clients.describe_client(pool_ref(test.tenant.pool), client_id, priority=Priority.CONFIGURATION)
    test.client_made_at = described.document["CreationDate"]
    test.save(update_fields=["client_made_at"])


def refuse_others(site: Site, live: IdentityProvider) -> None:
    """Leave alone what neither a test nor the tenant made.

    Raises:
        Blocked: somebody else made a provider of this kind.
    """
    if not site.tracked.is_ours:
        raise Blocked(
            "ProviderOfSomebodyElse",
            f"The user pool has an identity provider {live.name} that Lifeguard did not make.",
            remedy="Activate the connection to take it over, or delete it in Cognito.",
        )


def _record(test: ConnectionTest) -> SyncedResource:
    return Tracked.peek(SyncKind.TENANT, test.tenant_id, Family.IDENTITY_PROVIDER, test.provider_name).row
