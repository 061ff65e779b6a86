"""What a native app client must not be left as: open for a closed tenant, or of another kind than was asked for."""

from typing import Any

import pytest

from identity.cells import pool_ref
from identity.cognito import app_clients
from identity.models import AppClient, Family, ResourceState, SyncedResource
from identity.services import tenant_lifecycle
from identity.sync import engine
from tenants.models import Application, SyncKind, Tenant
from tenants.services.native import set_native_mode
from tests.identity.sync.test_native import ACTOR, client_of
from tests.support.cognito import LocalCognito
from tests.support.native import native_options
from tests.support.sync import PRIORITY, make_due, resync


@pytest.fixture
def tenant(native_tenant: Tenant) -> Tenant:
    """A tenant with a pool of its own, that has the application, in sync."""
    return native_tenant


def test_a_suspended_tenant_has_no_way_in_but_with_credentials_of_aws(tenant: Tenant) -> None:
    """Neither a password nor a refresh token gets anybody in, rotating or not; and all comes back."""
    before = settings_of(tenant)
    tenant_lifecycle.suspend_tenant(tenant.pk, actor=ACTOR)
    engine.run(SyncKind.TENANT, tenant.pk)
    closed = client_of(tenant).document
    assert closed["ExplicitAuthFlows"] == ["ALLOW_ADMIN_USER_PASSWORD_AUTH"]
    assert "RefreshTokenRotation" not in closed
    assert not closed["AllowedOAuthFlowsUserPoolClient"]
    tenant_lifecycle.resume_tenant(tenant.pk, actor=ACTOR)
    engine.run(SyncKind.TENANT, tenant.pk)
    assert settings_of(tenant) == before


def settings_of(tenant: Tenant) -> dict[str, Any]:
    """All of the native client but when it was changed; no list of it has an order that means anything."""
    document = {name: value for name, value in client_of(tenant).document.items() if name != "LastModifiedDate"}
    return {name: sorted(value) if isinstance(value, list) else value for name, value in document.items()}


def test_a_client_is_closed_though_what_comes_before_it_is_blocked(
    cognito: LocalCognito, tenant: Tenant, application: Application
) -> None:
    """A resource server that cannot be looked at is no reason to let people in."""
    cognito.fault("DescribeResourceServer", "access_denied")
    tenant_lifecycle.suspend_tenant(tenant.pk, actor=ACTOR)
    engine.run(SyncKind.TENANT, tenant.pk)
    assert not client_of(tenant).document["AllowedOAuthFlowsUserPoolClient"]


def test_rotation_is_switched_off(cognito: LocalCognito, tenant: Tenant, application: Application) -> None:
    """And stays off without another write."""
    set_native_mode(application.pk, native_options(rotate_refresh=False), actor=ACTOR)
    engine.run(SyncKind.TENANT, tenant.pk)
    document = client_of(tenant).document
    assert "RefreshTokenRotation" not in document
    assert sorted(document["ExplicitAuthFlows"]) == ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]
    cognito.forget_calls()
    resync(tenant)
    assert cognito.writes() == []


def test_a_client_of_the_wrong_kind_is_not_taken_for_the_right_one(tenant: Tenant, application: Application) -> None:
    """Whoever switched native mode off and on without waiting learns that they have to wait."""
    set_native_mode(application.pk, None, actor=ACTOR)
    set_native_mode(application.pk, native_options(public_client=True), actor=ACTOR)
    engine.run(SyncKind.TENANT, tenant.pk)
    row = SyncedResource.objects.get(family=Family.CLIENT, name__contains="native-")
    assert row.state == ResourceState.BLOCKED
    assert "on again" in row.remedy
    set_native_mode(application.pk, None, actor=ACTOR)
    engine.run(SyncKind.TENANT, tenant.pk)
    set_native_mode(application.pk, native_options(public_client=True), actor=ACTOR)
    engine.run(SyncKind.TENANT, tenant.pk)
    assert client_of(tenant).secret is None


@pytest.mark.parametrize("delete_first", [True, False])
def test_a_client_whose_creation_was_never_answered_goes_with_native_mode(
    cognito: LocalCognito, tenant: Tenant, application: Application, delete_first: bool
) -> None:
    """Nothing is left of it, whether or not it came to be."""
    set_native_mode(application.pk, None, actor=ACTOR)
    engine.run(SyncKind.TENANT, tenant.pk)
    cognito.fault("CreateUserPoolClient", "timeout_before" if delete_first else "timeout_after")
    set_native_mode(application.pk, native_options(), actor=ACTOR)
    engine.run(SyncKind.TENANT, tenant.pk)
    set_native_mode(application.pk, None, actor=ACTOR)
    SyncedResource.objects.update(create_started_at="2020-01-01T00:00:00Z")
    make_due()
    engine.run(SyncKind.TENANT, tenant.pk)
    names = [client.name for client in app_clients.list_clients(pool_ref(tenant.pool), priority=PRIORITY)]
    assert names == [tenant.client_name(AppClient.SIGN_IN)]
