"""Identity providers that somebody changed, deleted or made in Cognito by hand."""

from dataclasses import replace

import pytest

from federation.services.connections import save_mapping
from identity.cells import pool_ref
from identity.models import Family, ResourceState, SyncedResource
from tenants.models import DriftMode, OutboxEntry, PoolKind, SyncKind, Tenant
from tests.federation.conftest import MakeTenant
from tests.federation.sync.providers import apply, compare, live, state
from tests.support import by_hand
from tests.support.connections import (
    ACTOR,
    MAPPING,
    activated,
    oidc_connection,
    saml_connection,
    saml_settings,
)
from tests.support.sync import let_grace_pass


@pytest.fixture
def tenant(make_tenant: MakeTenant) -> Tenant:
    """A tenant in a shared pool, in sync."""
    return make_tenant("globex", PoolKind.SHARED)


def test_what_somebody_changes_by_hand_is_drift(tenant: Tenant) -> None:
    """Reported, or undone; what an update of ours writes besides leaves it as it is."""
    made = activated(saml_connection(tenant))
    apply(tenant)
    Tenant.objects.filter(pk=tenant.pk).update(drift_mode=DriftMode.REPORT)
    hand = by_hand.client_of(pool_ref(tenant.pool))
    hand.update_identity_provider(
        UserPoolId=tenant.pool.cognito_id,
        ProviderName=made.provider_name,
        ProviderDetails={"MetadataFile": saml_settings().metadata, "IDPInit": "true"},
    )
    compare(tenant)
    record = SyncedResource.objects.get(key=tenant.pk, family=Family.IDENTITY_PROVIDER)
    assert [row["field"] for row in record.drift] == ["ProviderDetails.IDPInit"]
    save_mapping(tenant, made.pk, replace(MAPPING, name=""), change="No name", actor=ACTOR)
    apply(tenant)
    there = live(tenant, made.provider_name)
    assert there is not None
    assert there.details["IDPInit"] == "true"
    assert "name" not in there.mapping
    Tenant.objects.filter(pk=tenant.pk).update(drift_mode=DriftMode.REPAIR)
    compare(tenant)
    there = live(tenant, made.provider_name)
    assert there is not None
    assert there.details == {"MetadataFile": saml_settings().metadata}


def test_another_secret_by_hand_is_seen(tenant: Tenant) -> None:
    """By its hash."""
    made = activated(oidc_connection(tenant))
    apply(tenant)
    there = live(tenant, made.provider_name)
    assert there is not None
    hand = by_hand.client_of(pool_ref(tenant.pool))
    hand.update_identity_provider(
        UserPoolId=tenant.pool.cognito_id,
        ProviderName=made.provider_name,
        ProviderDetails={**there.details, "client_secret": "theirs"},
    )
    Tenant.objects.filter(pk=tenant.pk).update(drift_mode=DriftMode.REPORT)
    compare(tenant)
    record = SyncedResource.objects.get(key=tenant.pk, family=Family.IDENTITY_PROVIDER)
    assert [row["field"] for row in record.drift] == ["ProviderDetails.client_secret"]
    assert "theirs" not in str(record.drift)


@pytest.mark.parametrize("mode", [DriftMode.REPORT, DriftMode.REPAIR])
def test_a_provider_deleted_by_hand(tenant: Tenant, mode: DriftMode) -> None:
    """Is missed, or made again."""
    made = activated(saml_connection(tenant))
    apply(tenant)
    Tenant.objects.filter(pk=tenant.pk).update(drift_mode=mode)
    let_grace_pass()
    hand = by_hand.client_of(pool_ref(tenant.pool))
    hand.delete_identity_provider(UserPoolId=tenant.pool.cognito_id, ProviderName=made.provider_name)
    compare(tenant)
    assert (live(tenant, made.provider_name) is not None) == (mode == DriftMode.REPAIR)
    assert state(tenant) == (ResourceState.IN_SYNC if mode == DriftMode.REPAIR else ResourceState.DRIFTED)


def test_a_provider_of_another_type_is_left_alone(tenant: Tenant) -> None:
    """Cognito changes no type; a person has to look."""
    made = activated(saml_connection(tenant))
    hand = by_hand.client_of(pool_ref(tenant.pool))
    hand.create_identity_provider(
        UserPoolId=tenant.pool.cognito_id,
        ProviderName=made.provider_name,
        ProviderType="OIDC",
        ProviderDetails={
            "client_id": "x",
            "client_secret": "x",
            "authorize_scopes": "openid",
            "attributes_request_method": "GET",
            "oidc_issuer": "https://x.example",
        },
    )
    apply(tenant)
    assert OutboxEntry.objects.get(kind=SyncKind.TENANT, key=tenant.pk).last_error_code == "WrongTypeOfProvider"
    assert state(tenant) == ResourceState.BLOCKED
