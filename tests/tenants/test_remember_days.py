"""For how many days a browser is remembered: what a policy may say, and what of it is in force."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.actor import Actor
from tenants.errors import ValidationFailed
from tenants.factor_rules import days_remembered, remembering_obstacle
from tenants.models import AuditEvent, OutboxEntry, PoolSettings, SignInPolicy, Tenant
from tenants.policy_remarks import warnings
from tenants.pool_options import PoolOptions
from tenants.services.policy import PolicyChange, update_policy
from tests.factories import Cast, TenantCast


def remembering(tenant: Tenant, *, on: bool = True) -> None:
    """Have the operator's switch on or off."""
    PoolSettings.objects.update_or_create(pool_id=tenant.pool_id, defaults={"remembers_devices": on})


def refused(tenant: Tenant, days: int, owner: Actor) -> str:
    """Return what is said of days that cannot be."""
    before = SignInPolicy.objects.get(tenant=tenant).remember_days
    with pytest.raises(ValidationFailed) as error:
        update_policy(tenant, PolicyChange(remember_days=days), actor=owner)
    assert set(error.value.fields) == {"remember_days"}
    assert SignInPolicy.objects.get(tenant=tenant).remember_days == before
    return error.value.fields["remember_days"]


def told(tenant: Tenant, **changes: Any) -> list[str]:
    """Return the codes of what is said of the policy as it is, with changes."""
    SignInPolicy.objects.filter(tenant=tenant).update(**changes)
    fresh = Tenant.objects.select_related("pool__settings").get(pk=tenant.pk)
    return [remark.code for remark in warnings(fresh, SignInPolicy.objects.get(tenant=fresh))]


@given(st.integers(0, 90))
def test_days_are_in_force_where_the_pool_remembers(days: int) -> None:
    assert days_remembered(days, PoolOptions(remembers_devices=True)) == days
    assert days_remembered(days, PoolOptions()) == 0


def test_what_is_in_the_way_says_who_can_do_something() -> None:
    assert "Ask your provider to switch that on in the pool's settings." in remembering_obstacle(PoolOptions())
    assert remembering_obstacle(PoolOptions(remembers_devices=True)) == ""


@pytest.mark.parametrize("kind", ["acme", "globex"])
def test_days_are_had_only_where_the_pool_remembers(cast: Cast, owner: Actor, kind: str) -> None:
    """In a pool of one's own and in a shared one; Cognito is owed nothing for the pool, which the operator sets."""
    tenant = getattr(cast, kind).tenant
    assert "Ask your provider" in refused(tenant, 30, owner)
    assert not OutboxEntry.objects.exists()
    remembering(tenant)
    assert update_policy(tenant, PolicyChange(remember_days=30), actor=owner).remember_days == 30
    event = AuditEvent.objects.get(tenant=tenant)
    assert (event.before, event.after) == ({"remember_days": 0}, {"remember_days": 30})
    assert {entry.kind for entry in OutboxEntry.objects.all()} == {"tenant"}


@pytest.mark.parametrize("days", [-1, 91])
def test_days_out_of_bounds_are_refused(acme: TenantCast, owner: Actor, days: int) -> None:
    remembering(acme.tenant)
    refused(acme.tenant, days, owner)
    assert update_policy(acme.tenant, PolicyChange(remember_days=90), actor=owner).remember_days == 90


def test_a_switch_that_goes_off_leaves_the_days_and_takes_no_others(acme: TenantCast, owner: Actor) -> None:
    remembering(acme.tenant)
    update_policy(acme.tenant, PolicyChange(remember_days=30), actor=owner)
    remembering(acme.tenant, on=False)
    refused(acme.tenant, 14, owner)
    same = update_policy(acme.tenant, PolicyChange(remember_days=30, session_idle_minutes=30), actor=owner)
    assert (same.remember_days, same.session_idle_minutes) == (30, 30)
    assert update_policy(acme.tenant, PolicyChange(remember_days=0), actor=owner).remember_days == 0


def test_days_that_mean_nothing_are_remarked_on(acme: TenantCast) -> None:
    assert told(acme.tenant) == []
    assert told(acme.tenant, remember_days=30) == ["remembering_unavailable"]
    remembering(acme.tenant)
    assert told(acme.tenant) == []
    assert told(acme.tenant, mfa="off") == ["remembering_means_nothing"]
    # Without passwords the second factor is off, too, and other things are said as well.
    assert "remembering_means_nothing" in told(acme.tenant, password_allowed=False, first_factors=["EMAIL_OTP"])
    assert "remembering_means_nothing" not in told(acme.tenant, remember_days=0)
