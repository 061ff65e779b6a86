"""Who gets, keeps and loses a domain."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.domains.standing import GRACE, TRANSFER_WAIT, judge, next_check
from federation.models import DomainStatus, EmailDomain, Notice

_T0 = datetime(2026, 11, 21, tzinfo=UTC)
WAITING, SETTLING, PROVED, MISSING = (
    DomainStatus.WAITING,
    DomainStatus.SETTLING,
    DomainStatus.PROVED,
    DomainStatus.MISSING,
)


def claim(token: str) -> EmailDomain:
    return EmailDomain(name="halden.com", token=token, since=_T0, next_check_at=_T0)


def after(claims: Sequence[EmailDomain], *, found: str, hours: float) -> list[DomainStatus]:
    """Judge at so many hours after the beginning; `found` has the tokens in DNS, a letter each."""
    judge(claims, set(found), now=_T0 + timedelta(hours=hours))
    return [DomainStatus(each.status) for each in claims]


def test_a_proof_is_enough_where_nobody_holds_the_domain() -> None:
    ours = [claim("a")]
    assert after(ours, found="", hours=1) == [WAITING]
    assert after(ours, found="a", hours=2) == [PROVED]


def test_another_claims_record_proves_nothing() -> None:
    both = [claim("a"), claim("b")]
    assert after(both, found="b", hours=1) == [WAITING, PROVED]


def test_of_two_proofs_the_older_claim_gets_it() -> None:
    both = [claim("a"), claim("b")]
    assert after(both, found="ab", hours=1) == [PROVED, SETTLING]


def test_a_holder_whose_proof_is_gone_keeps_the_domain_for_the_grace_time() -> None:
    ours = [claim("a")]
    after(ours, found="a", hours=0)
    assert after(ours, found="", hours=1) == [MISSING]
    assert ours[0].notice == Notice.MISSING
    last = 1 + GRACE / timedelta(hours=1)
    assert after(ours, found="", hours=last - 1) == [MISSING]
    assert after(ours, found="", hours=last) == [WAITING]
    assert ours[0].notice == Notice.LOST


def test_a_proof_that_comes_back_in_time_mends_it() -> None:
    ours = [claim("a")]
    after(ours, found="a", hours=0)
    after(ours, found="", hours=1)
    assert after(ours, found="a", hours=2) == [PROVED]
    assert after(ours, found="", hours=3) == [MISSING]
    assert ours[0].since == _T0 + timedelta(hours=3)


def test_whoever_proves_it_too_does_not_get_what_the_holder_still_proves() -> None:
    both = [claim("a"), claim("b")]
    after(both, found="a", hours=0)
    assert after(both, found="ab", hours=1) == [PROVED, SETTLING]
    assert both[0].notice == Notice.CONTESTED
    assert after(both, found="ab", hours=10_000) == [PROVED, SETTLING]


def test_a_domain_passes_on_after_the_waiting_time_of_both() -> None:
    """The new proof was there, and the old one gone, for all of it."""
    both = [claim("a"), claim("b")]
    wait = TRANSFER_WAIT / timedelta(hours=1)
    after(both, found="a", hours=0)
    after(both, found="ab", hours=1)
    assert after(both, found="b", hours=wait + 1) == [MISSING, SETTLING]
    assert after(both, found="b", hours=2 * wait) == [MISSING, SETTLING]
    assert after(both, found="b", hours=2 * wait + 1) == [WAITING, PROVED]
    assert both[0].notice == Notice.LOST


def test_a_rival_whose_proof_goes_waits_again() -> None:
    both = [claim("a"), claim("b")]
    after(both, found="a", hours=0)
    after(both, found="ab", hours=1)
    assert after(both, found="a", hours=2) == [PROVED, WAITING]
    assert after(both, found="ab", hours=100) == [PROVED, SETTLING]
    assert both[1].until == _T0 + timedelta(hours=100) + TRANSFER_WAIT


def test_only_what_changed_is_told() -> None:
    both = [claim("a"), claim("b")]
    (change,) = judge(both, {"a"}, now=_T0)
    assert (change.claim, change.before) == (both[0], WAITING)
    assert judge(both, {"a"}, now=_T0) == []


@given(st.lists(st.tuples(st.sets(st.sampled_from("abc")), st.floats(0.1, 200)), max_size=40))
def test_there_is_never_a_second_holder_and_nobody_holds_without_a_proof_for_long(
    history: list[tuple[set[str], float]],
) -> None:
    claims = [claim(token) for token in "abc"]
    now, last_proved = _T0, dict.fromkeys("abc", _T0 - 2 * GRACE)
    for found, hours in history:
        now += timedelta(hours=hours)
        judge(claims, found, now=now)
        last_proved |= dict.fromkeys(found, now)
        holders = [each for each in claims if each.holds]
        assert len(holders) <= 1
        for holder in holders:
            assert holder.status == MISSING or holder.token in found
        for each in claims:
            assert next_check(each, now=now) > now


@pytest.mark.parametrize(("age", "pause"), [(0, 1), (100, 10), (100_000, 24 * 60)])
def test_a_forgotten_claim_is_looked_at_ever_more_rarely(age: int, pause: int) -> None:
    """In minutes: a tenth of its age, a minute at least and a day at most."""
    now = _T0 + timedelta(minutes=age)
    assert next_check(claim("a"), now=now) == now + timedelta(minutes=pause)
