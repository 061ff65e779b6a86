"""The scheduling model: never too many in a second, nothing wasted, and who is important goes first."""

from hypothesis import given, settings
from hypothesis import strategies as st

from identity.cognito.budget.lanes import FIRM_IN_TURN
from identity.cognito.calls import Priority
from tests.identity.cognito.budget.simulation import LANES, Arrival, Simulation, most_in_a_second

RATES = st.sampled_from([1.0, 4.9, 14.8, 24.6, 49.2])
LARGEST_CREDIT = max(lane.credit for lane in LANES.values())
TIMES = st.lists(st.floats(0, 4, allow_nan=False), max_size=250)


def arrivals(*buckets: tuple[str, ...]) -> st.SearchStrategy[list[Arrival]]:
    one = st.builds(
        Arrival, st.floats(0, 4, allow_nan=False), st.sampled_from(Priority), st.sampled_from([("category",), *buckets])
    )
    return st.lists(one, max_size=250)


@given(RATES, arrivals())
@settings(max_examples=60, deadline=None)
def test_no_second_has_more_than_the_rate_and_the_largest_credit(rate: float, wanted: list[Arrival]) -> None:
    simulation = Simulation({"category": rate})
    simulation.run(wanted)
    assert most_in_a_second(simulation.slots("category")) <= rate * (1 + LARGEST_CREDIT) + 1
    assert len(simulation.grants) + len(simulation.sent_away) == len(wanted)


@given(RATES, arrivals(("category", "pool a"), ("category", "pool b")))
@settings(max_examples=60, deadline=None)
def test_the_same_holds_where_pools_are_limited_too(rate: float, wanted: list[Arrival]) -> None:
    """A call that waits for its pool goes later than the category knew, by `FIRM_IN_TURN` at most."""
    simulation = Simulation({"category": rate, "pool a": 4.9, "pool b": 4.9})
    simulation.run(wanted)
    for name, limit in simulation.rates.items():
        most = most_in_a_second(simulation.slots(name))
        assert most <= limit * (1 + LARGEST_CREDIT + FIRM_IN_TURN) + 1, name


@given(RATES, st.sampled_from(Priority), TIMES)
@settings(max_examples=60, deadline=None)
def test_one_priority_alone_has_the_rate_and_its_own_credit(
    rate: float, priority: Priority, times: list[float]
) -> None:
    simulation = Simulation({"category": rate})
    simulation.run(Arrival(at, priority) for at in times)
    assert most_in_a_second(simulation.slots("category")) <= rate * (1 + LANES[priority].credit) + 1


@given(RATES, TIMES, TIMES, st.floats(0, 4, allow_nan=False))
@settings(max_examples=60, deadline=None)
def test_a_sign_in_waits_a_slot_at_most_for_bulk_and_configuration(
    rate: float, bulk: list[float], configuration: list[float], sign_in: float
) -> None:
    simulation = Simulation({"category": rate})
    work = [
        *(Arrival(at, Priority.BULK) for at in bulk),
        *(Arrival(at, Priority.CONFIGURATION) for at in configuration),
    ]
    simulation.run([*work, Arrival(sign_in, Priority.SIGN_IN)])
    assert max(simulation.waits(Priority.SIGN_IN)) <= 1 / rate


def test_a_saturated_bucket_gives_its_whole_rate() -> None:
    """More callers than the bucket has slots, for twenty seconds."""
    simulation = Simulation({"category": 49.25})
    simulation.run(Arrival(number / 50, Priority.BULK) for number in range(1000))
    assert simulation.sent_away == []
    settled = [slot for slot in simulation.slots("category") if 1 <= slot < 19]
    assert abs(len(settled) - 18 * 49.25) <= 1


def test_who_waits_is_served_in_the_order_of_coming() -> None:
    simulation = Simulation({"category": 25.0})
    simulation.run(Arrival(number / 1000, Priority.BULK) for number in range(100))
    came = [grant.arrival.at for grant in sorted(simulation.grants, key=lambda grant: grant.slot)]
    assert came == sorted(came)
    assert simulation.sent_away == []


def test_who_would_wait_too_long_is_sent_away() -> None:
    simulation = Simulation({"category": 5.0})
    simulation.run(Arrival(0.5, Priority.BULK) for _ in range(100))
    patience = LANES[Priority.BULK].patience
    assert max(simulation.waits(Priority.BULK)) <= patience + FIRM_IN_TURN
    assert 5 * patience <= len(simulation.grants) <= 5 * (patience + 1)
    assert len(simulation.sent_away) == 100 - len(simulation.grants)


def test_steady_sign_ins_take_what_they_need_and_bulk_the_rest() -> None:
    """Twenty sign-ins a second and a bulk job without end share 25 a second; no sign-in waits."""
    sign_ins = [Arrival(2 + number / 20, Priority.SIGN_IN) for number in range(200)]
    bulk = [Arrival(number / 40, Priority.BULK) for number in range(480)]
    simulation = Simulation({"category": 25.0})
    simulation.run([*sign_ins, *bulk])
    assert max(simulation.waits(Priority.SIGN_IN)) == 0
    meanwhile = [slot for slot in simulation.slots("category") if 4 <= slot < 12]
    assert abs(len(meanwhile) - 25 * 8) <= 25 * LARGEST_CREDIT
