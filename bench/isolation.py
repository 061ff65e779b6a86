"""How long answers take about what a neighbour in the pool has, against what nobody has: the pairs must not differ.

Two tenants share a pool, and each has one of everything (`tests.isolation.neighbours`). For each pair the two requests
are sent in turns, in an order that is drawn anew each time, so that whatever else the machine does meets both alike.
Printed are the medians of both, their difference, and between which values it lies in 95 of 100 draws of the same
measurements (bootstrap). The first pair asks twice for the same: what is seen there is the machine's own noise.

That both sides of a pair ask the same of the database is a test's matter (`tests/isolation`); this is run by hand.

    .venv/bin/python -m bench.isolation [--rounds 2000]
"""

import argparse
import random
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any

from bench.stack import say_command, servers

_DRAWS = 400
_MICROSECONDS = 1e6


@dataclass(frozen=True)
class Pair:
    """Two requests that must take the same time."""

    name: str
    foreign: Callable[[], Any]
    nobodys: Callable[[], Any]


@dataclass(frozen=True)
class Measured:
    """What both sides of a pair took, in microseconds."""

    foreign: list[float]
    nobodys: list[float]

    @property
    def difference(self) -> float:
        """Of the medians."""
        return median(self.foreign) - median(self.nobodys)

    def interval(self) -> tuple[float, float]:
        """Between which values the difference lies in 95 of 100 draws."""
        draws = sorted(_median_of_draw(self.foreign) - _median_of_draw(self.nobodys) for _ in range(_DRAWS))
        return draws[_DRAWS // 40], draws[-_DRAWS // 40]


def _median_of_draw(values: list[float]) -> float:
    """The median of as many values, drawn from them with replacement (the bootstrap)."""
    return median(random.choices(values, k=len(values)))  # noqa: S311  # Statistics; nothing secret is drawn.


def main() -> int:
    """Measure all pairs and print the table; the exit code is 1 where a pair differs by more than the noise."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2000, help="requests for each side of a pair")
    rounds = parser.parse_args().rounds
    say_command()
    with servers():
        # Models can be imported once Django is set up.
        from django.test.utils import override_settings, setup_test_environment

        from bench.isolation_pairs import dashboard_pairs, signin_pairs

        setup_test_environment()
        random.seed(uuid.uuid4().int)
        rows = {pair.name: measure(pair, rounds) for pair in dashboard_pairs()}
        with override_settings(ROOT_URLCONF="config.urls.signin"):
            rows |= {pair.name: measure(pair, rounds) for pair in signin_pairs()}
    noise = max(abs(edge) for edge in next(iter(rows.values())).interval())
    told = [name for name, measured in rows.items() if _differs(measured, noise)]
    print("\n".join(_table(rows)))
    print(f"told apart beyond the noise of {noise:.0f} µs: {', '.join(told) or 'none'}")
    return 1 if told else 0


def measure(pair: Pair, rounds: int) -> Measured:
    """Send both requests in turns; the first ones of both, which fill caches, do not count."""
    taken: dict[bool, list[float]] = {True: [], False: []}
    for _ in range(rounds + rounds // 10):
        for foreign in random.sample((True, False), k=2):
            send = pair.foreign if foreign else pair.nobodys
            began = time.perf_counter()
            send()
            taken[foreign].append((time.perf_counter() - began) * _MICROSECONDS)
    return Measured(taken[True][-rounds:], taken[False][-rounds:])


def _differs(measured: Measured, noise: float) -> bool:
    low, high = measured.interval()
    return (low > 0 or high < 0) and abs(measured.difference) > noise


def _table(rows: dict[str, Measured]) -> Iterator[str]:
    yield f"{'pair':44} {'neighbour':>12} {'nobody':>12} {'difference':>12} {'95 of 100 draws':>24}"
    for name, measured in rows.items():
        low, high = measured.interval()
        both = f"{median(measured.foreign):9.0f} µs {median(measured.nobodys):9.0f} µs"
        yield f"{name:44} {both} {measured.difference:9.1f} µs {low:10.1f} … {high:.1f} µs"


if __name__ == "__main__":
    sys.exit(main())
