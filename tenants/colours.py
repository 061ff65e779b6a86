"""Contrast of a brand's colours, and the stylesheet that carries them. Pure.

The pages put three pairs together (`static/css/brand.css`): text on the accent (buttons), the accent on the card (the
same buttons, and progress), and quiet text on the page's background. WCAG 2.2 AA asks for 4.5:1 where there is text
(success criterion 1.4.3) and 3:1 for what has to be told apart (1.4.11).
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

TEXT, SHAPE = 4.5, 3.0
WHITE, BLACK = "#ffffff", "#000000"


@dataclass(frozen=True)
class BrandColours:
    """A brand's colours as `#rrggbb`, for the light and the dark theme."""

    accent: str
    accent_dark: str
    background: str
    background_dark: str


@dataclass(frozen=True)
class Theme:
    """The product's own colours that a brand's meet; the values of `--surface` and `--text-muted` in tokens.css."""

    surface: str
    muted_text: str


LIGHT = Theme(surface="#ffffff", muted_text="#4a525d")
DARK = Theme(surface="#15181c", muted_text="#b2b9c3")


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
    shape = _("%(colour)s on the card (%(other)s) has a contrast of %(ratio)s:1; it needs 3:1. Choose a %(way)s one.")
    text = _("Text (%(other)s) on %(colour)s has a contrast of %(ratio)s:1 and needs 4.5:1. Choose a %(way)s one.")
    darker, lighter = _("darker"), _("lighter")
    pairs = [
        ("accent", colours.accent, LIGHT.surface, SHAPE, shape, darker),
        ("accent_dark", colours.accent_dark, DARK.surface, SHAPE, shape, lighter),
        ("background", colours.background, LIGHT.muted_text, TEXT, text, lighter),
        ("background_dark", colours.background_dark, DARK.muted_text, TEXT, text, darker),
    ]
    return [
        ContrastFailure(
            field, message % {"colour": colour, "other": other, "ratio": _shown(contrast(colour, other)), "way": way}
        )
        for field, colour, other, needed, message, way in pairs
        if contrast(colour, other) < needed
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
    """The ratio with two digits, cut off: 4.496 must not read as the 4.5 that it misses."""
    return f"{int(ratio * 100) / 100:.2f}"
