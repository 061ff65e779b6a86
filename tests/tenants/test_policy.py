"""Changing a sign-in policy, and whom it is owed to."""

import pytest

from tenants.actor import Actor
from tenants.errors import ValidationFailed
from tenants.models import AuditEvent, OutboxEntry, PoolSettings, SignInPolicy, Tenant
from tenants.services.policy import PolicyChange, update_policy
from tenants.ways_in import allowed_ways, offered_ways
from tests.factories import TenantCast


def owed() -> set[tuple[str, str]]:
    """Return what Cognito is owed."""
    return {(entry.kind, str(entry.key)) for entry in OutboxEntry.objects.all()}


def test_a_dedicated_pool_follows(acme: TenantCast, owner: Actor) -> None:
    policy = update_policy(acme.tenant, PolicyChange(mfa="required", password_min_length=16), actor=owner)
    assert (policy.mfa, policy.password_min_length) == ("required", 16)
    assert owed() == {("pool", str(acme.tenant.pool_id)), ("tenant", str(acme.tenant.pk))}
    event = AuditEvent.objects.get(tenant=acme.tenant)
    assert event.before == {"mfa": "optional", "password_min_length": 12}
    assert event.after == {"mfa": "required", "password_min_length": 16}


def test_a_shared_pool_is_left_alone(globex: TenantCast, owner: Actor) -> None:
    update_policy(globex.tenant, PolicyChange(mfa="required"), actor=owner)
    assert owed() == {("tenant", str(globex.tenant.pk))}


def test_session_limits_are_no_matter_of_the_pool(acme: TenantCast, owner: Actor) -> None:
    update_policy(acme.tenant, PolicyChange(session_idle_minutes=30), actor=owner)
    assert owed() == {("tenant", str(acme.tenant.pk))}


def test_the_password_length_of_a_shared_pool_cannot_be_changed(globex: TenantCast, owner: Actor) -> None:
    with pytest.raises(ValidationFailed) as refused:
        update_policy(globex.tenant, PolicyChange(password_min_length=16), actor=owner)
    assert set(refused.value.fields) == {"password_min_length"}


def test_the_same_again_owes_nothing(acme: TenantCast, owner: Actor) -> None:
    update_policy(acme.tenant, PolicyChange(mfa="optional", password_min_length=12), actor=owner)
    assert not owed()
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (PolicyChange(mfa="sometimes"), "mfa"),
        (PolicyChange(password_min_length=11), "password_min_length"),
        (PolicyChange(password_min_length=100), "password_min_length"),
        (PolicyChange(session_idle_minutes=4), "session_idle_minutes"),
        (PolicyChange(session_absolute_minutes=90 * 24 * 60 + 1), "session_absolute_minutes"),
        (PolicyChange(session_idle_minutes=60, session_absolute_minutes=30), "session_idle_minutes"),
    ],
)
def test_what_is_out_of_bounds_is_refused_beside_its_field(
    acme: TenantCast, owner: Actor, change: PolicyChange, field: str
) -> None:
    with pytest.raises(ValidationFailed) as refused:
        update_policy(acme.tenant, change, actor=owner)
    assert set(refused.value.fields) == {field}
    assert SignInPolicy.objects.get(tenant=acme.tenant).mfa == "optional"
    assert not owed()


def test_ways_in_beside_the_password_reach_a_dedicated_pool(acme: TenantCast, owner: Actor) -> None:
    policy = update_policy(acme.tenant, PolicyChange(first_factors=["EMAIL_OTP"]), actor=owner)
    assert policy.first_factors == ["EMAIL_OTP"]
    assert owed() == {("pool", str(acme.tenant.pool_id)), ("tenant", str(acme.tenant.pk))}
    event = AuditEvent.objects.get(tenant=acme.tenant)
    assert (event.before, event.after) == ({"first_factors": []}, {"first_factors": ["EMAIL_OTP"]})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (PolicyChange(first_factors=["CUSTOM"]), "first_factors"),
        # The provider has set up neither.
        (PolicyChange(first_factors=["WEB_AUTHN"]), "first_factors"),
        (PolicyChange(first_factors=["SMS_OTP"]), "first_factors"),
        (PolicyChange(first_factors=["EMAIL_OTP"], mfa="required"), "first_factors"),
    ],
)
def test_ways_in_that_cannot_be_are_refused(acme: TenantCast, owner: Actor, change: PolicyChange, field: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        update_policy(acme.tenant, change, actor=owner)
    assert set(refused.value.fields) == {field}
    assert not owed()


def test_mfa_is_not_required_where_codes_are_a_way_in(acme: TenantCast, owner: Actor) -> None:
    update_policy(acme.tenant, PolicyChange(first_factors=["EMAIL_OTP"]), actor=owner)
    with pytest.raises(ValidationFailed) as refused:
        update_policy(acme.tenant, PolicyChange(mfa="required"), actor=owner)
    assert set(refused.value.fields) == {"mfa"}
    update_policy(acme.tenant, PolicyChange(first_factors=[], mfa="required"), actor=owner)


def test_in_a_shared_pool_the_provider_decides_what_there_is(globex: TenantCast, owner: Actor) -> None:
    with pytest.raises(ValidationFailed):
        update_policy(globex.tenant, PolicyChange(first_factors=["EMAIL_OTP"]), actor=owner)
    settings = PoolSettings.objects.create(pool=globex.tenant.pool, first_factors=["EMAIL_OTP"])
    update_policy(globex.tenant, PolicyChange(first_factors=["EMAIL_OTP"]), actor=owner)
    assert owed() == {("tenant", str(globex.tenant.pk))}
    assert allowed_ways(Tenant.objects.get(pk=globex.tenant.pk)) == ("EMAIL_OTP",)
    # Not before Cognito was seen to have followed.
    assert offered_ways(Tenant.objects.get(pk=globex.tenant.pk)) == ()
    SignInPolicy.objects.filter(tenant=globex.tenant).update(ready_factors=["EMAIL_OTP"])
    assert offered_ways(Tenant.objects.get(pk=globex.tenant.pk)) == ("EMAIL_OTP",)
    settings.delete()
    # What was allowed stays in the policy, and is not offered.
    update_policy(globex.tenant, PolicyChange(session_idle_minutes=30), actor=owner)
    assert offered_ways(Tenant.objects.get(pk=globex.tenant.pk)) == ()
    # What is allowed again is offered when it was seen again.
    assert update_policy(globex.tenant, PolicyChange(first_factors=[]), actor=owner).ready_factors == []


def test_what_people_do_with_their_own_details_is_chosen_one_by_one(acme: TenantCast, owner: Actor) -> None:
    update_policy(acme.tenant, PolicyChange(own_details={"name": "hidden"}), actor=owner)
    policy = update_policy(acme.tenant, PolicyChange(own_details={"email": "see"}), actor=owner)
    assert policy.own_details == {"name": "hidden", "email": "see", "phone_number": "change", "locale": "change"}
    assert AuditEvent.objects.filter(tenant=acme.tenant).count() == 2
    for refused in ({"email": "hidden"}, {"shoe_size": "see"}, {"name": "whatever"}):
        with pytest.raises(ValidationFailed) as error:
            update_policy(acme.tenant, PolicyChange(own_details=refused), actor=owner)
        assert set(error.value.fields) == {"own_details"}
    policy.refresh_from_db()
    assert policy.own_details["email"] == "see"
