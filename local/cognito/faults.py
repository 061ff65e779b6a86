"""Faults that tests order: hold, throttle, break, hide. They live in memory and act on Cognito operations only."""

import asyncio
import itertools
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from local.cognito.fault_orders import Order
from local.cognito.model import Doc

# Long enough for the event loop to notice that a caller who died before the release is gone.
_DISCONNECT_GRACE_SECONDS = 0.05


@dataclass
class Fault:
    """An order in force.

    Attributes:
        remaining: how many more calls it meets; None where chance decides instead.
        met: how many calls have met it.
        parked: how many requests it holds now.
    """

    id: int
    order: Order
    remaining: int | None
    dice: random.Random
    met: int = 0
    parked: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def strikes(self) -> bool:
        """Whether this matching call meets the fault; counts down, or throws the order's own dice."""
        if self.remaining is None:
            hit = self.dice.random() < float(self.order.probability or 0)
        else:
            hit = self.remaining > 0
            self.remaining -= hit
        self.met += hit
        return hit

    def shown(self) -> dict[str, Any]:
        """As GET /_local/faults shows it."""
        return {
            "id": self.id,
            **self.order.shown(),
            "remaining": self.remaining,
            "met": self.met,
            "parked": self.parked,
        }


class Faults:
    """The orders in force."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._ids = itertools.count(1)

    def add(self, order: Order) -> Fault:
        """Put an order into force, behind those that are."""
        remaining = order.times if order.probability is None else None
        # The same seed always picks the same calls of a sequence: chance here is for repeatable tests, not secrets.
        fault = Fault(next(self._ids), order, remaining, random.Random(order.seed))  # noqa: S311  # Repeatable.
        self._faults.append(fault)
        return fault

    def take(self, kinds: Iterable[str], operation: str, pool_id: str | None, params: Doc) -> Fault | None:
        """The first order of these kinds that strikes this call."""
        for fault in self._faults:
            if fault.order.kind in kinds and fault.order.fits(operation, pool_id, params) and fault.strikes():
                return fault
        return None

    def shown(self) -> dict[str, Any]:
        """All orders, and how many requests are parked now."""
        return {"faults": [fault.shown() for fault in self._faults], "parked": sum(f.parked for f in self._faults)}

    def clear(self) -> None:
        """Forget all orders and release everything parked."""
        for fault in self._faults:
            fault.released.set()
        self._faults = []


async def park(fault: Fault, gone: "asyncio.Task[None]") -> bool:
    """Wait for the release; False where the caller went away first, or at the same moment."""
    fault.parked += 1
    released = asyncio.create_task(fault.released.wait())
    try:
        await asyncio.wait({released, gone}, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.wait({gone}, timeout=_DISCONNECT_GRACE_SECONDS)
        return not gone.done()
    finally:
        released.cancel()
        fault.parked -= 1
