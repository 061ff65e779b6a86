"""How large each part of a generated fleet is. Pure."""

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

# Everything is dated from here backwards, so that a seed makes the same rows on any day.
EPOCH = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
# So large is the largest tenant of a fleet of a million users, and so many are there of that size.
_LARGEST_SHARE, _LARGEST = 20, 3
# How fast sizes fall from the largest ordinary tenant to the smallest.
_EXPONENT = 0.7
_TENANTS_PER_CELL = 800
_PART_DEDICATED = 0.2


@dataclass(frozen=True, kw_only=True)
class FleetShape:
    """What was asked for.

    Args:
        tenants: how many.
        users: of all tenants together.
        events: in all audit logs together; each tenant and its onboarding come first. So many are the sign-ins, too.
        seed: chooses everything that chance decides.
    """

    tenants: int
    users: int
    events: int
    seed: int

    @property
    def cells(self) -> int:
        """How many accounts and Regions they are spread over."""
        return max(2, self.tenants // _TENANTS_PER_CELL)

    @property
    def dedicated(self) -> int:
        """How many tenants have a pool of their own."""
        return int(self.tenants * _PART_DEDICATED)

    def sizes(self) -> list[int]:
        """Return how many users each tenant has, in the order of tenants; the sum is `users`.

        A few hold a twentieth of all users each; the others follow a power law, down to some dozens.
        """
        largest = min(_LARGEST, self.tenants // 10)
        giants = [self.users // _LARGEST_SHARE] * largest
        ordinary = self.tenants - largest
        weights = [rank**-_EXPONENT for rank in range(1, ordinary + 1)]
        left = self.users - sum(giants) - ordinary
        sizes = giants + [1 + int(left * weight / sum_of) for sum_of in [sum(weights)] for weight in weights]
        sizes[-1] += self.users - sum(sizes)
        self.dice("sizes").shuffle(sizes)
        return sizes

    def dice(self, part: str) -> random.Random:
        """Return the chance of one part of the fleet, so that a change in one moves no other."""
        return random.Random(f"{self.seed}:{part}")  # noqa: S311  # Made-up rows need no secrecy, but repetition.


def ids(dice: random.Random) -> Iterator[uuid.UUID]:
    """Yield random UUIDs (version 4) for ever."""
    while True:
        yield uuid.UUID(int=dice.getrandbits(128), version=4)


def split(total: int, weights: list[int], at_least: int) -> list[int]:
    """Return `total` divided by weights, where each part has at least so much; the first gets what is left over."""
    spare, whole = total - at_least * len(weights), sum(weights)
    parts = [at_least + max(0, spare * weight // whole) for weight in weights]
    parts[0] += max(0, total - sum(parts))
    return parts
