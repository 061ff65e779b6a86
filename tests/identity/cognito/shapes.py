"""Hypothesis strategies for values of botocore's model shapes."""

from datetime import UTC, datetime
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape
from hypothesis import strategies as st

_LETTERS = st.characters(min_codepoint=48, max_codepoint=122)


def values_of(shape: Shape, *, complete: bool = False) -> st.SearchStrategy[Any]:
    """Values that fit ``shape``; with ``complete`` every member of a structure is there."""
    if isinstance(shape, StructureShape):
        return structures(shape, complete=complete)
    if isinstance(shape, ListShape):
        size = _at_least_one(shape)
        return st.lists(values_of(shape.member, complete=complete), min_size=size, max_size=size + 1)
    if isinstance(shape, MapShape):
        return st.dictionaries(values_of(shape.key), values_of(shape.value, complete=complete), min_size=1, max_size=2)
    if isinstance(shape, StringShape):
        if shape.enum:
            return st.sampled_from(shape.enum)
        size = _at_least_one(shape)
        return st.text(_LETTERS, min_size=size, max_size=size + 4)
    return _scalar(shape)


def structures(shape: StructureShape, *, complete: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """Values of a structure: the required members and any of the others, or all of them."""
    members = {name: values_of(member, complete=complete) for name, member in shape.members.items()}
    required = set(members) if complete else set(shape.required_members)
    return st.fixed_dictionaries(
        {name: strategy for name, strategy in members.items() if name in required},
        optional={name: strategy for name, strategy in members.items() if name not in required},
    )


def _scalar(shape: Shape) -> st.SearchStrategy[Any]:
    if shape.type_name == "boolean":
        return st.booleans()
    if shape.type_name in {"integer", "long"}:
        lowest = shape.metadata.get("min", 0)
        return st.integers(min_value=lowest, max_value=shape.metadata.get("max", lowest + 100))
    if shape.type_name == "timestamp":
        return st.just(datetime(2026, 1, 1, tzinfo=UTC))
    raise NotImplementedError(shape.type_name)


def _at_least_one(shape: Shape) -> int:
    return max(int(shape.metadata.get("min", 1)), 1)
