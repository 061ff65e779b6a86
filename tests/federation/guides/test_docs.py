"""The page about the guides lists each of them, with the day on which its facts were checked."""

import re
from pathlib import Path

from federation.guides import all_guides

PAGE = Path(__file__).parents[3] / "docs" / "sso-guides.md"
LINE = re.compile(
    r"^\| `(?P<slug>[a-z0-9-]+)` \| (?P<name>[^|]+) \| (?P<variant>[^|]+) \| (?P<day>\d{4}-\d\d-\d\d) \|",
    re.MULTILINE,
)


def test_the_table_has_every_guide_in_the_order_of_the_chooser() -> None:
    listed = [line.group("slug", "name", "variant", "day") for line in LINE.finditer(PAGE.read_text(encoding="utf-8"))]

    assert listed == [(one.slug, one.name, one.variant, one.checked.isoformat()) for one in all_guides()]
