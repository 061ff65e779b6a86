"""The template tags of the package `heroicons`, which takes an icon's SVG apart at each use; a table has hundreds.

Settings put this library in the place of theirs, so that templates load `heroicons` as its documentation says.
"""

from functools import lru_cache
from typing import Any

from django import template
from heroicons.templatetags import heroicons as theirs

register = template.Library()
_TAGS = {"micro": theirs.heroicon_micro, "mini": theirs.heroicon_mini, "outline": theirs.heroicon_outline}
# Icons times the attributes that templates give them.
_KEPT = 1024


@register.simple_tag
def heroicon_micro(name: str, **attributes: object) -> str:
    """An icon of 16 pixels."""
    return _rendered("micro", str(name), tuple(attributes.items()))


@register.simple_tag
def heroicon_mini(name: str, **attributes: object) -> str:
    """An icon of 20 pixels."""
    return _rendered("mini", str(name), tuple(attributes.items()))


@register.simple_tag
def heroicon_outline(name: str, **attributes: object) -> str:
    """An icon of 24 pixels, in lines."""
    return _rendered("outline", str(name), tuple(attributes.items()))


@lru_cache(maxsize=_KEPT)
def _rendered(style: str, name: str, attributes: tuple[tuple[str, Any], ...]) -> str:
    return _TAGS[style](name, **dict(attributes))
