"""Waiting for something to become true, so that no test sleeps for a guessed time."""

import time
from collections.abc import Callable
from typing import TypeVar

_Result = TypeVar("_Result")
_POLL_SECONDS = 0.02


def eventually(condition: Callable[[], _Result | None], timeout: float = 60.0) -> _Result:
    """Call `condition` until it gives something true, and return that.

    Args:
        condition: asked again and again. An AssertionError means "not yet", so it may be made of asserts.
        timeout: seconds after which the wait is given up; a bound for a broken program, not a speed to hold.

    Raises:
        AssertionError: the condition's own last one, or one that names the condition and its last answer.
    """
    deadline = time.monotonic() + timeout
    while True:
        try:
            result = condition()
            failure = AssertionError(f"{condition!r} still gives {result!r} after {timeout} s")
            if result:
                return result
        except AssertionError as error:
            failure = error
        if time.monotonic() > deadline:
            raise failure
        time.sleep(_POLL_SECONDS)
