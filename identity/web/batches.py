"""Taking a long list apart, so that what belongs to its rows is read for many of them at once.

An export then takes a fixed number of queries for each part, however long it is: their number grows by the part, and
never by the row (`identity/sync/labels.py`).
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")


def batched(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Return the items in lists of at most `size`, in their order."""
    iterator = iter(items)
    while some := list(islice(iterator, size)):
        yield some
