"""Deciding about what differs, over all that can be wanted, applied and live."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.models import Family
from identity.sync.adoptable import NEVER, NOTHING_OF, why_not_adopted
from identity.sync.changes import Change, same
from identity.sync.field_words import FIELDS, field_in_words, value_in_words
from identity.sync.threeway import BEING_WRITTEN, WHOLE, Decision, Standing, decide, missing
from tenants.models import DriftMode

PATHS = ("A", "B.C", "B.D")
VALUES = st.sampled_from([None, False, True, 1, 2, "x", "y", ["x"], ["x", "y"]])
DOCUMENTS = st.fixed_dictionaries(dict.fromkeys(PATHS, VALUES))
MODES = st.sampled_from([DriftMode.REPORT, DriftMode.REPAIR])
RESTORES = st.frozensets(st.sampled_from(PATHS))


def changes_of(wanted: dict[str, Any], live: dict[str, Any]) -> list[Change]:
    return [Change(path, live[path], wanted[path]) for path in PATHS if not same(wanted[path], live[path])]


def after(live: dict[str, Any], decision: Decision) -> dict[str, Any]:
    """What is live once the decision is carried out."""
    return {**live, **{change.field: change.after for change in decision.write}}


@given(wanted=DOCUMENTS, applied=DOCUMENTS, live=DOCUMENTS, mode=MODES, restore=RESTORES)
def test_each_setting_is_written_or_stands(
    wanted: dict[str, Any], applied: dict[str, Any], live: dict[str, Any], mode: DriftMode, restore: frozenset[str]
) -> None:
    """Whatever was wanted, applied and live: what is not written stands as it is, with its reason."""
    decision = decide(changes_of(wanted, live), wanted, Standing(applied, {}, restore), mode=mode)
    left = {path for path in PATHS if not same(after(live, decision)[path], wanted[path])}
    assert left == {drifted.field for drifted in decision.drift}
    for drifted in decision.drift:
        assert mode is DriftMode.REPORT
        assert same(applied[drifted.field], wanted[drifted.field])
        assert drifted.field not in restore
    assert all(change in decision.write for change in decision.repairs)
    for change in decision.write:
        is_repair = same(applied[change.field], wanted[change.field])
        assert (change in decision.repairs) == is_repair


@given(wanted=DOCUMENTS, live=DOCUMENTS, mode=MODES)
def test_our_own_change_is_always_written(wanted: dict[str, Any], live: dict[str, Any], mode: DriftMode) -> None:
    """Nothing was ever applied: that cannot be somebody else's doing."""
    decision = decide(changes_of(wanted, live), wanted, Standing(), mode=mode)
    assert all(same(after(live, decision)[path], wanted[path]) for path in PATHS)
    assert not decision.drift
    assert not decision.repairs


@given(wanted=DOCUMENTS, live=DOCUMENTS, later=DOCUMENTS, mode=MODES)
def test_an_adopted_value_stands_until_we_want_something_else(
    wanted: dict[str, Any], live: dict[str, Any], later: dict[str, Any], mode: DriftMode
) -> None:
    """In either mode; then the new wish is written."""
    adopted = {path: {"value": live[path], "instead_of": wanted[path]} for path in PATHS}
    standing = Standing(wanted, adopted)
    now = decide(changes_of(wanted, live), wanted, standing, mode=mode)
    assert now.write == ()
    assert now.drift == ()
    then = decide(changes_of(later, live), later, standing, mode=mode)
    for path in PATHS:
        kept = same(later[path], wanted[path])
        assert same(after(live, then)[path], live[path] if kept else later[path])


@given(wanted=DOCUMENTS, applied=DOCUMENTS, live=DOCUMENTS, mode=MODES)
def test_a_wish_for_many_takes_away_only_what_we_put_there(
    wanted: dict[str, Any], applied: dict[str, Any], live: dict[str, Any], mode: DriftMode
) -> None:
    """What somebody else put there is reported, or repaired as such, also where the wish is new."""
    changes = changes_of(wanted, live)
    decision = decide(changes, wanted, Standing(applied), mode=mode, inherited=frozenset(PATHS))
    theirs = {change.field for change in changes if not same(applied[change.field], live[change.field])}
    if mode is DriftMode.REPAIR:
        assert {change.field for change in decision.repairs} == theirs
        assert after(live, decision) == {**live, **{change.field: change.after for change in changes}}
    else:
        assert {drifted.field for drifted in decision.drift} == theirs
        assert all(same(after(live, decision)[path], live[path]) for path in theirs)


def test_what_may_be_our_own_half_done_write_is_nobody_s_drift() -> None:
    standing = Standing({"A": BEING_WRITTEN})
    decision = decide([Change("A", "x", "y")], {"A": "y"}, standing, mode=DriftMode.REPORT, inherited=frozenset({"A"}))
    assert decision == Decision(write=(Change("A", "x", "y"),))


@given(applied=DOCUMENTS, mode=MODES)
def test_who_asked_for_ours_back_gets_it_in_either_mode(applied: dict[str, Any], mode: DriftMode) -> None:
    """Also a resource that was deleted as a whole."""
    live = dict.fromkeys(PATHS, "changed by hand")
    decision = decide(changes_of(applied, live), applied, Standing(applied, {}, frozenset(PATHS)), mode=mode)
    assert all(same(after(live, decision)[path], applied[path]) for path in PATHS)
    assert missing(Standing(applied, {}, frozenset({WHOLE})), mode=mode).repairs


def test_what_is_missing_drifts_only_once_it_was_there() -> None:
    """What was never applied is new."""
    assert missing(Standing(), mode=DriftMode.REPORT) == Decision()
    (drifted,) = missing(Standing({"A": 1}), mode=DriftMode.REPORT).drift
    assert (drifted.field, drifted.live) == (WHOLE, "deleted")


def test_what_would_weaken_a_promise_is_never_adopted() -> None:
    """Each row of the table, and what is under it; what stands in no row may be."""
    for family, paths in NEVER.items():
        for path in paths:
            assert why_not_adopted(family, path, None, shared=False)
            assert why_not_adopted(family, f"{path}.Inner", None, shared=True)
    for family in NOTHING_OF:
        assert why_not_adopted(family, "Anything", 1, shared=False)
    assert why_not_adopted(Family.DOMAIN, WHOLE, "deleted", shared=False)
    assert why_not_adopted(Family.POOL, "EmailVerificationSubject", "Hello", shared=True) is None
    assert why_not_adopted(Family.CLIENT, "AuthSessionValidity", 5, shared=True) is None


def test_the_password_may_become_longer_but_never_too_short() -> None:
    """12 is the least; in a shared pool, the second factor is each tenant's own."""
    path = "Policies.PasswordPolicy.MinimumLength"
    assert why_not_adopted(Family.POOL, path, 16, shared=True) is None
    assert why_not_adopted(Family.POOL, path, 8, shared=False)
    assert why_not_adopted(Family.POOL, path, None, shared=False)
    assert why_not_adopted(Family.MFA, "MfaConfiguration", "ON", shared=False) is None
    assert why_not_adopted(Family.MFA, "MfaConfiguration", "ON", shared=True)


@given(
    path=st.text(min_size=1, max_size=80),
    value=st.recursive(VALUES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5),
)
def test_every_setting_and_value_has_words(path: str, value: Any) -> None:
    """Also those that nobody has heard of."""
    assert field_in_words(path)
    assert value_in_words(path, value)


def test_common_settings_read_like_sentences() -> None:
    """The table's words, and words made of a path that is not in it."""
    assert all(field_in_words(path) == str(words) for path, words in FIELDS.items())
    assert field_in_words("EmailConfiguration.SomethingNewHere") == "Something new here"
    assert field_in_words("UserPoolTags.cost-centre") == "Tag cost-centre"
    assert field_in_words("UserPoolTags.lifeguard:tenant") == "Lifeguard's mark of the tenant"
    assert value_in_words("MfaConfiguration", "ON") == "required"
    assert value_in_words("Policies.PasswordPolicy.MinimumLength", 12) == "12 characters"
    mechanisms = [{"Name": "verified_phone_number", "Priority": 2}, {"Name": "verified_email", "Priority": 1}]
    words = value_in_words("AccountRecoverySetting.RecoveryMechanisms", mechanisms)
    assert words == "by verified e-mail address, by verified phone number"
    assert value_in_words("X", []) == "not set"


@pytest.mark.parametrize(
    ("path", "value", "beside", "words"),
    [
        ("AccessTokenValidity", 5, {}, "5 minutes"),
        ("RefreshTokenValidity", 43200, {}, "43200 minutes (30 days)"),
        ("RefreshTokenValidity", 30, {"TokenValidityUnits.RefreshToken": "days"}, "30 days"),
        ("RefreshTokenValidity", 30, {"TokenValidityUnits.RefreshToken": None}, "30 days"),
        ("IdTokenValidity", 1, {"TokenValidityUnits.IdToken": None}, "1 hour"),
        ("AccessTokenValidity", 3600, {"TokenValidityUnits.AccessToken": "seconds"}, "3600 seconds (1 hour)"),
        ("AuthSessionValidity", 3, {}, "3 minutes"),
        ("RefreshTokenRotation.RetryGracePeriodSeconds", 60, {}, "60 seconds (1 minute)"),
        ("Policies.PasswordPolicy.TemporaryPasswordValidityDays", 7, {}, "7 days"),
        ("Policies.PasswordPolicy.PasswordHistorySize", 5, {}, "the last 5"),
        ("TokenValidityUnits.IdToken", "hours", {}, "hours"),
    ],
)
def test_no_number_of_a_time_stands_without_its_unit(path: str, value: Any, beside: dict[str, Any], words: str) -> None:
    """A token's is the one that differs beside it; where none does, the one that Lifeguard asks for."""
    assert value_in_words(path, value, beside) == words
