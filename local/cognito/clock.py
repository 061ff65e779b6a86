"""The service's clock, which tests can move forward."""

import time


class Clock:
    """Wall-clock time plus what tests have added.

    Lockouts, challenge sessions, codes and token lifetimes follow this clock. SRP time stamps and TOTP codes do
    not: those are made by clocks that belong to the caller.
    """

    def __init__(self) -> None:
        self._advanced = 0.0

    def now(self) -> float:
        """Seconds since the epoch by the service's clock."""
        return time.time() + self._advanced

    def advance(self, seconds: float) -> float:
        """Move the clock forward by `seconds` (not negative) and return how far it is ahead in all."""
        if seconds < 0:
            raise ValueError("the clock only moves forward")
        self._advanced += seconds
        return self._advanced
