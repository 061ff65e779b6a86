"""Tenants converge, and what is in sync is left alone."""

import pytest

from identity.cells import endpoint_of, pool_ref
from identity.cognito import app_clients, pools
from identity.cognito.merge import merge_client_update, merge_pool_update
from identity.cognito.pool_spec import MfaMode
from identity.models import AppClient, ResourceState
from identity.sync import selectors
from identity.sync.capabilities import CellCapabilities
from tenants.audit_actions import Action
from tenants.models import AuditEvent, MfaPolicy, PoolKind, SyncKind, Tenant, UserPool
from tests.factories import TenantFactory
from tests.support import by_hand
from tests.support.cognito import LocalCognito
from tests.support.sync import (
    PRIORITY,
    Onboard,
    assert_exactly_one_of_each,
    entry_of,
    let_grace_pass,
    nothing_is_owed,
    resync,
    run_tenant,
)

both_kinds = pytest.mark.parametrize("kind", list(PoolKind))


@pytest.fixture
def tenant(onboard: Onboard) -> Tenant:
    """A tenant with a dedicated pool, in sync."""
    tenant = onboard(PoolKind.DEDICATED)
    run_tenant(tenant)
    tenant.refresh_from_db()
    assert nothing_is_owed()
    return tenant


def states(tenant: Tenant) -> dict[str, ResourceState]:
    """The state of each of the tenant's resources."""
    return {view.family: view.state for view in selectors.resources_for_tenant(tenant)}


@both_kinds
def test_a_tenant_gets_its_resources(cognito: LocalCognito, onboard: Onboard, kind: PoolKind) -> None:
    """Before, they are shown as pending; afterwards as in sync, and another pass writes nothing."""
    tenant = onboard(kind)
    assert set(states(tenant).values()) == {ResourceState.PENDING}
    run_tenant(tenant)
    assert_exactly_one_of_each(tenant)
    tenant = Tenant.objects.get(pk=tenant.pk)
    assert set(states(tenant).values()) == {ResourceState.IN_SYNC}
    cognito.forget_calls()
    resync(tenant)
    assert nothing_is_owed()
    assert cognito.writes() == []


@both_kinds
def test_the_pool_has_strong_settings(cognito: LocalCognito, onboard: Onboard, kind: PoolKind) -> None:
    """As the issue asks: 12 characters, TOTP, protected, administrators create users, case does not matter, tags."""
    tenant = onboard(kind)
    run_tenant(tenant)
    pool = UserPool.objects.get(pk=tenant.pool_id)
    described = pools.describe_pool(pool_ref(pool), priority=PRIORITY)
    document = described.document
    assert document["Policies"]["PasswordPolicy"]["MinimumLength"] == 12
    assert described.deletion_protection
    assert document["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    assert document["UsernameConfiguration"] == {"CaseSensitive": False}
    assert document["UserPoolTier"] == "ESSENTIALS"
    assert document["AutoVerifiedAttributes"] == ["email"]
    assert document["AccountRecoverySetting"]["RecoveryMechanisms"] == [{"Name": "verified_email", "Priority": 1}]
    assert document.get("AliasAttributes", []) == (["email"] if kind == PoolKind.DEDICATED else [])
    assert "DeviceConfiguration" not in document
    assert described.tags["lifeguard:pool"] == str(pool.pk)
    assert described.tags["lifeguard:tenant"] == (tenant.key if kind == PoolKind.DEDICATED else "shared")
    mfa = pools.get_mfa_config(pool_ref(pool), priority=PRIORITY)
    assert (mfa.mode, mfa.totp) == (MfaMode.OPTIONAL, True)


def test_the_client_is_confidential_and_can_do_little(tenant: Tenant) -> None:
    """Explicit flows and attributes; nobody learns whether a user exists."""
    row = AppClient.objects.get(tenant=tenant)
    client = app_clients.describe_client(pool_ref(tenant.pool), row.client_id, priority=PRIORITY)
    assert client.secret is not None
    assert set(client.document["ExplicitAuthFlows"]) == {"ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"}
    assert client.document["PreventUserExistenceErrors"] == "ENABLED"
    assert client.document["EnableTokenRevocation"] is True
    assert client.document["WriteAttributes"] == ["name"]
    assert (client.document["AccessTokenValidity"], client.document["IdTokenValidity"]) == (15, 5)
    assert not client.document.get("AllowedOAuthFlowsUserPoolClient")


@pytest.mark.parametrize(
    ("policy", "mode", "totp"),
    [
        (MfaPolicy.OFF, MfaMode.OFF, False),
        (MfaPolicy.OPTIONAL, MfaMode.OPTIONAL, True),
        (MfaPolicy.REQUIRED, MfaMode.REQUIRED, True),
    ],
)
def test_mfa_follows_the_policy(
    cognito: LocalCognito, tenant: Tenant, policy: MfaPolicy, mode: MfaMode, totp: bool
) -> None:
    """And nothing else of the pool is written for it."""
    tenant.policy.mfa = policy
    tenant.policy.save(update_fields=["mfa"])
    cognito.forget_calls()
    resync(tenant)
    mfa = pools.get_mfa_config(pool_ref(tenant.pool), priority=PRIORITY)
    assert (mfa.mode, mfa.totp) == (mode, totp)
    assert cognito.writes() == ([] if policy == MfaPolicy.OPTIONAL else ["SetUserPoolMfaConfig"])


def test_a_change_shows_as_pending_at_once(tenant: Tenant) -> None:
    """Only the resource that it concerns."""
    tenant.policy.mfa = MfaPolicy.REQUIRED
    tenant.policy.save(update_fields=["mfa"])
    shown = states(Tenant.objects.get(pk=tenant.pk))
    assert shown.pop("mfa") == ResourceState.PENDING
    assert set(shown.values()) == {ResourceState.IN_SYNC}


def test_what_others_set_on_the_pool_stays(tenant: Tenant) -> None:
    """Cognito resets what an update omits, so that the update must carry what is there."""
    ref = pool_ref(tenant.pool)
    before = pools.describe_pool(ref, priority=PRIORITY)
    foreign = {
        "UserPoolTags": {**before.tags, "cost-centre": "42"},
        "EmailVerificationSubject": "Your code",
        "Policies": {"PasswordPolicy": {"MinimumLength": 8}},
    }
    pools.update_pool(ref, merge_pool_update(before.document, foreign), priority=PRIORITY)
    resync(tenant)
    after = pools.describe_pool(ref, priority=PRIORITY).document
    assert after["UserPoolTags"]["cost-centre"] == "42"
    assert after["EmailVerificationSubject"] == "Your code"
    assert after["Policies"]["PasswordPolicy"]["MinimumLength"] == 12


def test_what_was_changed_by_hand_is_repaired_and_audited(tenant: Tenant) -> None:
    """With what it was and what it is again."""
    ref, row = pool_ref(tenant.pool), AppClient.objects.get(tenant=tenant)
    client = app_clients.describe_client(ref, row.client_id, priority=PRIORITY)
    opened = {"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}
    app_clients.update_client(ref, merge_client_update(client.document, opened), priority=PRIORITY)
    resync(tenant)
    event = AuditEvent.objects.get(action=Action.DRIFT_REPAIRED, tenant=tenant)
    assert event.before == {"ExplicitAuthFlows": sorted(opened["ExplicitAuthFlows"])}
    assert "ALLOW_USER_SRP_AUTH" in event.after["ExplicitAuthFlows"]


def test_a_client_deleted_by_hand_is_made_again(tenant: Tenant) -> None:
    """With a new id and secret, which we keep."""
    old = AppClient.objects.get(tenant=tenant).client_id
    let_grace_pass()
    by_hand.delete_client(pool_ref(tenant.pool), old)
    resync(tenant)
    assert_exactly_one_of_each(tenant)
    assert AppClient.objects.get(tenant=tenant).client_id != old
    assert AuditEvent.objects.filter(action=Action.DRIFT_REPAIRED, tenant=tenant).exists()


@pytest.mark.usefixtures("long_grace")
def test_a_client_that_is_not_shown_yet_is_not_made_twice(cognito: LocalCognito, onboard: Onboard) -> None:
    """Who looks again at once waits for it to be seen."""
    cognito.hide_created("CreateUserPoolClient", reads=3)
    tenant = onboard(PoolKind.DEDICATED)
    run_tenant(tenant)
    for _ in range(4):
        resync(tenant)
    assert cognito.applied("CreateUserPoolClient") == 1
    assert_exactly_one_of_each(Tenant.objects.get(pk=tenant.pk))


def test_a_domain_deleted_by_hand_is_made_again(tenant: Tenant) -> None:
    """Of the same name."""
    let_grace_pass()
    by_hand.delete_domain(pool_ref(tenant.pool), tenant.pool.domain_prefix)
    resync(tenant)
    assert_exactly_one_of_each(tenant)


def test_a_pool_deleted_by_hand_is_not_made_again(cognito: LocalCognito, tenant: Tenant) -> None:
    """Its users are gone: that is for a person to decide."""
    ref = pool_ref(tenant.pool)
    by_hand.delete_domain(ref, tenant.pool.domain_prefix)
    described = pools.describe_pool(ref, priority=PRIORITY)
    unprotected = merge_pool_update(described.document, {"DeletionProtection": "INACTIVE"})
    pools.update_pool(ref, unprotected, priority=PRIORITY)
    by_hand.delete_pool(ref)
    cognito.forget_calls()
    resync(tenant)
    assert cognito.writes() == []
    summary = selectors.tenant_sync_summary(tenant)
    assert summary.state == ResourceState.BLOCKED
    assert "restore" in summary.remedy
    entry = entry_of(SyncKind.POOL, tenant)
    assert entry.is_owed
    assert entry.last_error_code == "PoolDeleted"


def test_a_failing_resource_holds_up_those_after_it(cognito: LocalCognito, onboard: Onboard) -> None:
    """They say what they wait for; the one before it is in sync."""
    cognito.fault("SetUserPoolMfaConfig", "throttle")
    tenant = onboard(PoolKind.DEDICATED)
    run_tenant(tenant)
    views = {view.family: view for view in selectors.resources_for_tenant(Tenant.objects.get(pk=tenant.pk))}
    assert views["pool"].state == ResourceState.IN_SYNC
    assert views["mfa"].state == ResourceState.FAILING
    assert views["domain"].state == ResourceState.PENDING
    assert "MFA settings" in views["domain"].detail


def test_an_operation_that_the_endpoint_lacks_is_recorded_on_the_cell(tenant: Tenant) -> None:
    """Once, with the time; nothing else of the cell is touched."""
    capabilities = CellCapabilities()
    endpoint = endpoint_of(tenant.pool.cell)
    for _ in range(2):
        capabilities.record_unsupported(endpoint, "DescribeTerms")
    tenant.pool.cell.refresh_from_db()
    assert list(tenant.pool.cell.unsupported_operations) == ["DescribeTerms"]
    assert capabilities.is_unsupported(endpoint, "DescribeTerms")


def test_a_new_tenant_in_a_shared_pool_needs_no_new_pool(cognito: LocalCognito, onboard: Onboard) -> None:
    """Two partitions of one pool, each with a client of its own."""
    first = onboard(PoolKind.SHARED)
    run_tenant(first)
    second = TenantFactory.create(pool=UserPool.objects.get(pk=first.pool_id))
    resync(second)
    assert cognito.applied("CreateUserPool") == 1
    for tenant in (first, second):
        assert_exactly_one_of_each(tenant)
