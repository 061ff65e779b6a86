"""The colours of the design system keep the contrast that WCAG 2.2 AA asks for, and live in one file."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STYLESHEETS = ROOT / "static" / "css"
TOKEN = re.compile(r"--([a-z0-9-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\);")
COLOUR_LITERAL = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|rgba|hsl|hsla|oklch|lab)\(")

SURFACES = ("canvas", "surface", "sunken", "raised", "hover")
TONES = ("success", "warning", "danger", "info", "neutral")
# Success criterion 1.4.3: text at 4.5:1. 1.4.11: outlines of controls and the focus ring at 3:1.
TEXT_PAIRS = [
    *[(text, surface) for text in ("text", "text-muted", "text-faint", "accent-text") for surface in SURFACES],
    *[("text", "selected"), ("text-muted", "selected"), ("text", "accent-soft"), ("text-muted", "accent-soft")],
    *[(f"{tone}-text", f"{tone}-soft") for tone in TONES],
    *[("text-muted", f"{tone}-soft") for tone in TONES],
    *[(f"{tone}-text", surface) for tone in TONES for surface in SURFACES],
    *[("text-on-fill", fill) for fill in ("accent", "accent-hover", "danger-fill", "danger-fill-hover")],
]
OUTLINE_PAIRS = [
    *[("line-control", surface) for surface in ("canvas", "surface", "sunken", "raised")],
    *[("focus", surface) for surface in SURFACES],
]


def tokens(theme: int) -> dict[str, str]:
    """The colours of one theme: 0 is light, 1 is dark."""
    found = TOKEN.findall((STYLESHEETS / "tokens.css").read_text())
    return {name: values[theme] for name, *values in found}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio as WCAG 2.2 defines it, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT_PAIRS, 4.5), (OUTLINE_PAIRS, 3.0)], ids=["text", "outlines"])
def test_every_pair_of_tokens_has_enough_contrast(theme: int, pairs: list[tuple[str, str]], least: float) -> None:
    colours = tokens(theme)
    weak = {
        (front, back): round(contrast(colours[front], colours[back]), 2)
        for front, back in pairs
        if contrast(colours[front], colours[back]) < least
    }
    assert weak == {}


def test_colours_are_written_in_the_tokens_alone() -> None:
    others = [path for path in STYLESHEETS.glob("*.css") if path.name != "tokens.css"]
    assert len(others) >= 5
    literals = {path.name: COLOUR_LITERAL.findall(path.read_text()) for path in others}
    assert {name: found for name, found in literals.items() if found} == {}


def test_every_token_that_is_used_exists() -> None:
    text = "\n".join(path.read_text() for path in STYLESHEETS.glob("*.css"))
    defined = set(re.findall(r"(?<![\w-])(--[a-z0-9-]+):", text))
    assert set(re.findall(r"var\((--[a-z0-9-]+)", text)) - defined == set()


def test_no_template_has_a_style_or_script_of_its_own() -> None:
    inline = re.compile(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\b(?:src=|type=\"application/json\"))[^>]*>")
    # E-mails are no pages: mail programs read styles in attributes only, and know no Content-Security-Policy.
    templates = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "local").rglob("*.html")]
    pages = [path for path in templates if "mail" not in path.parts]
    assert {str(page): inline.findall(page.read_text()) for page in pages if inline.search(page.read_text())} == {}
