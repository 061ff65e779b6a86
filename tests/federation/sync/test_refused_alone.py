"""A connection that Cognito refuses holds up no other connection of its tenant, and nothing that comes after it."""

from dataclasses import replace

import pytest

from federation.models import Connection
from federation.selectors.arrivals import is_listed
from federation.services.connection_states import delete_connection
from federation.services.connections import save_settings
from identity.cells import pool_ref
from identity.cognito import app_clients, identity_providers
from identity.cognito.identity_providers import IdentityProvider
from identity.models import AppClient, Family, PlanOutcome, ResourceState, StepState, SyncedResource, SyncPlan
from identity.sync import engine
from tenants.models import PoolKind, SyncKind, Tenant
from tests.federation.arrivals import apply
from tests.federation.conftest import MakeTenant
from tests.support.cognito import LocalCognito
from tests.support.connections import ACTOR, OIDC, activated, oidc_connection, saml_connection
from tests.support.sync import PRIORITY, make_due


@pytest.fixture
def tenant(make_tenant: MakeTenant) -> Tenant:
    """A tenant in a shared pool, in sync."""
    return make_tenant("globex", PoolKind.SHARED)


@pytest.fixture
def first(tenant: Tenant) -> Connection:
    """A connection that is made before the other one."""
    return activated(oidc_connection(tenant))


@pytest.fixture
def second(first: Connection, tenant: Tenant) -> Connection:
    """Another connection."""
    return activated(saml_connection(tenant))


def state_of(connection: Connection) -> str:
    rows = SyncedResource.objects.filter(key=connection.tenant_id, family=Family.IDENTITY_PROVIDER)
    return rows.get(name=connection.provider_name).state


def client_of(tenant: Tenant) -> dict[str, object]:
    row = AppClient.objects.get(tenant=tenant, purpose=AppClient.FEDERATED)
    return dict(app_clients.describe_client(pool_ref(tenant.pool), row.client_id, priority=PRIORITY).document)


def last_plan(tenant: Tenant) -> SyncPlan:
    return SyncPlan.objects.filter(scope=SyncKind.TENANT, key=tenant.pk).latest("started_at")


def again(tenant: Tenant) -> None:
    make_due()
    engine.run(SyncKind.TENANT, tenant.pk)


def test_the_other_one_is_made_and_listed(
    first: Connection, second: Connection, tenant: Tenant, cognito: LocalCognito
) -> None:
    """The plan says which one was refused and why; the next attempt makes up for it."""
    cognito.fault("CreateIdentityProvider", "access_denied")
    apply(tenant)
    assert (state_of(first), state_of(second)) == (ResourceState.BLOCKED, ResourceState.IN_SYNC)
    assert client_of(tenant)["SupportedIdentityProviders"] == [second.provider_name]
    assert (is_listed(first), is_listed(second)) == (False, True)
    plan = last_plan(tenant)
    assert plan.outcome == PlanOutcome.BLOCKED
    failed = plan.steps.get(state=StepState.FAILED)
    assert failed.name == first.provider_name
    assert failed.error
    assert not plan.steps.filter(state=StepState.SKIPPED).exists()
    again(tenant)
    assert state_of(first) == ResourceState.IN_SYNC
    assert (is_listed(first), is_listed(second)) == (True, True)
    assert last_plan(tenant).outcome == PlanOutcome.APPLIED


def test_a_tenants_only_one(first: Connection, tenant: Tenant, cognito: LocalCognito) -> None:
    """Its app client lets nobody in, not even the pool's own users, until Cognito takes it."""
    cognito.fault("CreateIdentityProvider", "access_denied")
    apply(tenant)
    client = client_of(tenant)
    assert not client.get("AllowedOAuthFlows")
    assert not client.get("CallbackURLs")
    assert not is_listed(first)
    again(tenant)
    assert client_of(tenant)["SupportedIdentityProviders"] == [first.provider_name]


def test_a_change_that_is_refused(first: Connection, tenant: Tenant, cognito: LocalCognito) -> None:
    """Leaves the connection in use as it was, and lets a new one come beside it."""
    apply(tenant)
    save_settings(tenant, first.pk, replace(OIDC, client_id="other"), secret="other", change="Client", actor=ACTOR)
    new = activated(saml_connection(tenant))
    cognito.fault("UpdateIdentityProvider", "access_denied")
    apply(tenant)
    assert (state_of(first), state_of(new)) == (ResourceState.BLOCKED, ResourceState.IN_SYNC)
    assert (is_listed(first), is_listed(new)) == (True, True)


def test_what_somebody_else_made_under_its_name_is_not_listed(
    first: Connection, second: Connection, tenant: Tenant
) -> None:
    """A provider of another type, which nobody here knows."""
    theirs = IdentityProvider(
        first.provider_name, "SAML", {"MetadataFile": second.current.settings["metadata"]}, None, {"email": "email"}
    )
    identity_providers.create(pool_ref(tenant.pool), theirs, priority=PRIORITY)
    apply(tenant)
    assert (state_of(first), state_of(second)) == (ResourceState.BLOCKED, ResourceState.IN_SYNC)
    assert (is_listed(first), is_listed(second)) == (False, True)
    delete_connection(tenant, first.pk, confirm_name=first.name, actor=ACTOR)
    again(tenant)
    assert identity_providers.describe(pool_ref(tenant.pool), first.provider_name, priority=PRIORITY) is not None
    assert client_of(tenant)["SupportedIdentityProviders"] == [second.provider_name]


def test_what_passes_by_itself_is_waited_for(
    first: Connection, second: Connection, tenant: Tenant, cognito: LocalCognito
) -> None:
    """An answer that was lost is no refusal: nothing is listed without what may be there."""
    cognito.fault("CreateIdentityProvider", "timeout_after")
    apply(tenant)
    assert not AppClient.objects.filter(tenant=tenant, purpose=AppClient.FEDERATED).exists()
    again(tenant)
    assert (is_listed(first), is_listed(second)) == (True, True)
