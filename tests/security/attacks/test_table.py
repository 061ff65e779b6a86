"""docs/attacks.md: every attack has a line, and every test that a line names is there."""

import ast
from dataclasses import dataclass
from pathlib import Path

from tests.support.stack_plugin import ROOT

_TESTS = ROOT / "tests"
_NOTHING_YET = "–"
# What the issue lists beside RFC 9700 and the CVEs; code injection, mix-up, PKCE, redirects, forged headers, open
# redirects and framing are lines of those.
_OF_THE_ISSUE = (
    "a code used by two at the same instant",
    "state and nonce replayed",
    "session fixation",
    "code or token of another application",
    "code, session or token of another tenant",
    "a step of the sign-in skipped",
    "a step taken to another person, browser or organization",
)


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    source: str
    attack: str
    holds: str
    shown_by: tuple[str, ...]


def rows() -> list[Row]:
    """Return the table."""
    lines = [line for line in (ROOT / "docs/attacks.md").read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [Row(source, attack, holds, tuple(by.split(", "))) for source, attack, holds, by in cells[1:]]


def names_in(path: Path) -> set[str]:
    """Return the names of a file's tests."""
    tree = ast.parse(path.read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_source_has_its_line() -> None:
    sources = {row.source for row in rows()}
    assert {f"RFC 9700 4.{number}" for number in range(1, 18)} <= sources
    assert {f"CVE {number}" for number in range(1, 21)} <= sources
    of_the_issue = [row.attack for row in rows() if row.source == "issue 5"]
    assert [each for each in _OF_THE_ISSUE if not any(attack.startswith(each) for attack in of_the_issue)] == []


def test_every_test_that_is_named_is_there() -> None:
    named = [name for row in rows() for name in row.shown_by]
    assert len(named) > 50
    missing = []
    for name in named:
        if name == _NOTHING_YET:
            continue
        path, _, test = name.partition("::")
        there = names_in(_TESTS / path) if (_TESTS / path).is_file() else set()
        if not (there if test == "*" else {test} & there):
            missing.append(name)
    assert missing == []


def test_nothing_stays_without_a_test_once_it_can_be_attacked() -> None:
    """A line without a test says that the product does not have what is attacked."""
    untested = [row for row in rows() if _NOTHING_YET in row.shown_by]
    assert all("no SCIM" in row.holds for row in untested)
    assert not (ROOT / "identity" / "scim").exists()
