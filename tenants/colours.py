"""Contrast of a brand's colours, and the stylesheet that carries them. Pure.

The pages (`static/css/brand.css`) put the accent on the card, as buttons and progress, and text on the accent; nothing
is written on the page's own background. WCAG 2.2 AA asks for 3:1 where something has to be told apart (success
criterion 1.4.11), and for 4.5:1 where there is text (1.4.3), which `text_on` sees to.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

SHAPE = 3.0
WHITE, BLACK = "#ffffff", "#000000"
# The card that the accent stands on: `--surface` in tokens.css, for the light and the dark theme.
CARD, CARD_DARK = "#ffffff", "#15181c"


@dataclass(frozen=True)
class BrandColours:
    """A brand's colours as `#rrggbb`, for the light and the dark theme."""

    accent: str
    accent_dark: str
    background: str
    background_dark: str


@dataclass(frozen=True)
class ContrastFailure:
    """One pair that cannot be told apart well enough: the field to change, and what to say."""

    field: str
    message: str


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb`, 0 to 1 (WCAG 2.2, definition of relative luminance)."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def text_on(colour: str) -> str:
    """Return white or black, whichever is easier to read on a colour. One of them always has 4.5:1."""
    return max((WHITE, BLACK), key=lambda text: contrast(text, colour))


def failures(colours: BrandColours) -> list[ContrastFailure]:
    """Return every pair of a brand that falls short of WCAG AA; empty when all is well."""
    message = _("%(colour)s on the card (%(card)s) has a contrast of %(ratio)s:1; it needs 3:1. Choose a %(way)s one.")
    pairs = [
        ("accent", colours.accent, CARD, _("darker")),
        ("accent_dark", colours.accent_dark, CARD_DARK, _("lighter")),
    ]
    return [
        ContrastFailure(
            field, message % {"colour": colour, "card": card, "ratio": _shown(contrast(colour, card)), "way": way}
        )
        for field, colour, card, way in pairs
        if contrast(colour, card) < SHAPE
    ]


def stylesheet(colours: BrandColours) -> str:
    """Return the stylesheet that sets a brand's custom properties; it comes after `brand.css`.

    A sheet without a cascade layer wins over all that are in one, so that the order in the page does not matter.
    """
    return (
        ":root {\n"
        f"  --brand-accent: light-dark({colours.accent}, {colours.accent_dark});\n"
        f"  --brand-accent-contrast: light-dark({text_on(colours.accent)}, {text_on(colours.accent_dark)});\n"
        f"  --brand-background: light-dark({colours.background}, {colours.background_dark});\n"
        "}\n"
    )


def _shown(ratio: float) -> str:
    """The ratio with two digits, cut off: 2.996 must not read as the 3 that it misses."""
    return f"{int(ratio * 100) / 100:.2f}"
