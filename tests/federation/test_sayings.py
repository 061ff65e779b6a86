"""docs/sso-metadata.md has everything that can be said, in the words in which it is said."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from federation.fetching.sayings import FAILED, REFUSED
from federation.metadata.findings import SAYINGS as METADATA
from federation.oidc_discovery.sayings import SAYINGS as DISCOVERY
from federation.sayings import Saying

PAGE = Path(__file__).resolve().parents[2] / "docs" / "sso-metadata.md"


def rows(sayings: Mapping[str, Saying]) -> list[str]:
    return [f"| `{code}` | {saying.kind} | {saying.message} |" for code, saying in sayings.items()]


TABLES = {
    "Metadata": rows(METADATA),
    "Fetching": [
        *(f"| `{code}` | refused | {message} |" for code, (message, _) in REFUSED.items()),
        *(f"| `{code}` | failed | {message} |" for code, (message, _) in FAILED.items()),
    ],
    "Discovery": rows(DISCOVERY),
}


@pytest.mark.parametrize("title", TABLES)
def test_the_page_has_the_table_as_it_is(title: str) -> None:
    section = PAGE.read_text().partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    assert [line for line in section.splitlines() if line.startswith("| `")] == TABLES[title]


def texts() -> Iterator[tuple[str, str]]:
    for sayings in (METADATA, DISCOVERY):
        yield from ((code, f"{saying.message} {saying.remedy}") for code, saying in sayings.items())
    yield from ((code, f"{message} {remedy}") for code, (message, remedy) in (REFUSED | FAILED).items())


@pytest.mark.parametrize(("code", "text"), list(texts()))
def test_each_saying_is_whole_sentences(code: str, text: str) -> None:
    """And names the product nowhere, which an installation may call something else."""
    assert re.fullmatch(r"[A-Z“].*[.):}”]", text), code
    assert "Lifeguard" not in text
    assert "  " not in text
