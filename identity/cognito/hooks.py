"""What others attach to every call: the rate budget, observers, and the record of what an endpoint cannot do."""

import threading
from dataclasses import dataclass, field
from typing import Protocol

from identity.cognito.calls import Call, Outcome, Priority
from identity.cognito.categories import Category
from identity.cognito.endpoint import CellEndpoint
from identity.cognito.metrics import PrometheusObserver


class Budget(Protocol):
    """The shared rate budget of a cell."""

    def acquire(
        self,
        endpoint: CellEndpoint,
        category: Category,
        operation: str,
        pool_id: str | None,
        priority: Priority,
        username: str | None = None,
    ) -> None:
        """Return when the call may be made.

        Raises:
            Throttled: when waiting would take too long for this priority; ``retry_after`` says how long.
        """


class Observer(Protocol):
    """Told of every call that was really made."""

    def observe(self, call: Call, outcome: Outcome, seconds: float) -> None:
        """``seconds`` is the wall-clock duration of the call, without the wait for the budget."""


class CapabilityRecorder(Protocol):
    """Remembers which operations an endpoint does not offer, so that they are not tried again."""

    def is_unsupported(self, endpoint: CellEndpoint, operation: str) -> bool:
        """Whether ``operation`` is known to be missing at ``endpoint``."""

    def record_unsupported(self, endpoint: CellEndpoint, operation: str) -> None:
        """Remember that ``operation`` is missing at ``endpoint``."""


class Unlimited:
    """The budget of a process that registered none: every call may go at once."""

    def acquire(
        self,
        endpoint: CellEndpoint,
        category: Category,
        operation: str,
        pool_id: str | None,
        priority: Priority,
        username: str | None = None,
    ) -> None:
        """Never waits."""


class ProcessCapabilities:
    """Remembers missing operations for the life of the process."""

    def __init__(self) -> None:
        self._missing: set[tuple[CellEndpoint, str]] = set()
        self._lock = threading.Lock()

    def is_unsupported(self, endpoint: CellEndpoint, operation: str) -> bool:
        """See ``CapabilityRecorder``."""
        with self._lock:
            return (endpoint, operation) in self._missing

    def record_unsupported(self, endpoint: CellEndpoint, operation: str) -> None:
        """See ``CapabilityRecorder``."""
        with self._lock:
            self._missing.add((endpoint, operation))


@dataclass(slots=True)
class Hooks:
    """The hooks of this process. Set them at start-up (``AppConfig.ready``), before the first call."""

    budget: Budget = field(default_factory=Unlimited)
    capabilities: CapabilityRecorder = field(default_factory=ProcessCapabilities)
    observers: list[Observer] = field(default_factory=lambda: [PrometheusObserver()])


hooks = Hooks()
