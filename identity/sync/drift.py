"""What drifted of one resource, and what of that a person has decided already. Pure, over a record's columns."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from identity.models import SyncedResource
from identity.sync.changes import same


class Decided(StrEnum):
    """What a person decided about a drifted setting, and a worker has not carried out yet."""

    OPEN = ""
    RESTORING = "restoring"
    ADOPTING = "adopting"


@dataclass(frozen=True)
class Drifted:
    """One setting that somebody changed in Cognito: three values, and what was decided."""

    path: str
    wanted: Any
    last_applied: Any
    live: Any
    decided: Decided = Decided.OPEN


@dataclass(frozen=True)
class Kept:
    """A live value that a person chose instead of ours, for as long as we want what we wanted then."""

    path: str
    value: Any
    instead_of: Any


def drifted_of(row: SyncedResource) -> list[Drifted]:
    """Return the settings of a resource that stand as somebody else set them."""
    return [
        Drifted(each["field"], each["wanted"], each["last_applied"], each["live"], _decided(each, row))
        for each in row.drift
    ]


def kept_of(row: SyncedResource) -> list[Kept]:
    """Return the live values of a resource that a person chose to keep."""
    return [Kept(path, each["value"], each["instead_of"]) for path, each in sorted(row.adopted.items())]


def is_decided(row: SyncedResource) -> bool:
    """Say whether all that drifted of a resource only waits for a worker to do what was decided."""
    return bool(row.drift) and all(each.decided for each in drifted_of(row))


def fingerprint(drift: Sequence[Drifted], paths: Collection[str] | None = None) -> str:
    """Return what tells whether drift is still as a person saw it.

    Args:
        drift: of one resource.
        paths: of these settings alone; None for all.
    """
    seen = [(each.path, each.live) for each in drift if paths is None or each.path in paths]
    return hashlib.sha256(json.dumps(sorted(seen, key=str), sort_keys=True).encode()).hexdigest()[:16]


def _decided(drifted: Mapping[str, Any], row: SyncedResource) -> Decided:
    path = drifted["field"]
    if path in row.restore:
        return Decided.RESTORING
    choice = row.adopted.get(path)
    return Decided.ADOPTING if choice is not None and same(choice["value"], drifted["live"]) else Decided.OPEN
