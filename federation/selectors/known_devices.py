"""The browsers that are known as somebody's."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from federation.devices import Device, shown_network
from federation.services.known_devices import trusted_devices
from federation.services.remembered_browsers import remembered_until
from federation.tokens import hash_token
from identity.models import DirectoryUser

# Whoever lets their browser forget everything is known by a new one at each sign-in.
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class KnownBrowser:
    """One browser as its owner sees it.

    Args:
        id: the row's.
        device: browser and system.
        network: of the last sign-in; empty where that was not known.
        first_seen_at: when they first signed in with it.
        last_seen_at: when they last did.
        is_this: whether it is the one in which the list is shown.
        remembered_until: until when no second factor is asked for there; None where one is.
    """

    id: uuid.UUID
    device: Device
    network: str
    first_seen_at: datetime
    last_seen_at: datetime
    is_this: bool
    remembered_until: datetime | None


def known_browsers(user: DirectoryUser, token: str) -> tuple[list[KnownBrowser], int]:
    """Return a user's known browsers that were used last, this one first, and how many more there are.

    Args:
        user: whose.
        token: by which the browser that asks is known; empty for none.
    """
    rows = trusted_devices().filter(tenant=user.tenant_id, user=user).order_by("-last_seen_at")
    here = hash_token(token) if token else ""
    remembered = remembered_until(user)
    found = [
        KnownBrowser(
            id=row.pk,
            device=row.device,
            network=shown_network(row.network) if row.network else "",
            first_seen_at=row.first_seen_at,
            last_seen_at=row.last_seen_at,
            is_this=row.token_hash == here,
            remembered_until=remembered.get(row.pk),
        )
        for row in rows[:_SHOWN]
    ]
    found.sort(key=lambda each: not each.is_this)
    return found, max(rows.count() - len(found), 0) if len(found) == _SHOWN else 0
