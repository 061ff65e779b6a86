"""The request that asked for work is known to whatever does it."""

import pytest
import structlog

from identity.models import Family
from tenants.audit_actions import Action
from tenants.models import AuditEvent, DriftMode, PoolKind, SyncKind, Tenant
from tenants.services.fleet_settings import FleetSettingsChange, update_fleet_settings
from tests.support.drift import (
    PERSON,
    change_passwords,
    compare,
    in_sync,
    restore,
)
from tests.support.sync import Onboard, entry_of, request_tenant, resync, run_tenant


@pytest.fixture(autouse=True)
def report_mode(transactional_db: None) -> None:
    """The fleet reports drift."""
    update_fleet_settings(FleetSettingsChange(drift_mode=DriftMode.REPORT), actor=PERSON)


@pytest.fixture
def tenant(onboard: Onboard) -> Tenant:
    """A tenant with a dedicated pool, in sync."""
    return in_sync(onboard, PoolKind.DEDICATED)


def test_the_request_that_asked_is_known_to_whatever_picks_the_work_up(tenant: Tenant) -> None:
    """By the row, and not by a message, which a sweep sends as well: in the audit log, and on all that follows."""
    change_passwords(tenant, RequireSymbols=True)
    resync(tenant)
    with structlog.contextvars.bound_contextvars(request_id="a-click-on-the-drift-page"):
        restore(tenant, Family.POOL)
    assert entry_of(SyncKind.POOL, tenant).request_id == "a-click-on-the-drift-page"
    run_tenant(tenant)
    repaired = AuditEvent.objects.get(action=Action.DRIFT_REPAIRED, tenant=tenant)
    assert repaired.request_id == "a-click-on-the-drift-page"
    compare(tenant)
    assert entry_of(SyncKind.POOL, tenant).request_id == ""


def test_what_follows_without_a_request_keeps_the_one_that_waits(tenant: Tenant) -> None:
    """Until what it asked for is done; the newest request wins."""
    for asked, kept in (("first-request", "first-request"), ("", "first-request"), ("second-one", "second-one")):
        with structlog.contextvars.bound_contextvars(request_id=asked):
            request_tenant(tenant)
        assert entry_of(SyncKind.TENANT, tenant).request_id == kept
    run_tenant(tenant)
    request_tenant(tenant)
    assert entry_of(SyncKind.TENANT, tenant).request_id == ""
