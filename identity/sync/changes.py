"""Comparing what we want with what Cognito has. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]
_PLAIN = frozenset({str, int, float, bool, type(None)})


@dataclass(frozen=True)
class Change:
    """One setting that differs, by its path in Cognito's own names, such as `Policies.PasswordPolicy.MinimumLength`."""

    field: str
    before: Any
    after: Any

    def __str__(self) -> str:
        return f"{self.field}: {_shown(self.before)} → {_shown(self.after)}"


_NONE: frozenset[str] = frozenset()


def differences(
    wanted: Document, live: Document, *, unordered: frozenset[str] = _NONE, whole: frozenset[str] = _NONE
) -> list[Change]:
    """Return what must change in `live` to have everything that `wanted` names.

    What `wanted` does not name is Cognito's own, or somebody else's, and is left out of the comparison. An absent
    setting, `None`, `False` and an empty list or map are the same, because Cognito's answers leave such settings out.

    Args:
        wanted: settings by Cognito's names; structures may be nested.
        live: the same of a Describe answer.
        unordered: names whose lists are sets, so that their order means nothing. They come out sorted, so that nobody
            who compares them later has to know.
        whole: names whose structures are one setting each, and are not taken apart.
    """
    return sorted(_walk(wanted, live, unordered, whole, prefix=""), key=lambda change: change.field)


def flatten(
    document: Document, *, unordered: frozenset[str] = _NONE, whole: frozenset[str] = _NONE, prefix: str = ""
) -> dict[str, Any]:
    """Return each setting of a document by its path: the paths that `differences` speaks of. Values are JSON's.

    Args:
        document: settings by Cognito's names; structures may be nested.
        unordered: as for `differences`.
        whole: likewise.
        prefix: what the paths begin with.
    """
    flat: dict[str, Any] = {}
    for name, value in document.items():
        if isinstance(value, Mapping) and value and name not in whole:
            flat |= flatten(value, unordered=unordered, whole=whole, prefix=f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = as_json(_arranged(value, as_set=name in unordered))
    return flat


def nest(changes: Sequence[Change]) -> dict[str, Any]:
    """Return what changes lead to as a document: the inverse of taking it apart into paths."""
    document: dict[str, Any] = {}
    for change in changes:
        *path, last = change.field.split(".")
        place = document
        for name in path:
            place = place.setdefault(name, {})
        place[last] = change.after
    return document


def as_json(value: Any) -> Any:
    """Return a value as a JSON column gives it back: tuples become lists, dates become texts."""
    # A list of tenants compares some thousands of settings; most are already what JSON would make of them.
    return value if type(value) in _PLAIN else json.loads(json.dumps(value, default=str))


def same(one: Any, other: Any) -> bool:
    """Say whether two values of a setting mean the same; see `differences` for what is left out of answers."""
    return bool(_normal(as_json(one)) == _normal(as_json(other)))


def _walk(
    wanted: Document, live: Document, unordered: frozenset[str], whole: frozenset[str], *, prefix: str
) -> Iterator[Change]:
    for name, after in wanted.items():
        before = live.get(name)
        if isinstance(after, Mapping) and after and name not in whole:
            inner = before if isinstance(before, Mapping) else {}
            yield from _walk(after, inner, unordered, whole, prefix=f"{prefix}{name}.")
            continue
        goal, found = (_arranged(value, as_set=name in unordered) for value in (after, before))
        if _normal(goal) != _normal(found):
            yield Change(f"{prefix}{name}", found, goal)


def _arranged(value: Any, *, as_set: bool) -> Any:
    return sorted(value) if as_set and isinstance(value, list | tuple) else value


def _normal(value: Any) -> Any:
    return None if value is None or value is False or value in ("", [], (), {}) else value


def _shown(value: Any) -> str:
    if value is None or value in ([], {}, ""):
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return str(value)
