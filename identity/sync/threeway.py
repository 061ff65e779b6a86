"""Deciding what to do about each setting that differs, from what we want, what we last applied, and what is live. Pure.

Where our wish is still what we last applied, somebody else changed the setting: that is drift. Where our wish is
another, it is our own change that waits to be written; unless the wish was made for more than this resource, by
somebody who did not look at what was set here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from identity.sync.changes import Change, as_json, same
from tenants.models import DriftMode

# A resource that was there and is gone drifts as a whole, under this name.
WHOLE = "resource"
# Stands for a value that was sent and of which it is not known whether it was taken; equals none that anybody wants.
BEING_WRITTEN = {"being": "written"}


@dataclass(frozen=True)
class DriftedField:
    """A setting that somebody changed in Cognito and that stands: what we want, last applied, and found."""

    field: str
    wanted: Any
    last_applied: Any
    live: Any

    def as_row(self) -> dict[str, Any]:
        """Return it for the record's JSON column."""
        return {
            "field": self.field,
            "wanted": as_json(self.wanted),
            "last_applied": as_json(self.last_applied),
            "live": as_json(self.live),
        }


@dataclass(frozen=True)
class Standing:
    """What was decided about a resource before: its record's columns of these names."""

    last_applied: Mapping[str, Any] = field(default_factory=dict)
    adopted: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    restore: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Decision:
    """What to write, which of that undoes somebody else's change, and what stands although it differs."""

    write: tuple[Change, ...] = ()
    repairs: tuple[Change, ...] = ()
    drift: tuple[DriftedField, ...] = ()
    # Paths for which a person chose the value that was live, instead of ours.
    kept: frozenset[str] = frozenset()

    @property
    def stands(self) -> frozenset[str]:
        """The paths that may still differ once everything is written."""
        return self.kept | {drifted.field for drifted in self.drift}


def decide(
    changes: Sequence[Change],
    wanted: Mapping[str, Any],
    standing: Standing,
    *,
    mode: DriftMode,
    ours: frozenset[str] = frozenset(),
    inherited: frozenset[str] = frozenset(),
) -> Decision:
    """Decide about each setting that differs.

    Args:
        changes: from what is live to what we want.
        wanted: all that we want, by path.
        standing: what was decided before.
        mode: REPORT or REPAIR.
        ours: paths that say only that Lifeguard does not know the resource yet; they are always written.
        inherited: paths whose wish was made for more than this resource, a default say. A value of somebody else's is
            drift there also where our wish changed, so that no default takes it away without a word.
    """
    write: list[Change] = []
    repairs: list[Change] = []
    drift: list[DriftedField] = []
    kept: set[str] = set()
    for change in changes:
        if change.field in ours:
            write.append(change)
            continue
        choice = _choice(change.field, wanted, standing)
        goal = change if choice is None else Change(change.field, change.before, choice["value"])
        if choice is not None:
            kept.add(change.field)
        if choice is not None and same(choice["value"], change.before):
            continue
        if not _is_drift(change, standing, inherited=change.field in inherited):
            write.append(goal)
        elif mode is DriftMode.REPAIR or change.field in standing.restore:
            write.append(goal)
            repairs.append(goal)
        else:
            last = standing.last_applied.get(change.field)
            drift.append(DriftedField(change.field, goal.after, last, change.before))
    return Decision(tuple(write), tuple(repairs), tuple(drift), frozenset(kept))


def _choice(path: str, wanted: Mapping[str, Any], standing: Standing) -> Mapping[str, Any] | None:
    """What a person chose to keep, as long as we want what we wanted then."""
    choice = standing.adopted.get(path)
    return choice if choice is not None and same(choice["instead_of"], wanted.get(path)) else None


def _is_drift(change: Change, standing: Standing, *, inherited: bool) -> bool:
    if change.field not in standing.last_applied:
        return False
    last = standing.last_applied[change.field]
    return same(last, change.after) or (inherited and last != BEING_WRITTEN and not same(last, change.before))


def missing(standing: Standing, *, mode: DriftMode) -> Decision:
    """Decide about a resource that is not there: new, or deleted by somebody else."""
    if not standing.last_applied:
        return Decision()
    if mode is DriftMode.REPAIR or WHOLE in standing.restore:
        return Decision(repairs=(Change(WHOLE, "deleted outside Lifeguard", "created again"),))
    return Decision(drift=(DriftedField(WHOLE, "present", "present", "deleted"),))
