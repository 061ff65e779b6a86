"""A write whose answer is lost, for each write that synchronising makes: it converges, and nothing exists twice."""

import json
from collections import Counter

import pytest

from federation.connections.mapping import GroupRule
from federation.services.connection_states import delete_connection
from federation.services.connections import save_settings
from identity.cells import pool_ref
from identity.cognito import domains
from identity.cognito.domains import LoginPages
from identity.models import UserStatus
from identity.services.groups import add_members, create_group, delete_group, remove_members, update_group
from tenants.actor import system
from tenants.models import Branding, Cell, MfaPolicy, PoolKind, SyncKind, Tenant
from tenants.pool_options import PoolOptions, PoolTier
from tenants.services.native import set_native_mode
from tests.convergence.natives import native_application, native_options
from tests.convergence.world import HAND, World, by_hand
from tests.support.cognito import LocalCognito
from tests.support.connections import activated, saml_connection, saml_settings, with_rules
from tests.support.pool_settings import ATTRIBUTES, LOGS, THREATS, set_on
from tests.support.stack_plugin import ROOT

ACTOR = system("test")
# Writes of synchronising that `life` below makes.
WRITES = [
    "CreateUserPool",
    "UpdateUserPool",
    "DeleteUserPool",
    "SetUserPoolMfaConfig",
    "CreateUserPoolDomain",
    "UpdateUserPoolDomain",
    "DeleteUserPoolDomain",
    "CreateUserPoolClient",
    "UpdateUserPoolClient",
    "DeleteUserPoolClient",
    "CreateIdentityProvider",
    "UpdateIdentityProvider",
    "DeleteIdentityProvider",
    "CreateResourceServer",
    "UpdateResourceServer",
    "DeleteResourceServer",
    "CreateManagedLoginBranding",
    "UpdateManagedLoginBranding",
    "DeleteManagedLoginBranding",
    "AdminCreateUser",
    "AdminUpdateUserAttributes",
    "AdminDisableUser",
    "AdminUserGlobalSignOut",
    "AdminEnableUser",
    "AdminDeleteUser",
    "CreateGroup",
    "UpdateGroup",
    "DeleteGroup",
    "AdminAddUserToGroup",
    "AdminRemoveUserFromGroup",
    "AddCustomAttributes",
    "SetRiskConfiguration",
    "SetLogDeliveryConfiguration",
    "SetUICustomization",
    "AdminSetUserMFAPreference",
    "AdminDeleteSoftwareToken",
]
# Calls that a hand in AWS makes in it before our own: they meet the fault first.
BY_HAND_BEFORE = Counter({"UpdateUserPoolDomain": 1})


def life(world: World) -> Tenant:
    """Everything that changes a tenant in its life, but for its end."""
    world.onboard(PoolKind.DEDICATED)
    tenant = world.tenants[0]
    world.set_native(tenant, on=True)
    world.add_user(tenant)
    world.drain()
    user = world.users()[0]
    connection = activated(saml_connection(tenant))
    group = create_group(tenant, name="staff", description="", actor=ACTOR)
    add_members(tenant, group.pk, [user.pk], actor=ACTOR)
    world.drain()
    update_group(tenant, group.pk, description="Everybody", actor=ACTOR)
    with_rules(connection, GroupRule("staff", group="staff"))
    save_settings(tenant, connection.pk, saml_settings("https://other.example"), change="Another", actor=ACTOR)
    remove_members(tenant, group.pk, [user.pk], actor=ACTOR)
    world.set_policy(tenant, MfaPolicy.REQUIRED, 20)
    set_native_mode(world.native.pk, native_options(api_scopes=[("write", "Write")]), actor=ACTOR)
    Branding.objects.filter(tenant=tenant).update(accent="#112233")
    world.change_user(user, status=UserStatus.DISABLED, name="Ada")
    classic_pages(tenant)
    set_on(tenant, **{**THREATS, **LOGS, "custom_attributes": ATTRIBUTES})
    world.drain()
    world.compare_everything()
    plain = PoolOptions()
    set_on(tenant, **{name: getattr(plain, name) for name in {**THREATS, **LOGS}})
    world.drain()
    # The feature plan without managed login: the brand is a style sheet of the classic pages.
    set_on(tenant, tier=PoolTier.LITE)
    world.ask(SyncKind.TENANT, tenant.pk)
    world.change_user(user, status=UserStatus.CREATED, mfa_reset_wanted=1)
    world.add_user(tenant)
    world.drain()
    world.change_user(user, status=UserStatus.DELETING)
    delete_group(tenant, group.pk, confirm_name="staff", actor=ACTOR)
    set_native_mode(world.native.pk, native_options(api_scopes=[]), actor=ACTOR)
    world.drain()
    world.set_native(tenant, on=False)
    delete_connection(tenant, connection.pk, confirm_name="Okta", actor=ACTOR)
    world.drain()
    world.compare_everything()
    return tenant


def classic_pages(tenant: Tenant) -> None:
    """Somebody sets which of Cognito's pages the domain serves."""
    tenant.pool.refresh_from_db()
    ref = pool_ref(tenant.pool)
    with by_hand():
        domains.update_domain(ref, tenant.pool.domain_prefix, login_pages=LoginPages.CLASSIC, priority=HAND)


@pytest.mark.parametrize("operations", [WRITES[start::4] for start in range(4)], ids=", ".join)
def test_an_answer_that_is_lost_changes_nothing_in_the_end(
    cognito: LocalCognito, local_cell: Cell, operations: list[str]
) -> None:
    """The first call of each took effect; whoever made it does not know."""
    world = World.begin(local_cell, cognito, native_application())
    cognito.forget_calls()
    for operation in operations:
        cognito.fault(operation, "timeout_after", times=1 + BY_HAND_BEFORE[operation])
    tenant = life(world)
    assert world.differing() == []
    assert world.names_of_pools() == sorted({world.shared.name, tenant.pool.name})
    assert world.names_of_clients(tenant.pool) == [tenant.client_name("signin")]
    world.remove(tenant)
    world.drain()
    assert world.names_of_pools() == [world.shared.name]
    lost = [call for call in cognito.calls() if call.fault == "timeout_after"]
    assert {call.operation for call in lost} == set(operations)


def test_these_are_all_writes_of_a_life(cognito: LocalCognito, local_cell: Cell) -> None:
    """The list above is what a tenant's life makes; a new write must be added to it."""
    world = World.begin(local_cell, cognito, native_application())
    cognito.forget_calls()
    tenant = life(world)
    world.remove(tenant)
    world.drain()
    assert sorted(set(cognito.writes())) == sorted(WRITES)


def test_writes_that_are_tried_elsewhere_are_known() -> None:
    """Every write that the IAM policy allows is tried here, or elsewhere."""
    policy = json.loads((ROOT / "docs/aws/iam-policy.json").read_text())
    actions = {name for statement in policy["Statement"] for name in statement["Action"] if len(name) > 1}
    allowed = {name.removeprefix("cognito-idp:") for name in actions}
    writes = {name for name in allowed if not name.startswith(("Describe", "Get", "List", "AdminGet", "AdminList"))}
    # A password is set while its owner waits for the answer (`tests/identity/test_invitations.py`); a device is
    # forgotten by a task of its own (`tests/identity/auth/test_devices.py`).
    assert writes - set(WRITES) == {"AdminSetUserPassword", "AdminForgetDevice"}
