"""Faults that tests order: hold, throttle, break. They live in memory and act on Cognito operations only."""

import asyncio
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

KINDS = ("hold_before", "hold_after", "throttle", "error_500", "drop_after")
BEFORE = ("hold_before", "throttle", "error_500")
AFTER = ("hold_after", "drop_after")

# Long enough for the event loop to notice that a caller who died before the release is gone.
_DISCONNECT_GRACE_SECONDS = 0.05


@dataclass
class Fault:
    """One order: the next `remaining` calls that match suffer `kind`."""

    id: int
    operation: str
    pool_id: str | None
    kind: str
    remaining: int
    parked: int = 0
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def shown(self) -> dict[str, Any]:
        """As GET /_local/faults shows it."""
        names = ("id", "operation", "pool_id", "kind", "remaining", "parked")
        return {name: getattr(self, name) for name in names}


class Faults:
    """The orders in force."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._ids = itertools.count(1)

    def add(self, operation: str, pool_id: str | None, kind: str, times: int) -> Fault:
        """Order a fault; `kind` is one of KINDS, `times` positive."""
        if kind not in KINDS or times < 1:
            raise ValueError(f"kind must be one of {', '.join(KINDS)} and times at least 1")
        fault = Fault(next(self._ids), operation, pool_id, kind, times)
        self._faults.append(fault)
        return fault

    def take(self, kinds: Iterable[str], operation: str, pool_id: str | None) -> Fault | None:
        """The first order that this call meets, counted down."""
        for fault in self._faults:
            fits = fault.operation == operation and fault.pool_id in (None, pool_id)
            if fits and fault.kind in kinds and fault.remaining > 0:
                fault.remaining -= 1
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
