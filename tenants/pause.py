"""Leaving a service alone for a while that did not answer: each question may take seconds to fail."""

import time


class Pause:
    """Until when a service is not asked again. A process has one for each service.

    Args:
        seconds: how long a pause is.
    """

    def __init__(self, seconds: float = 10) -> None:
        self._seconds = seconds
        self._until = 0.0

    @property
    def is_over(self) -> bool:
        """Whether the service may be asked."""
        return time.monotonic() >= self._until

    def begin(self) -> None:
        """Leave it alone for a while."""
        self._until = time.monotonic() + self._seconds
