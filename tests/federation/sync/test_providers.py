"""Identity providers and the app client that lists them, in the local Cognito, as the sync engine makes them."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from federation.models import Connection
from federation.services import connection_states as states
from federation.services.connections import save_mapping, save_settings
from federation.sync.wishes import callback_url
from identity.cells import pool_ref
from identity.cognito import app_clients, identity_providers
from identity.cognito.identity_providers import IdentityProvider
from identity.models import AppClient, Family, ResourceState, SyncedResource
from identity.services import tenant_lifecycle
from identity.sync import engine, selectors
from tenants.models import DriftMode, OutboxEntry, PoolKind, SyncKind, Tenant, TenantStatus
from tenants.services import outbox
from tests.federation.conftest import MakeTenant
from tests.support import by_hand
from tests.support.cognito import LocalCognito
from tests.support.connections import (
    ACTOR,
    MAPPING,
    OIDC,
    activated,
    oidc_connection,
    saml_connection,
    saml_settings,
)
from tests.support.sync import PRIORITY, let_grace_pass, make_due


@pytest.fixture
def tenant(make_tenant: MakeTenant) -> Tenant:
    """A tenant in a shared pool, in sync."""
    return make_tenant("globex", PoolKind.SHARED)


def apply(tenant: Tenant) -> None:
    """Do what is owed for the tenant's pool and for the tenant."""
    engine.run(SyncKind.POOL, tenant.pool_id)
    engine.run(SyncKind.TENANT, tenant.pk)


def compare(tenant: Tenant) -> None:
    """Let the schedule's comparison come to the tenant."""
    with transaction.atomic():
        outbox.request_sync(SyncKind.TENANT, tenant.pk, scheduled=True)
    engine.run(SyncKind.TENANT, tenant.pk)


def live(tenant: Tenant, name: str) -> IdentityProvider | None:
    """An identity provider of the tenant's pool."""
    return identity_providers.describe(pool_ref(tenant.pool), name, priority=PRIORITY)


def listing(tenant: Tenant) -> dict[str, Any] | None:
    """The app client for people who arrive, as Cognito describes it."""
    row = AppClient.objects.filter(tenant=tenant, purpose=AppClient.FEDERATED).first()
    if row is None:
        return None
    return dict(app_clients.describe_client(pool_ref(tenant.pool), row.client_id, priority=PRIORITY).document)


def state(tenant: Tenant) -> ResourceState:
    """The tenant's state in words."""
    return selectors.tenant_sync_summary(Tenant.objects.select_related("pool__cell", "policy").get(pk=tenant.pk)).state


def test_an_active_connection_is_in_cognito(tenant: Tenant) -> None:
    """As a text and never as an address, with the mapping, and listed by a client of its own."""
    made = activated(saml_connection(tenant))
    apply(tenant)
    there = live(tenant, made.provider_name)
    assert there is not None
    assert there.type == "SAML"
    assert there.details == {"MetadataFile": saml_settings().metadata}
    assert there.mapping == {"email": "email", "name": "name", "custom:lifeguard_groups": "groups"}
    client = listing(tenant)
    assert client is not None
    assert client["SupportedIdentityProviders"] == [made.provider_name]
    assert client["CallbackURLs"] == [callback_url()]
    assert client["AllowedOAuthFlows"] == ["code"]
    assert sorted(client["AllowedOAuthScopes"]) == ["email", "openid", "profile"]
    assert set(there.mapping) <= set(client["WriteAttributes"])
    assert state(tenant) == ResourceState.IN_SYNC


def test_the_client_for_passwords_stays_as_it_was(tenant: Tenant) -> None:
    """Nobody's own token may write an e-mail address, connection or not."""
    activated(oidc_connection(tenant))
    apply(tenant)
    row = AppClient.objects.get(tenant=tenant, purpose=AppClient.SIGN_IN)
    document = app_clients.describe_client(pool_ref(tenant.pool), row.client_id, priority=PRIORITY).document
    assert document["WriteAttributes"] == ["name"]
    assert document["SupportedIdentityProviders"] == ["COGNITO"]
    assert not document.get("AllowedOAuthFlowsUserPoolClient")


def test_an_openid_provider_has_all_its_addresses_and_the_secret(tenant: Tenant) -> None:
    """So that Cognito discovers nothing anew; the secret is in no record of ours."""
    made = activated(oidc_connection(tenant))
    apply(tenant)
    there = live(tenant, made.provider_name)
    assert there is not None
    assert there.details["jwks_uri"] == OIDC.jwks_url
    assert there.details["attributes_url"] == OIDC.userinfo_url
    assert there.secret is not None
    assert there.secret.get_secret_value() == "a-client-secret"
    kept = SyncedResource.objects.get(key=tenant.pk, family=Family.IDENTITY_PROVIDER).last_applied
    assert "a-client-secret" not in str(kept)
    assert kept["ProviderDetails.client_secret"].startswith("sha256:")


def test_nothing_is_written_while_nothing_changes(tenant: Tenant, cognito: LocalCognito) -> None:
    """What Cognito adds by itself is no difference."""
    activated(saml_connection(tenant))
    activated(oidc_connection(tenant))
    apply(tenant)
    cognito.forget_calls()
    compare(tenant)
    assert cognito.writes() == []
    assert "DescribeIdentityProvider" in cognito.operations()


def test_changes_reach_cognito(tenant: Tenant) -> None:
    """Another mapping, another secret, other addresses."""
    made = activated(oidc_connection(tenant))
    apply(tenant)
    save_mapping(tenant, made.pk, replace(MAPPING, name="", given_name="first"), change="Names", actor=ACTOR)
    moved = replace(OIDC, token_url="https://idp.example/v2/token")
    save_settings(tenant, made.pk, moved, secret="new", change="Moved", actor=ACTOR)
    apply(tenant)
    there = live(tenant, made.provider_name)
    assert there is not None
    assert there.mapping == {
        "username": "sub",
        "email": "email",
        "given_name": "first",
        "custom:lifeguard_groups": "groups",
    }
    assert there.details["token_url"] == "https://idp.example/v2/token"
    assert there.secret is not None
    assert there.secret.get_secret_value() == "new"
    assert state(tenant) == ResourceState.IN_SYNC


def test_a_disabled_connection_stays_and_is_not_listed(tenant: Tenant) -> None:
    """The client of a tenant with no other goes."""
    made, other = activated(saml_connection(tenant)), activated(oidc_connection(tenant))
    apply(tenant)
    states.disable(tenant, made.pk, actor=ACTOR)
    apply(tenant)
    client = listing(tenant)
    assert client is not None
    assert client["SupportedIdentityProviders"] == [other.provider_name]
    states.disable(tenant, other.pk, actor=ACTOR)
    apply(tenant)
    assert listing(tenant) is None
    assert live(tenant, made.provider_name) is not None
    states.enable(tenant, made.pk, actor=ACTOR)
    apply(tenant)
    client = listing(tenant)
    assert client is not None
    assert client["SupportedIdentityProviders"] == [made.provider_name]


def test_a_deleted_connection_is_unlisted_first(tenant: Tenant, cognito: LocalCognito) -> None:
    """A client must not list what is not there; whichever was made first."""
    made, other = activated(saml_connection(tenant)), activated(oidc_connection(tenant))
    apply(tenant)
    cognito.forget_calls()
    states.delete_connection(tenant, made.pk, confirm_name="Okta", actor=ACTOR)
    apply(tenant)
    assert cognito.writes() == ["UpdateUserPoolClient", "DeleteIdentityProvider"]
    assert live(tenant, made.provider_name) is None
    cognito.forget_calls()
    states.delete_connection(tenant, other.pk, confirm_name="Entra", actor=ACTOR)
    apply(tenant)
    assert cognito.writes() == ["DeleteUserPoolClient", "DeleteIdentityProvider"]
    assert not SyncedResource.objects.filter(key=tenant.pk, family=Family.IDENTITY_PROVIDER).exists()


def test_a_provider_that_is_younger_than_its_client_goes_after_it(tenant: Tenant, cognito: LocalCognito) -> None:
    """When both go at once."""
    first = activated(saml_connection(tenant))
    apply(tenant)
    second = activated(oidc_connection(tenant))
    apply(tenant)
    cognito.forget_calls()
    states.delete_connection(tenant, second.pk, confirm_name="Entra", actor=ACTOR)
    states.delete_connection(tenant, first.pk, confirm_name="Okta", actor=ACTOR)
    apply(tenant)
    assert cognito.writes() == ["DeleteUserPoolClient", "DeleteIdentityProvider", "DeleteIdentityProvider"]


def test_a_suspended_tenants_client_lists_none(tenant: Tenant) -> None:
    """And takes nobody; resumed, it is as before."""
    made = activated(saml_connection(tenant))
    apply(tenant)
    for status, listed in ((TenantStatus.SUSPENDED, ["COGNITO"]), (TenantStatus.ACTIVE, [made.provider_name])):
        Tenant.objects.filter(pk=tenant.pk).update(status=status)
        compare(tenant)
        client = listing(tenant)
        assert client is not None
        assert client["SupportedIdentityProviders"] == listed
        assert bool(client.get("AllowedOAuthFlowsUserPoolClient")) == (status == TenantStatus.ACTIVE)
        assert client["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]


def test_a_tenant_that_is_removed_leaves_nothing(tenant: Tenant) -> None:
    """Of its connections, in Cognito or here."""
    made = activated(saml_connection(tenant))
    activated(oidc_connection(tenant))
    apply(tenant)
    tenant_lifecycle.delete_tenant(tenant.pk, confirm_slug=tenant.slug, actor=ACTOR)
    engine.run(SyncKind.TENANT, tenant.pk)
    Tenant.objects.filter(pk=tenant.pk).update(purge_after=timezone.now())
    tenant_lifecycle.request_due_removals()
    for _ in range(6):
        make_due()
        apply(tenant)
    assert live(tenant, made.provider_name) is None
    hand = by_hand.client_of(pool_ref(tenant.pool))
    listed = hand.list_user_pool_clients(UserPoolId=tenant.pool.cognito_id, MaxResults=60)["UserPoolClients"]
    assert [client["ClientName"] for client in listed if client["ClientName"].startswith(tenant.key)] == []
    assert not Connection.everything.exists()


@pytest.mark.parametrize("kind", ["timeout_after", "timeout_before"])
def test_a_create_whose_answer_is_lost_makes_one(tenant: Tenant, cognito: LocalCognito, kind: str) -> None:
    """Its name finds it, also while Cognito does not show it yet."""
    cognito.fault("CreateIdentityProvider", kind)
    made = activated(saml_connection(tenant))
    apply(tenant)
    assert listing(tenant) is None
    make_due()
    apply(tenant)
    assert live(tenant, made.provider_name) is not None
    assert listing(tenant) is not None
    assert state(tenant) == ResourceState.IN_SYNC


def test_a_provider_that_is_not_seen_yet_is_waited_for(tenant: Tenant, cognito: LocalCognito) -> None:
    """A client that would list it waits; nothing is blocked meanwhile."""
    cognito.hide_created("CreateIdentityProvider", reads=2)
    made = activated(saml_connection(tenant))
    for _ in range(6):
        apply(tenant)
        assert state(tenant) != ResourceState.BLOCKED
        make_due()
    client = listing(tenant)
    assert client is not None
    assert client["SupportedIdentityProviders"] == [made.provider_name]
    assert cognito.applied("CreateIdentityProvider") == 1


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


def test_what_cognito_refuses_blocks_with_its_words(tenant: Tenant) -> None:
    """For the admin to read."""
    made = saml_connection(tenant)
    broken = replace(saml_settings(), metadata="<no metadata>")
    save_settings(tenant, made.pk, broken, change="Broken", actor=ACTOR)
    activated(made)
    apply(tenant)
    assert "metadata" in OutboxEntry.objects.get(kind=SyncKind.TENANT, key=tenant.pk).last_error
    assert state(tenant) == ResourceState.BLOCKED
