"""Comparing what we want with what Cognito has. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """One setting that differs, by its path in Cognito's own names, such as `Policies.PasswordPolicy.MinimumLength`."""

    field: str
    before: Any
    after: Any

    def __str__(self) -> str:
        return f"{self.field}: {_shown(self.before)} → {_shown(self.after)}"


def differences(wanted: Document, live: Document, *, unordered: frozenset[str] = frozenset()) -> list[Change]:
    """Return what must change in `live` to have everything that `wanted` names.

    What `wanted` does not name is Cognito's own, or somebody else's, and is left out of the comparison. An absent
    setting, `None`, `False` and an empty list or map are the same, because Cognito's answers leave such settings out.

    Args:
        wanted: settings by Cognito's names; structures may be nested.
        live: the same of a Describe answer.
        unordered: names whose lists are sets, so that their order means nothing.
    """
    return sorted(_walk(wanted, live, unordered, prefix=""), key=lambda change: change.field)


def _walk(wanted: Document, live: Document, unordered: frozenset[str], *, prefix: str) -> Iterator[Change]:
    for name, after in wanted.items():
        before = live.get(name)
        if isinstance(after, Mapping) and after:
            inner = before if isinstance(before, Mapping) else {}
            yield from _walk(after, inner, unordered, prefix=f"{prefix}{name}.")
        elif _normal(after, as_set=name in unordered) != _normal(before, as_set=name in unordered):
            yield Change(f"{prefix}{name}", before, after)


def _normal(value: Any, *, as_set: bool) -> Any:
    if value is None or value is False or value in ("", [], (), {}):
        return None
    if as_set and isinstance(value, Sequence):
        return sorted(value)
    return value


def _shown(value: Any) -> str:
    if value is None or value in ([], {}, ""):
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list | tuple):
        return ", ".join(str(item) for item in value)
    return str(value)
