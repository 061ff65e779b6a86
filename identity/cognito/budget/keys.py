"""The names and lifetimes of what the budget keeps in Redis. Nothing in there is secret, and all of it expires."""

BUCKET = "lifeguard:budget:"
USAGE = "lifeguard:usage:"
# A category's bucket is kept over quiet hours, so that what it learned is not forgotten at night.
CATEGORY_KEPT_SECONDS = 24 * 3600
# A pool's bucket has long been worked off by then, and there may be very many pools.
NARROW_KEPT_SECONDS = 120
# An hour is shown; minutes are kept a little longer, so that none goes away while it is looked at.
USAGE_KEPT_SECONDS = 2 * 3600


def usage_prefix(place: str) -> str:
    """Return what the keys of a place (`CellEndpoint.place`) begin with; the minute, counted since 1970, follows."""
    return f"{USAGE}{{{place}}}:"
