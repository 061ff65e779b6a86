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
from tenants.audit_actions import Action
from tenants.models import AuditEvent, Branding, DriftMode, SyncKind, Tenant
from tenants.pool_options import PoolTier
from tenants.services.fleet_settings import FleetSettingsChange, update_fleet_settings
from tests.identity.sync.test_native import client_of, style_of
from tests.support.cognito import LocalCognito
from tests.support.drift import adopt, drifted_paths, record, restore, state_of
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
        without_managed_login(monkeypatch, tenant)
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


@pytest.fixture(params=["in the plan without managed login", "at an endpoint without managed login"])
def classic_tenant(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, native_tenant: Tenant) -> Tenant:
    """A tenant whose native client has classic pages, with its brand and a logo, in sync."""
    tenant = native_tenant
    Branding.objects.filter(tenant=tenant).update(logo=PIXEL, logo_type="image/png")
    resync(tenant)
    if request.param.startswith("in the plan"):
        set_on(tenant, tier=PoolTier.LITE)
    else:
        without_managed_login(monkeypatch, tenant)
    resync(tenant)
    assert state(tenant) == state_of(tenant, Family.BRANDING) == ResourceState.IN_SYNC
    assert classic_of(tenant).has_logo
    return tenant


def without_managed_login(monkeypatch: pytest.MonkeyPatch, tenant: Tenant) -> None:
    """Let this process know that the endpoint has none."""
    monkeypatch.setattr(hooks, "capabilities", CellCapabilities())
    for operation in ("DescribeManagedLoginBrandingByClient", "CreateManagedLoginBranding"):
        hooks.capabilities.record_unsupported(endpoint_of(tenant.pool.cell), operation)


def set_by_hand(tenant: Tenant, css: str, logo: bytes) -> None:
    """Set the classic style of the native client past us."""
    branding.set_classic(pool_ref(tenant.pool), client_of(tenant).client_id, css, logo, priority=PRIORITY)


def test_a_style_sheet_changed_by_hand_stands_until_it_is_decided(classic_tenant: Tenant) -> None:
    """Through syncs and changes of the logo; restored it is ours, adopted it stays for good."""
    tenant, ours = classic_tenant, classic_of(classic_tenant).css
    set_by_hand(tenant, "/* theirs */", PIXEL)
    resync(tenant)
    assert drifted_paths(tenant, Family.BRANDING) == {"CSS"}
    Branding.objects.filter(tenant=tenant).update(logo=PIXEL + b"another")
    resync(tenant)
    assert classic_of(tenant).css == "/* theirs */"
    assert drifted_paths(tenant, Family.BRANDING) == {"CSS"}
    restore(tenant, Family.BRANDING, "CSS")
    resync(tenant)
    assert (classic_of(tenant).css, classic_of(tenant).has_logo) == (ours, True)
    set_by_hand(tenant, "/* theirs */", PIXEL)
    resync(tenant)
    adopt(tenant, Family.BRANDING, "CSS")
    set_by_hand(tenant, "/* somebody else's */", PIXEL)
    update_fleet_settings(FleetSettingsChange(drift_mode=DriftMode.REPAIR), actor=system("test"))
    resync(tenant)
    assert classic_of(tenant).css == "/* theirs */"
    assert state(tenant) == ResourceState.IN_SYNC


def test_a_style_sheet_changed_by_hand_is_repaired_where_that_was_chosen(classic_tenant: Tenant) -> None:
    """With an event that says what it was."""
    tenant, ours = classic_tenant, classic_of(classic_tenant).css
    update_fleet_settings(FleetSettingsChange(drift_mode=DriftMode.REPAIR), actor=system("test"))
    set_by_hand(tenant, "/* theirs */", PIXEL)
    resync(tenant)
    assert classic_of(tenant).css == ours
    told = AuditEvent.objects.get(action=Action.DRIFT_REPAIRED, tenant=tenant)
    assert told.before == {"CSS": "/* theirs */"}


def test_a_logo_that_cognito_does_not_give_us_is_not_dropped_unasked(native_tenant: Tenant) -> None:
    """Our own change of the rest waits for a decision about it."""
    tenant = native_tenant
    set_on(tenant, tier=PoolTier.LITE)
    resync(tenant)
    set_by_hand(tenant, classic_of(tenant).css, PIXEL)
    resync(tenant)
    assert drifted_paths(tenant, Family.BRANDING) == {"ImageFile"}
    Branding.objects.filter(tenant=tenant).update(accent="#112233")
    resync(tenant)
    assert classic_of(tenant).has_logo
    record_now = record(tenant, Family.BRANDING)
    assert record_now.state == ResourceState.BLOCKED
    assert "Drift" in record_now.remedy
    restore(tenant, Family.BRANDING, "ImageFile")
    make_due()
    engine.run(SyncKind.TENANT, tenant.pk)
    assert not classic_of(tenant).has_logo
    assert "#112233" in classic_of(tenant).css
    assert state(tenant) == ResourceState.IN_SYNC


def test_what_a_lower_plan_lacks_goes_with_an_event_that_says_what_it_was(native_tenant: Tenant) -> None:
    """Also what somebody had changed by hand."""
    tenant, style = native_tenant, style_of(native_tenant)
    assert style is not None
    theirs = {"components": {"form": {"logo": {"enabled": True}}}}
    branding.update_style(pool_ref(tenant.pool), style.style_id, theirs, [], priority=PRIORITY)
    resync(tenant)
    assert state(tenant) == ResourceState.DRIFTED
    set_on(tenant, tier=PoolTier.LITE)
    resync(tenant)
    assert style_of(tenant) is None
    events = AuditEvent.objects.filter(action=Action.POOL_MADE_ROOM, tenant=tenant)
    dropped = next(event.before for event in events if "Settings" in event.before)
    assert dropped["Settings"]["components"]["form"]["logo"]["enabled"] is True
    assert any(event.before == {"ManagedLoginVersion": 2} for event in events)


def work(tenant: Tenant) -> None:
    """Do what is owed, the tenant's before the pool's, until nothing is."""
    for _ in range(2):
        make_due()
        engine.run(SyncKind.TENANT, tenant.pk)
        engine.run(SyncKind.POOL, tenant.pool_id)
    make_due()
    engine.run(SyncKind.TENANT, tenant.pk)
