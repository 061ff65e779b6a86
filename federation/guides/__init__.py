"""Guides: how the administrator of an IdP sets up single sign-on with us, one TOML file for each in ``data/``.

Adding a guide is adding a file; the format is described in ``docs/sso-guides.md``.
"""

from functools import cache
from pathlib import Path

from federation.guides.marks import to_html
from federation.guides.parts import (
    AttributeHint,
    Copy,
    GroupsHint,
    GroupValues,
    Guide,
    GuideProtocol,
    MetadataBy,
    Mistake,
    NameIdHint,
    OurValue,
    Paste,
    Step,
    Switch,
    SwitchHint,
    Target,
    TheirValue,
)
from federation.guides.reading import read
from federation.guides.table import GuideError
from tenants.errors import NotFound

__all__ = [
    "AttributeHint",
    "Copy",
    "GroupValues",
    "GroupsHint",
    "Guide",
    "GuideError",
    "GuideProtocol",
    "MetadataBy",
    "Mistake",
    "NameIdHint",
    "OurValue",
    "Paste",
    "Step",
    "Switch",
    "SwitchHint",
    "Target",
    "TheirValue",
    "UnknownGuide",
    "all_guides",
    "guide",
    "known_guide",
    "read",
    "to_html",
]

DATA = Path(__file__).parent / "data"


class UnknownGuide(NotFound):
    """No guide has this slug."""


@cache
def all_guides() -> tuple[Guide, ...]:
    """Every guide, in the order of the chooser.

    Raises:
        GuideError: a file breaks the format. The tests read every file, so this is a fault of the installation.
    """
    guides = [read(file.stem, file.read_text(encoding="utf-8")) for file in sorted(DATA.glob("*.toml"))]
    return tuple(sorted(guides, key=lambda guide: (guide.order, guide.slug)))


def guide(slug: str) -> Guide:
    """The guide of this slug.

    Raises:
        UnknownGuide: there is none.
    """
    found = known_guide(slug)
    if found is None:
        raise UnknownGuide(f"There is no guide called {slug!r}.")
    return found


def known_guide(slug: str) -> Guide | None:
    """The guide of this slug; None where this installation does not have it, or not any more."""
    return next((found for found in all_guides() if found.slug == slug), None)
