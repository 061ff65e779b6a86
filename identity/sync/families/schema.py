"""Custom attributes of a pool: they can be added, and never changed or removed again."""

from collections.abc import Mapping, Sequence
from typing import Any

from identity.cognito import pools
from identity.cognito.pool_spec import SchemaAttribute, bound_members
from identity.sync.changes import Change, Document
from identity.sync.errors import Blocked
from identity.sync.family import Site

_PREFIX = "SchemaAttributes.custom:"
_PER_CALL = 25  # AddCustomAttributes in botocore's service model.


def wanted_attributes(attributes: Sequence[SchemaAttribute]) -> dict[str, str]:
    """Return each attribute by its path, in words. Pure."""
    return {f"{_PREFIX}{each.name}": _words(each) for each in attributes}


def attribute_changes(attributes: Sequence[SchemaAttribute], document: Document) -> list[Change]:
    """Return which attributes a described pool lacks, or has otherwise. Pure."""
    schema = {each["Name"]: each for each in document.get("SchemaAttributes", [])}
    pairs = [(each, _live_words(each, schema.get(f"custom:{each.name}"))) for each in attributes]
    return [Change(f"{_PREFIX}{each.name}", live, _words(each)) for each, live in pairs if live != _words(each)]


def is_attribute(change: Change) -> bool:
    """Say whether a change is about an attribute of the schema. Pure."""
    return change.field.startswith(_PREFIX)


def refuse_conflicts(changes: Sequence[Change]) -> None:
    """Refuse attributes that are there and are something else.

    Raises:
        Blocked: nothing can make them what is wanted.
    """
    conflicts = [change for change in changes if is_attribute(change) and change.before is not None]
    if conflicts:
        shown = "; ".join(
            f"custom:{change.field.removeprefix(_PREFIX)} is {change.before}, not {change.after}"
            for change in conflicts
        )
        raise Blocked(
            "AttributeConflict",
            f"The pool has an attribute of the name already, and Cognito cannot change it: {shown}.",
            remedy="In the pool's settings, describe the attribute as it is, or take it out and use another name.",
        )


def add_attributes(site: Site, attributes: Sequence[SchemaAttribute], changes: Sequence[Change]) -> None:
    """Add the attributes that `changes` name, asking for the right to write before each call."""
    by_path = {f"{_PREFIX}{each.name}": each for each in attributes}
    missing = [by_path[change.field] for change in changes if is_attribute(change)]
    for start in range(0, len(missing), _PER_CALL):
        site.guard.before_write()
        pools.add_attributes(site.pool_ref, missing[start : start + _PER_CALL], priority=site.priority)


def _words(attribute: SchemaAttribute) -> str:
    bounds = ""
    if attribute.minimum is not None:
        bounds += f", at least {attribute.minimum}"
    if attribute.maximum is not None:
        bounds += f", at most {attribute.maximum}"
    return f"{attribute.type}, {'changeable' if attribute.mutable else 'fixed once set'}{bounds}"


def _live_words(wanted: SchemaAttribute, live: Mapping[str, Any] | None) -> str | None:
    """What is there, with the bounds that are wanted: Cognito shows defaults for bounds that nobody set."""
    if live is None:
        return None
    same_type = live["AttributeDataType"] == wanted.type
    members = bound_members(wanted) if same_type else None
    bounds = live.get(members[0], {}) if members else {}
    least, greatest = (bounds.get(members[1]), bounds.get(members[2])) if members else (None, None)
    return _words(
        SchemaAttribute(
            wanted.name,
            live["AttributeDataType"],
            bool(live.get("Mutable", True)),
            int(least) if least is not None and wanted.minimum is not None else None,
            int(greatest) if greatest is not None and wanted.maximum is not None else None,
        )
    )
