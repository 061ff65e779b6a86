"""Changes that are asked about before they are made, because of what they do."""

import hashlib
from collections.abc import Sequence
from typing import Protocol

from identity.services.pool_settings import NotConfirmed
from tenants.http import Request


class Change(Protocol):
    """A service with its arguments but one."""

    def __call__(self, *, confirmed: bool) -> object:
        """Carry it out; see `NotConfirmed`."""


def make_change(request: Request, change: Change) -> None:
    """Make a change; one with consequences only if the box beside them was ticked (components/consequences.html).

    Raises:
        NotConfirmed: it was not, or other consequences were beside it: another change is asked about again.
    """
    try:
        change(confirmed=False)
    except NotConfirmed as error:
        if request.POST.get("confirm") != fingerprint(error.told):
            raise
        change(confirmed=True)


def fingerprint(told: Sequence[str]) -> str:
    """Return what the box stands for: the sentences beside it."""
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:16]
