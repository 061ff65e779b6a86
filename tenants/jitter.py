"""Times that are a little random, so that those who were due together do not come back together."""

import random
from datetime import timedelta


def jittered(duration: timedelta, *, least: float, most: float) -> timedelta:
    """Return a random part of a duration.

    Args:
        duration: the whole.
        least: the least factor.
        most: the greatest factor; every one between is as likely.
    """
    return duration * random.uniform(least, most)  # noqa: S311  # Nothing secret depends on it.
