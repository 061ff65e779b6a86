"""A worker that dies in the middle of a sweep."""

import pytest

from identity.models import PullState
from tenants.models import PoolKind, SyncKind, Tenant
from tests.support.cognito import LocalCognito
from tests.support.processes import LiveProcess
from tests.support.pull import ask_for_sweep, make_user, take_turn
from tests.support.sync import Onboard, let_leases_expire, nothing_is_owed, run_tenant
from tests.support.waiting import eventually


@pytest.mark.parametrize("moment", ["hold_before", "hold_after"])
def test_a_sweep_loses_no_page_when_its_worker_is_killed(
    cognito: LocalCognito,
    onboard: Onboard,
    crashing_worker: LiveProcess,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    """Page one is in; the worker dies at page two; the next one asks for page two again and for nothing before it."""
    crashing_worker.kill()
    tenant = onboard(PoolKind.SHARED)
    run_tenant(tenant)
    tenant = Tenant.objects.select_related("pool__cell").get(pk=tenant.pk)
    for _ in range(121):
        make_user(tenant)
    cognito.forget_calls()
    monkeypatch.setattr("identity.pull.sweep.PAGES_A_TURN", 1)
    ask_for_sweep(tenant.pool)
    assert take_turn(SyncKind.PULL, tenant.pool_id).is_owed

    cognito.fault("ListUsers", moment)
    crashing_worker.start()
    eventually(cognito.is_holding)
    crashing_worker.kill()
    eventually(lambda: not cognito.is_holding())
    let_leases_expire()
    crashing_worker.start()
    eventually(nothing_is_owed)

    state = PullState.objects.get(pool=tenant.pool)
    assert (state.finished_users, state.finished_pages, state.inconclusive) == (121, 3, "")
    listed = [call for call in cognito.calls() if call.operation == "ListUsers"]
    assert len(listed) == 4
