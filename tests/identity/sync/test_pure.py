"""The pure middle: comparing, merging, classifying, backing off."""

import copy
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.cognito.client_spec import client_settings
from identity.cognito.errors import AmbiguousOutcome, QuotaReached, Throttled
from identity.cognito.merge import merge_client_update
from identity.models import ResourceState
from identity.sync.changes import differences, flatten, same
from identity.sync.errors import Blocked, NotYet
from identity.sync.failures import BLOCKED_RETRY, CAP, backoff_ceiling, classify, pause
from identity.sync.families import client_specs, mfa, pool
from identity.sync.families.pool_document import merged_update, pool_changes
from identity.sync.threeway import Standing, decide
from tenants.models import Cell, DriftMode, MfaPolicy, PoolKind, SignInPolicy, Tenant, UserPool
from tenants.pool_options import PoolOptions

names = st.sampled_from(["A", "B", "C", "D"])
leaves = st.none() | st.booleans() | st.integers(0, 3) | st.lists(st.sampled_from(["x", "y", "z"]), max_size=3)
documents: st.SearchStrategy[dict[str, Any]] = st.recursive(
    st.dictionaries(names, leaves, max_size=3), lambda inner: st.dictionaries(names, leaves | inner, max_size=3)
).filter(lambda document: isinstance(document, dict))


def overlaid(live: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any]:
    """`live` after everything that `wanted` names was written."""
    merged = dict(live)
    for name, value in wanted.items():
        inner = merged.get(name)
        merged[name] = overlaid(inner if isinstance(inner, dict) else {}, value) if isinstance(value, dict) else value
    return merged


@given(wanted=documents, live=documents)
def test_nothing_differs_once_it_was_written(wanted: dict[str, Any], live: dict[str, Any]) -> None:
    """A plan that was applied is empty."""
    if not any(value == {} for value in flattened(wanted)):
        assert differences(wanted, overlaid(live, wanted)) == []


def flattened(document: dict[str, Any]) -> list[Any]:
    """All values at any depth."""
    return [
        item
        for value in document.values()
        for item in ([value, *flattened(value)] if isinstance(value, dict) else [value])
    ]


@given(wanted=documents, live=documents)
def test_comparing_changes_neither(wanted: dict[str, Any], live: dict[str, Any]) -> None:
    """Both are as they were, and asking again gives the same."""
    before = copy.deepcopy((wanted, live))
    first = differences(wanted, live)
    assert (wanted, live) == before
    assert differences(wanted, live) == first


@given(wanted=documents, live=documents)
def test_what_is_not_wanted_is_never_named(wanted: dict[str, Any], live: dict[str, Any]) -> None:
    """Settings that others made are not ours to change."""
    assert {change.field.split(".")[0] for change in differences(wanted, live)} <= set(wanted)


@given(st.permutations(["ALLOW_A", "ALLOW_B", "ALLOW_C"]))
def test_order_means_nothing_in_a_set(flows: list[str]) -> None:
    """Cognito answers such lists in an order of its own."""
    live = {"Flows": ["ALLOW_A", "ALLOW_B", "ALLOW_C"]}
    assert differences({"Flows": flows}, live, unordered=frozenset({"Flows"})) == []


SETS = frozenset({"Flows"})


@given(applied=st.permutations("abc"), wanted=st.permutations("abc"), live=st.sets(st.sampled_from("abcd")))
def test_a_set_that_we_only_arranged_otherwise_is_still_what_we_applied(
    applied: list[str], wanted: list[str], live: set[str]
) -> None:
    """So that what somebody else did to it is drift, and a choice about it stands."""
    standing = Standing(flatten({"Flows": applied}, unordered=SETS))
    changes = differences({"Flows": wanted}, {"Flows": [*live]}, unordered=SETS)
    wishes = flatten({"Flows": wanted}, unordered=SETS)
    decision = decide(changes, wishes, standing, mode=DriftMode.REPORT)
    assert decision.write == ()
    assert bool(decision.drift) == (live != set("abc"))
    adopted = {"Flows": {"value": sorted(live), "instead_of": standing.last_applied["Flows"]}}
    kept = decide(changes, wishes, Standing(standing.last_applied, adopted), mode=DriftMode.REPAIR)
    assert kept.write == ()


def test_the_order_of_other_lists_counts() -> None:
    """The ways to recover an account are tried one after the other."""
    assert differences({"Ways": ["mail", "phone"]}, {"Ways": ["phone", "mail"]}, unordered=SETS)
    assert not same(flatten({"Ways": ["mail", "phone"]})["Ways"], ["phone", "mail"])


def test_a_change_can_be_read() -> None:
    """By its path, with before and after."""
    wanted = {"Policies": {"PasswordPolicy": {"MinimumLength": 12}}, "On": True}
    live = {"Policies": {"PasswordPolicy": {"MinimumLength": 8}}}
    assert [str(change) for change in differences(wanted, live)] == [
        "On: none → on",
        "Policies.PasswordPolicy.MinimumLength: 8 → 12",
    ]


def shared_pool() -> UserPool:
    """A pool that is in no table."""
    return UserPool(cell=Cell(region="eu-west-1"), kind=PoolKind.SHARED)


@given(
    tags=st.dictionaries(st.sampled_from(["team", "lifeguard:pool"]), st.text(max_size=5)),
    subject=st.text(min_size=1, max_size=10),
    length=st.integers(6, 99),
)
def test_an_update_of_a_pool_carries_what_it_does_not_change(tags: dict[str, str], subject: str, length: int) -> None:
    """UpdateUserPool resets what it is not given."""
    row = shared_pool()
    spec = pool.desired(row, tenant=None, policy=None)
    document: dict[str, Any] = {
        "Id": "eu-west-1_x",
        "Name": row.name,
        "EmailVerificationSubject": subject,
        "UserPoolTags": tags,
        "Policies": {
            "PasswordPolicy": {"MinimumLength": length},
        },
        "UserPoolAddOns": {"AdvancedSecurityAdditionalFlows": {"CustomAuthMode": "AUDIT"}},
        "DeviceConfiguration": {"ChallengeRequiredOnNewDevice": True},
    }
    changes = pool_changes(spec, document)
    request = merged_update(document, changes)
    assert pool_changes(spec, {**request, "Name": request["PoolName"]}) == [
        change
        for change in changes
        # What cannot be changed, and what is added by another operation.
        if change.field in ("AliasAttributes", "UsernameConfiguration.CaseSensitive")
        or change.field.startswith("SchemaAttributes.")
    ]
    assert request["EmailVerificationSubject"] == subject
    assert request["UserPoolTags"] == {**tags, **spec.tags}
    assert request["Policies"]["PasswordPolicy"]["MinimumLength"] == 12
    assert request["UserPoolAddOns"] == document["UserPoolAddOns"]
    assert "DeviceConfiguration" not in request


@given(st.dictionaries(st.sampled_from(["CallbackURLs", "LogoutURLs"]), st.lists(st.just("https://a.example"))))
def test_an_update_of_a_client_takes_everything_of_ours(foreign: dict[str, list[str]]) -> None:
    """After it, nothing differs."""
    tenant = SignInPolicy(tenant=Tenant(key="bcdfghjk")).tenant
    spec = client_specs.sign_in_client(tenant, "signin")
    described = {"ClientId": "c", "UserPoolId": "p", "ClientName": "other", "AnalyticsConfiguration": {}, **foreign}
    request = merge_client_update(described, client_settings(spec))
    assert differences(client_settings(spec), request) == []
    assert request["AnalyticsConfiguration"] == {}


@pytest.mark.parametrize("kind", PoolKind)
def test_a_tenant_chooses_factors_where_its_policy_and_its_pool_have_more_than_passwords(kind: PoolKind) -> None:
    row = UserPool(cell=Cell(region="eu-west-1"), kind=kind)
    allowed = SignInPolicy(first_factors=["EMAIL_OTP"])
    for policy, chooses in ((SignInPolicy(), False), (allowed, kind == PoolKind.DEDICATED)):
        policy.tenant = tenant = Tenant(key="bcdfghjk", pool=row)
        assert ("ALLOW_USER_AUTH" in client_specs.sign_in_client(tenant, "signin").auth_flows) == chooses
    spec = pool.desired(row, tenant=None, policy=allowed if kind == PoolKind.DEDICATED else None)
    assert spec.first_factors == (("EMAIL_OTP",) if kind == PoolKind.DEDICATED else ())


@given(mode=st.sampled_from(MfaPolicy), length=st.integers(12, 99))
def test_a_dedicated_pool_follows_its_policy(mode: MfaPolicy, length: int) -> None:
    """A shared one does not: it is never given one."""
    policy = SignInPolicy(mfa=mode, password_min_length=length)
    row = UserPool(cell=Cell(region="eu-west-1"), kind=PoolKind.DEDICATED)
    spec = pool.desired(row, tenant=Tenant(key="bcdfghjk"), policy=policy)
    assert spec.password_policy.minimum_length == length
    assert spec.email_alias
    assert mfa.desired(policy, PoolOptions()).totp == (mode != MfaPolicy.OFF)


@given(st.integers(0, 2**31))
def test_backing_off_is_bounded_and_random(attempts: int) -> None:
    """Between nothing and the ceiling, which never exceeds five minutes."""
    failure = classify(AmbiguousOutcome("", code="X", operation="Y"))
    assert backoff_ceiling(attempts) <= CAP
    assert timedelta(0) <= pause(failure, attempts) <= backoff_ceiling(attempts)


def test_what_the_other_side_asks_for_is_waited_for() -> None:
    """Also at the first attempt, whose own pause is short."""
    failure = classify(Throttled("", code="TooManyRequestsException", operation="X", retry_after=40))
    assert pause(failure, 1) >= timedelta(seconds=40)


@pytest.mark.parametrize(
    ("error", "state", "delay"),
    [
        (NotYet("Soon.", delay=timedelta(seconds=3)), ResourceState.PENDING, timedelta(seconds=3)),
        (Blocked("x", "It is so.", remedy="Do this."), ResourceState.BLOCKED, BLOCKED_RETRY),
        (
            QuotaReached("", code="LimitExceededException", operation="X", reason="Full.", remedy="Ask AWS."),
            ResourceState.BLOCKED,
            BLOCKED_RETRY,
        ),
        (ZeroDivisionError("secret"), ResourceState.FAILING, None),
    ],
)
def test_failures_in_words(error: Exception, state: ResourceState, delay: timedelta | None) -> None:
    """Only what we know is told; the text of a fault in the program stays in the log."""
    failure = classify(error)
    assert (failure.state, failure.delay) == (state, delay)
    assert "secret" not in json.dumps(failure.message)
