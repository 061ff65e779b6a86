"""When to look again for what is just being made."""

from datetime import timedelta

LOOK_AGAIN = timedelta(seconds=2)
