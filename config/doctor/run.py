"""All checks in their order, and the report of what they found."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence

from config.doctor import cells, database, directories, installation, leaked_passwords, redis_server, workers
from config.doctor.finding import Finding, Level, failed, warning

Check = Callable[[], Iterable[Finding]]
_ALONE: Sequence[Check] = (
    installation.check_sites,
    database.check_database,
    redis_server.check_redis,
    installation.check_keys_work,
    installation.check_mail,
    leaked_passwords.check_leaked_passwords,
)
_ON_TABLES: Sequence[Check] = (
    installation.check_keys_in_use,
    workers.check_workers,
    cells.check_cells,
    directories.check_directories,
)
_SYMBOLS = {Level.OK: "ok", Level.WARNING: "WARNING", Level.FAILED: "FAILED"}


def findings() -> Iterator[Finding]:
    """Carry out all checks; those that read tables only where there are any."""
    for check in _ALONE:
        yield from _carry_out(check)
    if database.answers():
        for check in _ON_TABLES:
            yield from _carry_out(check)
    else:
        yield warning(
            "the rest",
            "Not checked: stored keys, workers, beat and cells are known to the database alone.",
            "Mend it first.",
        )


def _carry_out(check: Check) -> Iterator[Finding]:
    try:
        yield from check()
    except Exception as error:  # noqa: BLE001  # One broken check must not hide what the others find.
        name = check.__name__.removeprefix("check_").replace("_", " ")
        yield failed(
            name,
            f"The check itself failed: {type(error).__name__}: {error}",
            "Report this; it is a fault of Lifeguard's.",
        )


def is_well(found: Sequence[Finding]) -> bool:
    """Say whether nothing failed; warnings do not count."""
    return all(each.level is not Level.FAILED for each in found)


def as_json(found: Sequence[Finding]) -> str:
    """Return the report for machines."""
    rows = [
        {"check": each.check, "level": each.level.value, "message": each.message, "remedy": each.remedy}
        for each in found
    ]
    return json.dumps({"ok": is_well(found), "checks": rows}, indent=2)


def as_table(found: Sequence[Finding]) -> str:
    """Return the report for people."""
    width = max(len(each.check) for each in found)
    lines: list[str] = []
    for each in found:
        lines.append(f"{_SYMBOLS[each.level]:8} {each.check:{width}}  {each.message}")
        if each.remedy:
            lines.append(f"{'':8} {'':{width}}  → {each.remedy}")
    counts = {level: sum(each.level is level for each in found) for level in Level}
    lines.append("")
    lines.append(f"{counts[Level.OK]} ok, {counts[Level.WARNING]} to know, {counts[Level.FAILED]} failed.")
    return "\n".join(lines)
