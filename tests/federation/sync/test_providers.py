"""Identity providers and the app client that lists them, in the local Cognito, as the sync engine makes them."""

from dataclasses import replace

import pytest
from django.utils import timezone

from federation.models import Connection
from federation.services import connection_states as states
from federation.services.connections import save_mapping, save_settings
from federation.sync.wishes import callback_url
from identity.cells import pool_ref
from identity.cognito import app_clients
from identity.models import AppClient, Family, ResourceState, SyncedResource
from identity.services import tenant_lifecycle
from identity.sync import engine
from tenants.models import OutboxEntry, PoolKind, SyncKind, Tenant, TenantStatus
from tests.federation.conftest import MakeTenant
from tests.federation.sync.providers import apply, compare, listing, live, state
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
from tests.support.sync import PRIORITY, make_due


@pytest.fixture
def tenant(make_tenant: MakeTenant) -> Tenant:
    """A tenant in a shared pool, in sync."""
    return make_tenant("globex", PoolKind.SHARED)


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


@pytest.mark.usefixtures("long_grace")
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


def test_what_cognito_refuses_blocks_with_its_words(tenant: Tenant) -> None:
    """For the admin to read."""
    made = saml_connection(tenant)
    broken = replace(saml_settings(), metadata="<no metadata>")
    save_settings(tenant, made.pk, broken, change="Broken", actor=ACTOR)
    activated(made)
    apply(tenant)
    assert "metadata" in OutboxEntry.objects.get(kind=SyncKind.TENANT, key=tenant.pk).last_error
    assert state(tenant) == ResourceState.BLOCKED
