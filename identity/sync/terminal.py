"""Plans and states as a terminal shows them, and as programs read them. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from identity.models import ResourceState, StepAction
from identity.sync.activity import ActivityRow
from identity.sync.changes import Change, as_json
from identity.sync.dry_run import Shown
from identity.sync.planning import Planned
from tenants.models import SyncKind

# As terraform marks them, with a word for each.
_MARKS: Mapping[StepAction, str] = {
    StepAction.CREATE: "+",
    StepAction.UPDATE: "~",
    StepAction.ADOPT: "~",
    StepAction.DELETE: "-",
    StepAction.REPORT: "!",
    StepAction.UNKNOWN: "?",
    StepAction.NOTHING: " ",
}
_COUNTED = (StepAction.CREATE, StepAction.UPDATE, StepAction.ADOPT, StepAction.DELETE, StepAction.REPORT)


@dataclass(frozen=True)
class Seen:
    """What a reconcile of one key would do; `name` says what the key is of."""

    kind: SyncKind
    key: str
    name: str
    shown: Shown


def plan_lines(seen: Seen) -> Iterator[str]:
    """Return a plan for people: a line for each resource, and one for each setting that changes."""
    yield f"{seen.kind.label} {seen.name}"
    for planned in seen.shown.steps:
        yield f"  {_MARKS[planned.action]} {planned.step.label}: {planned.action.label.lower()}"
        for change in planned.changes:
            yield f"      {_change_line(planned, change)}"
    failure = seen.shown.failure
    if failure is not None:
        yield f"  error: {failure.message}"
        if failure.remedy:
            yield f"  what to do: {failure.remedy}"


def total_line(all_seen: Sequence[Seen]) -> str:
    """Return what all plans do together."""
    actions = [planned.action for seen in all_seen for planned in seen.shown.steps]
    counts = [f"{actions.count(action)} to {action.value}" for action in _COUNTED if action in actions]
    return f"Plan: {', '.join(counts)}." if counts else "Nothing to do."


def plan_document(seen: Seen) -> dict[str, Any]:
    """Return a plan for programs."""
    failure = seen.shown.failure
    return {
        "kind": seen.kind.value,
        "key": seen.key,
        "name": seen.name,
        "empty": seen.shown.is_empty,
        "steps": [_step_document(planned) for planned in seen.shown.steps],
        "error": {"code": failure.code, "message": failure.message, "remedy": failure.remedy} if failure else None,
    }


def state_line(row: ActivityRow) -> str:
    """Return how one key stands, for people."""
    line = f"{row.updated_at:%Y-%m-%d %H:%M:%S} {row.state.label:8} {row.kind} {row.label}"
    return " ".join(filter(None, (line, row.last_error, row.remedy)))


def state_document(row: ActivityRow) -> dict[str, Any]:
    """Return how one key stands, for programs."""
    return {
        "kind": row.sync_kind.value,
        "key": str(row.key),
        "name": row.label,
        "state": row.state.value,
        "attempts": row.attempts,
        "error": row.last_error,
        "remedy": row.remedy,
        "next_attempt_at": row.next_attempt_at.isoformat() if row.next_attempt_at else None,
        "updated_at": row.updated_at.isoformat(),
    }


def is_in_trouble(rows: Sequence[ActivityRow]) -> bool:
    """Say whether something waits for a person, or fails."""
    return any(row.state in (ResourceState.BLOCKED, ResourceState.FAILING) for row in rows)


def _step_document(planned: Planned) -> dict[str, Any]:
    return {
        "family": planned.step.family.family.value,
        "name": planned.step.name,
        "action": planned.action.value,
        "changes": [
            {"field": change.field, "before": as_json(change.before), "after": as_json(change.after)}
            for change in planned.changes
        ],
    }


def _change_line(planned: Planned, change: Change) -> str:
    if planned.action is StepAction.CREATE:
        return f"{change.field}: {as_json(change.after)}"
    return str(change)
