"""A worker that dies at any moment of onboarding leaves nothing twice and nothing behind."""

import pytest

from identity.models import WorkerHeartbeat
from identity.sync.selectors import worker_last_seen
from tenants.models import PoolKind
from tests.support.cognito import LocalCognito
from tests.support.processes import LiveProcess
from tests.support.sync import Onboard, assert_exactly_one_of_each, let_leases_expire, nothing_is_owed, request_tenant
from tests.support.waiting import eventually

ONBOARDING = (
    "CreateUserPool",
    "SetUserPoolMfaConfig",
    "CreateUserPoolDomain",
    "CreateUserPoolClient",
)


def test_these_are_all_calls_of_onboarding(
    cognito: LocalCognito, onboard: Onboard, crashing_worker: LiveProcess
) -> None:
    """The list above is what the tests below go through; a new call must be added to it."""
    onboard(PoolKind.DEDICATED)
    eventually(nothing_is_owed)
    assert set(cognito.operations()) == set(ONBOARDING)


def test_a_worker_shows_itself_as_soon_as_it_starts(crashing_worker: LiveProcess, transactional_db: None) -> None:
    """And not only when beat next asks for it: `/readyz` waits for it."""
    crashing_worker.kill()
    # It may have shown itself since the last test, or before this one where it is the first.
    WorkerHeartbeat.objects.all().delete()
    crashing_worker.start()
    eventually(worker_last_seen)


@pytest.mark.parametrize("moment", ["hold_before", "hold_after"])
@pytest.mark.parametrize("operation", ONBOARDING)
def test_killed_at_a_call(
    cognito: LocalCognito, onboard: Onboard, crashing_worker: LiveProcess, operation: str, moment: str
) -> None:
    """SIGKILL before a call is applied, or after it and before its answer."""
    cognito.fault(operation, moment)
    tenant = onboard(PoolKind.DEDICATED)
    eventually(cognito.is_holding)
    crashing_worker.kill()
    eventually(lambda: not cognito.is_holding())
    let_leases_expire()

    crashing_worker.start()
    eventually(nothing_is_owed)

    assert_exactly_one_of_each(tenant)
    for create in ("CreateUserPool", "CreateUserPoolDomain", "CreateUserPoolClient"):
        assert cognito.applied(create) == 1
    cognito.forget_calls()
    request_tenant(tenant)
    eventually(nothing_is_owed)
    assert cognito.writes() == []


def test_killed_while_onboarding_into_a_shared_pool(
    cognito: LocalCognito, onboard: Onboard, crashing_worker: LiveProcess
) -> None:
    """The lease's own time runs off here; nothing hurries it."""
    cognito.fault("CreateUserPoolClient", "hold_after")
    tenant = onboard(PoolKind.SHARED)
    eventually(cognito.is_holding)
    crashing_worker.kill()

    crashing_worker.start()
    eventually(nothing_is_owed)

    assert_exactly_one_of_each(tenant)
    assert cognito.applied("CreateUserPoolClient") == 1
