"""Keyset pages: a page is named by the last row before it, so that page 1000 costs as much as page 1."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils.translation import gettext as _

from tenants.errors import ValidationFailed

Row = TypeVar("Row", bound=Model)
_FORWARD, _BACKWARD = "n", "p"


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows, and the cursors of the pages beside them; empty where there is none."""

    rows: list[Row]
    next_cursor: str
    previous_cursor: str


def keyset_page(rows: QuerySet[Row], *, order: Sequence[str], cursor: str, size: int) -> Page[Row]:
    """Return one page.

    Args:
        rows: everything, filtered.
        order: fields or annotations to sort by, a leading `-` for descending; never null, and unique together.
        cursor: from an earlier page; empty for the first one.
        size: rows a page, at most.

    Raises:
        ValidationFailed: the cursor does not come from here, or from another order.
    """
    direction, values = _read(cursor, len(order)) if cursor else (_FORWARD, [])
    backwards = direction == _BACKWARD
    sorted_by = [_reversed(name) for name in order] if backwards else list(order)
    chosen = rows.order_by(*sorted_by)
    try:
        found = list(chosen.filter(_after(sorted_by, values))[: size + 1] if values else chosen[: size + 1])
    except (ValidationError, ValueError, TypeError, OverflowError) as error:
        raise _stale() from error
    more, found = len(found) > size, found[:size]
    if backwards:
        found.reverse()
    has_next = bool(found) and (backwards or more)
    has_previous = bool(found) and (more if backwards else bool(values))
    return Page(
        rows=found,
        next_cursor=_write(_FORWARD, found[-1], order) if has_next else "",
        previous_cursor=_write(_BACKWARD, found[0], order) if has_previous else "",
    )


def _reversed(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _after(order: Sequence[str], values: Sequence[str | int]) -> Q:
    """Rows behind `values`.

    Where all fields have one direction, PostgreSQL compares them as one row, and an index on them begins right there.
    """
    fields = [name.removeprefix("-") for name in order]
    descending = len([name for name in order if name.startswith("-")])
    if descending in (0, len(order)):
        lookup = TupleLessThan if descending else TupleGreaterThan
        return Q(cast(Any, lookup)(Tuple(*map(F, fields)), tuple(values)))
    return _behind(order, values)


def _behind(order: Sequence[str], values: Sequence[str | int]) -> Q:
    """Equal in the first n fields and behind in the next, for some n."""
    condition, equal = Q(), Q()
    for name, value in zip(order, values, strict=True):
        field = name.removeprefix("-")
        condition |= equal & Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal &= Q(**{field: value})
    return condition


def _write(direction: str, row: Model, order: Sequence[str]) -> str:
    values = [_plain(getattr(row, name.removeprefix("-"))) for name in order]
    return base64.urlsafe_b64encode(json.dumps([direction, *values]).encode()).decode().rstrip("=")


def _plain(value: Any) -> str | int:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, int) else str(value)


def _read(cursor: str, fields: int) -> tuple[str, list[str | int]]:
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError) as error:
        raise _stale() from error
    shaped = isinstance(parts, list) and len(parts) == fields + 1 and parts[0] in (_FORWARD, _BACKWARD)
    if not shaped or not all(_is_plain(part) for part in parts):
        raise _stale()
    return parts[0], parts[1:]


def _is_plain(value: object) -> bool:
    # PostgreSQL's text has no NUL.
    return (isinstance(value, str) and "\0" not in value) or (isinstance(value, int) and not isinstance(value, bool))


def _stale() -> ValidationFailed:
    message = _("This link to a page of the list is no longer valid. Start from the first page.")
    return ValidationFailed(message, fields={"cursor": message})
