"""The figures as a table, and what misses its limit. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

LIMIT_MS = 100.0
# An export is sent row by row, however long it is; its memory may not follow its length.
GROWTH_KIB = 16 * 1024
_HEAD = (
    f"{'page':40} {'n':>4} {'queries':>9} {'small':>7} {'p50':>7} {'p95':>7} {'max':>7} {'SQL p95':>8} {'CPU p95':>8} "
    f"{'DB CPU':>7} {'KiB':>6} {'memory MiB':>11}"
)


@dataclass(frozen=True)
class Row:
    """One page in the large fleet and, if it was asked there too, in the small one; as `asking.Measured`."""

    large: dict[str, Any]
    small: dict[str, Any] | None

    @property
    def name(self) -> str:
        """Who asks for what."""
        return f"{self.large['place']}: {self.large['page']}"


def table(rows: Sequence[Row]) -> str:
    """Return the figures, one line a page; times in milliseconds, of an export until its last byte."""
    return "\n".join([_HEAD, *map(_line, rows)])


def failures(rows: Sequence[Row]) -> list[str]:
    """Return what misses a limit: time, the number of queries of the small fleet, or memory that grows."""
    found = []
    for row in rows:
        large = row.large
        if not large["streams"] and large["p95"] > LIMIT_MS:
            found.append(f"SLOW     {row.name}: p95 {large['p95']:.0f} ms; the worst was {large['worst_url']}")
        if row.small is not None and large["queries_most"] > row.small["queries_most"]:
            few = row.small["queries_most"]
            found.append(f"QUERIES  {row.name}: {large['queries_most']}, and {few} in a small fleet")
        if large["resident_after"] - large["resident_before"] > GROWTH_KIB:
            found.append(f"MEMORY   {row.name}: {large['resident_before']} KiB before, {large['resident_after']} after")
    return found


def _line(row: Row) -> str:
    large = row.large
    queries = _range(large)
    memory = f"{large['resident_before'] // 1024} → {large['resident_after'] // 1024}"
    small = _range(row.small) if row.small is not None else "–"
    return (
        f"{row.name:40} {large['requests']:4} {queries:>9} {small:>7} {large['p50']:7.1f} {large['p95']:7.1f} "
        f"{large['worst']:7.1f} {large['sql_p95']:8.1f} {large['cpu_p95']:8.1f} {large['database_cpu']:7.1f} "
        f"{large['kilobytes']:6} {memory:>11}"
    )


def _range(measured: dict[str, Any]) -> str:
    least, most = measured["queries_least"], measured["queries_most"]
    return str(most) if least == most else f"{least}–{most}"
