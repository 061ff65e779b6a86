"""Which ways in beside the password a tenant can have."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.first_factors import Place, belongs, in_order, policy_obstacle, pool_obstacle, usable
from tenants.models import MfaPolicy
from tenants.pool_options import FirstFactor, PoolOptions, PoolTier
from tenants.pool_rules import PoolContext, faults

SMS = {"sms_role_arn": "arn:aws:iam::123456789012:role/sms", "sms_external_id": "x", "sms_region": "us-east-1"}
ALL = tuple(way.value for way in FirstFactor)
HOST = "login.acme.example"
FULL = PoolOptions(first_factors=ALL, passkey_rp_id="acme.example", **SMS)  # type: ignore[arg-type]  # Strings all.
HERE = Place(options=FULL, shared=False, host=HOST)


def test_everything_goes_where_everything_is_set_up() -> None:
    assert usable(ALL[::-1], MfaPolicy.OPTIONAL, HERE) == ALL
    assert usable(ALL, MfaPolicy.OPTIONAL, replace(HERE, shared=True)) == ALL
    assert in_order(["X", "SMS_OTP", "WEB_AUTHN", "SMS_OTP"]) == ["WEB_AUTHN", "SMS_OTP", "X"]


@pytest.mark.parametrize(
    ("changes", "shared", "left"),
    [
        ({"tier": PoolTier.LITE}, False, ()),
        ({"sms_role_arn": ""}, False, ("WEB_AUTHN", "EMAIL_OTP")),
        ({"passkey_rp_id": ""}, False, ("EMAIL_OTP", "SMS_OTP")),
        ({"passkey_rp_id": "other.example"}, False, ("EMAIL_OTP", "SMS_OTP")),
        # Its own pool follows the tenant; one that it shares is the provider's.
        ({"first_factors": ()}, False, ALL),
        ({"first_factors": ("EMAIL_OTP",)}, True, ("EMAIL_OTP",)),
    ],
)
def test_what_the_pool_lacks_is_said_and_not_offered(
    changes: dict[str, Any], shared: bool, left: tuple[str, ...]
) -> None:
    place = replace(HERE, options=replace(FULL, **changes), shared=shared)
    assert usable(ALL, MfaPolicy.OPTIONAL, place) == left
    assert {way for way in ALL if not pool_obstacle(way, place)} == set(left)


def test_a_required_second_factor_leaves_only_passkeys_that_count_as_two() -> None:
    assert usable(ALL, MfaPolicy.REQUIRED, HERE) == ()
    both = replace(HERE, options=replace(FULL, passkey_is_mfa=True))
    assert usable(ALL, MfaPolicy.REQUIRED, both) == ("WEB_AUTHN",)
    assert policy_obstacle("EMAIL_OTP", MfaPolicy.REQUIRED, both)


@given(ways=st.sets(st.sampled_from(ALL)), mfa=st.sampled_from(MfaPolicy), tier=st.sampled_from(PoolTier))
def test_what_can_be_used_is_what_a_dedicated_pool_can_be_set_to(ways: set[str], mfa: str, tier: str) -> None:
    """Cognito's rules are the same whether the operator or the tenant asks."""
    options = replace(FULL, first_factors=(), passkey_rp_id="acme.example" if tier != PoolTier.LITE else "", tier=tier)
    if mfa == MfaPolicy.OFF:
        # The role for text messages is set up together with second factors.
        ways = ways - {"SMS_OTP"}
    allowed = set(usable(ways, mfa, replace(HERE, options=options))) == ways
    said = faults(options, options, PoolContext(region="us-east-1", mfa=mfa, ways=tuple(ways)))
    assert allowed == (not said)


@pytest.mark.parametrize(
    ("rp_id", "fits"),
    [(HOST, True), ("acme.example", True), ("example", True), ("cme.example", False), ("a.login.acme.example", False)],
)
def test_a_passkey_works_at_its_host_and_below(rp_id: str, *, fits: bool) -> None:
    assert belongs(rp_id, HOST) == fits
