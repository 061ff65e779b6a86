"""`manage.py sync`: exit codes for scripts, lines for people, JSON for programs."""

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from identity.management.commands.sync import Command
from identity.models import SyncedResource, SyncPlan
from tenants.audit_actions import Action
from tenants.models import AuditEvent, MfaPolicy, PoolKind, SyncKind, Tenant, UserPool
from tests.factories import UserPoolFactory
from tests.support.cognito import LocalCognito
from tests.support.sync import Onboard, entry_of, run_tenant

DIFFERS = 2


@pytest.fixture
def tenant(onboard: Onboard) -> Tenant:
    """A tenant with a dedicated pool, in sync."""
    tenant = onboard(PoolKind.DEDICATED)
    run_tenant(tenant)
    return Tenant.objects.select_related("pool__cell", "policy").get(pk=tenant.pk)


def sync(*arguments: str) -> tuple[int, str]:
    """Run the command; return its exit code and what it printed."""
    out = StringIO()
    try:
        call_command("sync", *arguments, stdout=out)
    except CommandError as error:
        return error.returncode, out.getvalue()
    except SystemExit as left:
        return int(str(left.code)), out.getvalue()
    return 0, out.getvalue()


def document(*arguments: str) -> Any:
    return json.loads(sync(*arguments, "--json")[1])


def require_second_factor(tenant: Tenant) -> None:
    tenant.policy.mfa = MfaPolicy.REQUIRED
    tenant.policy.save(update_fields=["mfa"])


def test_an_empty_plan_exits_with_0(cognito: LocalCognito, tenant: Tenant) -> None:
    """And nothing is written, anywhere."""
    cognito.forget_calls()
    records, plans = list(SyncedResource.objects.order_by("pk").values()), SyncPlan.objects.count()
    code, text = sync("plan", "--tenant", tenant.slug)
    assert code == 0
    assert text.endswith("Nothing to do.\n")
    assert cognito.writes() == []
    assert (list(SyncedResource.objects.order_by("pk").values()), SyncPlan.objects.count()) == (records, plans)


def test_a_plan_with_something_in_it_exits_with_2(tenant: Tenant) -> None:
    """As terraform prints it, and as JSON."""
    require_second_factor(tenant)
    code, text = sync("plan", "--tenant", tenant.slug)
    assert code == DIFFERS
    assert f"  ~ MFA settings {tenant.pool.name}: update" in text
    assert "      MfaConfiguration: OPTIONAL → ON" in text
    assert "Plan: 1 to update." in text
    plans = {plan["kind"]: plan for plan in document("plan", "--tenant", tenant.slug)["plans"]}
    assert plans["pool"]["empty"] is False
    assert plans["tenant"]["empty"] is True
    (step,) = [step for step in plans["pool"]["steps"] if step["family"] == "mfa"]
    assert step["changes"] == [{"field": "MfaConfiguration", "before": "OPTIONAL", "after": "ON"}]


def test_what_is_new_is_marked_with_a_plus(onboard: Onboard) -> None:
    """All pools and tenants, before any worker saw them."""
    tenant = onboard(PoolKind.DEDICATED)
    code, text = sync("plan", "--all")
    assert code == DIFFERS
    assert f"  + User pool {tenant.pool.name}: create" in text
    assert "Policies.PasswordPolicy.MinimumLength: 12" in text


def test_what_cannot_be_looked_at_exits_with_1(cognito: LocalCognito, tenant: Tenant) -> None:
    """With the reason and the remedy."""
    UserPool.objects.filter(pk=tenant.pool_id).update(cognito_id="us-east-1_gonegone1")
    code, text = sync("plan", "--pool", str(tenant.pool_id))
    assert code == 1
    assert "was deleted outside Lifeguard" in text
    assert "what to do: " in text
    assert document("plan", "--pool", str(tenant.pool_id))["plans"][0]["error"]["code"] == "PoolDeleted"


def test_pools_are_named_by_our_id_or_by_cognitos(tenant: Tenant) -> None:
    """Also by the pool's name."""
    for name in (str(tenant.pool_id), tenant.pool.name, tenant.pool.cognito_id):
        assert [plan["key"] for plan in document("plan", "--pool", name)["plans"]] == [str(tenant.pool_id)]


@pytest.mark.parametrize(
    "arguments",
    [("plan", "--tenant", "nobody"), ("apply", "--tenant", "nobody"), ("status", "--pool", "us-east-1_nothing"),
     ("plan", "--pool", ""), ("apply",)],
)  # fmt: skip
def test_who_does_not_exist_is_an_error(db: None, arguments: tuple[str, ...]) -> None:
    """And so is naming nobody."""
    assert sync(*arguments)[0] == 1


def test_a_mistake_in_the_arguments_is_no_plan(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """argparse leaves with 2, which says something else here."""
    for arguments in (["plan", "--nonsense"], ["nonsense"], []):
        with pytest.raises(SystemExit) as left:
            Command().run_from_argv(["manage.py", "sync", *arguments])
        assert left.value.code == 1
    assert "usage" in capsys.readouterr().err


def test_apply_asks_the_workers_and_is_audited(tenant: Tenant) -> None:
    """Of a pool in the fleet's log, of a tenant in its own."""
    code, text = sync("apply", "--tenant", tenant.slug)
    assert code == 0
    assert f"asked for User pool {tenant.pool.name}" in text
    assert entry_of(SyncKind.POOL, tenant).is_owed
    assert entry_of(SyncKind.TENANT, tenant).is_owed
    assert AuditEvent.objects.filter(action=Action.SYNC_REQUESTED, tenant=tenant).count() == 1
    assert AuditEvent.objects.filter(action=Action.SYNC_REQUESTED, tenant=None).count() == 1
    assert {row["state"] for row in document("apply", "--tenant", tenant.slug)["asked"]} == {"pending"}


def test_status_says_what_is_in_trouble(tenant: Tenant) -> None:
    """1 where something that was named is blocked or failing; the whole fleet's list is no judgement."""
    assert sync("status", "--tenant", tenant.slug)[0] == 0
    UserPool.objects.filter(pk=tenant.pool_id).update(cognito_id="us-east-1_gonegone1")
    sync("apply", "--pool", str(tenant.pool_id))
    run_tenant(tenant)
    code, text = sync("status", "--tenant", tenant.slug)
    assert code == 1
    assert "was deleted outside Lifeguard" in text
    assert sync("status")[0] == 0
    assert document("status")["counts"]["blocked"] == 1
    (state,) = document("status", "--pool", str(tenant.pool_id))["states"]
    assert (state["state"], bool(state["remedy"])) == ("blocked", True)


def test_a_pool_that_was_never_asked_for_has_no_state(db: None) -> None:
    """Nothing is owed for it."""
    pool = UserPoolFactory.create()
    assert document("status", "--pool", str(pool.pk))["states"] == []
