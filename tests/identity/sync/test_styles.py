"""The brand on Cognito's own pages where the pages change their kind, and where Cognito tells little of them."""

import pytest

from identity.cells import endpoint_of, pool_ref
from identity.cognito import branding
from identity.cognito.branding import ClassicStyle
from identity.cognito.hooks import hooks
from identity.models import Family, ResourceState, SyncedResource
from identity.sync import engine
from identity.sync.capabilities import CellCapabilities
from tenants.actor import system
from tenants.models import Branding, DriftMode, SyncKind, Tenant
from tenants.pool_options import PoolTier
from tenants.services.fleet_settings import FleetSettingsChange, update_fleet_settings
from tests.identity.sync.test_native import client_of, style_of
from tests.support.cognito import LocalCognito
from tests.support.pool_settings import set_on
from tests.support.sync import PRIORITY, make_due, resync

PIXEL = b"\x89PNG\r\n\x1a\n"


@pytest.fixture(autouse=True)
def report_mode(transactional_db: None) -> None:
    """What is ours to change must not be taken for drift."""
    update_fleet_settings(FleetSettingsChange(drift_mode=DriftMode.REPORT), actor=system("test"))


def classic_of(tenant: Tenant) -> ClassicStyle:
    """The classic style of the native client."""
    return branding.get_classic(pool_ref(tenant.pool), client_of(tenant).client_id, priority=PRIORITY)


def state(tenant: Tenant) -> str:
    """How the style stands."""
    return SyncedResource.objects.get(key=tenant.pk, family=Family.BRANDING).state


@pytest.mark.parametrize("has_managed_login", [True, False])
def test_another_logo_gets_to_the_classic_pages(
    monkeypatch: pytest.MonkeyPatch, cognito: LocalCognito, native_tenant: Tenant, has_managed_login: bool
) -> None:
    """Cognito returns its address alone, so that what was written last is compared."""
    tenant = native_tenant
    if has_managed_login:
        set_on(tenant, tier=PoolTier.LITE)
    else:
        monkeypatch.setattr(hooks, "capabilities", CellCapabilities())
        for operation in ("DescribeManagedLoginBrandingByClient", "CreateManagedLoginBranding"):
            hooks.capabilities.record_unsupported(endpoint_of(tenant.pool.cell), operation)
    for content in (PIXEL, PIXEL + b"another"):
        Branding.objects.filter(tenant=tenant).update(logo=content, logo_type="image/png")
        cognito.forget_calls()
        resync(tenant)
        assert "SetUICustomization" in cognito.operations()
        assert classic_of(tenant).has_logo
        assert state(tenant) == ResourceState.IN_SYNC
        cognito.forget_calls()
        resync(tenant)
        assert cognito.writes() == []
    Branding.objects.filter(tenant=tenant).update(logo=b"", logo_type="")
    resync(tenant)
    assert not classic_of(tenant).has_logo
    assert state(tenant) == ResourceState.IN_SYNC


def test_a_plan_with_managed_login_brings_its_style(cognito: LocalCognito, native_tenant: Tenant) -> None:
    """Its pages are not served without; and that there is none is nobody's deletion. Whichever key comes first."""
    tenant = native_tenant
    Branding.objects.filter(tenant=tenant).update(logo=PIXEL, logo_type="image/png")
    set_on(tenant, tier=PoolTier.LITE)
    work(tenant)
    assert state(tenant) == ResourceState.IN_SYNC
    assert classic_of(tenant).css
    style = style_of(tenant)
    if style is not None:
        branding.delete_style(pool_ref(tenant.pool), style.style_id, priority=PRIORITY)
    set_on(tenant, tier=PoolTier.ESSENTIALS)
    work(tenant)
    style = style_of(tenant)
    assert style is not None
    assert [asset.content for asset in style.assets] == [PIXEL]
    assert state(tenant) == ResourceState.IN_SYNC


def work(tenant: Tenant) -> None:
    """Do what is owed, the tenant's before the pool's, until nothing is."""
    for _ in range(2):
        make_due()
        engine.run(SyncKind.TENANT, tenant.pk)
        engine.run(SyncKind.POOL, tenant.pool_id)
    make_due()
    engine.run(SyncKind.TENANT, tenant.pk)
