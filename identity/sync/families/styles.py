"""A tenant's brand in Cognito's words: the settings of managed login, and a style sheet of the classic pages. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from identity.cognito.branding import Asset
from tenants.colours import text_on
from tenants.models import Branding

_EXTENSIONS = {"image/png": "PNG", "image/svg+xml": "SVG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
# Pictures that the classic pages take (developer guide, "Hosted UI (classic) branding").
_CLASSIC_TYPES = frozenset({"PNG", "JPEG"})


@dataclass(frozen=True)
class StyleSpec:
    """How the pages of one app client should look; `managed` says which pages they are."""

    managed: bool
    settings: Mapping[str, Any]
    css: str
    logo: bytes
    logo_extension: str


def desired(brand: Branding, *, managed: bool) -> StyleSpec:
    """Return a tenant's brand in Cognito's words. Pure.

    Args:
        brand: the tenant's.
        managed: whether the pool's domain serves managed login.
    """
    has_logo = brand.has_logo
    return StyleSpec(
        managed=managed,
        settings=_settings(brand),
        css=_css(brand),
        logo=bytes(brand.logo) if has_logo else b"",
        logo_extension=_EXTENSIONS[brand.logo_type] if has_logo else "",
    )


def _settings(brand: Branding) -> dict[str, Any]:
    light = _mode(brand.accent, brand.background)
    dark = _mode(brand.accent_dark, brand.background_dark)

    def both(component: str) -> dict[str, Any]:
        return {"lightMode": light[component], "darkMode": dark[component]}

    return {
        "categories": {"global": {"colorSchemeMode": "DYNAMIC"}},
        "components": {
            "form": {"logo": {"enabled": brand.has_logo}},
            "pageBackground": {**both("background"), "image": {"enabled": False}},
            "primaryButton": both("button"),
        },
        "componentClasses": {"focusState": both("focus"), "link": both("link")},
    }


def _mode(accent: str, background: str) -> dict[str, dict[str, Any]]:
    """The colours of one colour scheme, by component."""
    button = {"backgroundColor": _rgba(accent), "textColor": _rgba(text_on(accent))}
    return {
        "background": {"color": _rgba(background)},
        "button": {"defaults": button, "hover": button, "active": button},
        "focus": {"borderColor": _rgba(accent)},
        "link": {"defaults": {"textColor": _rgba(accent)}, "hover": {"textColor": _rgba(accent)}},
    }


def _css(brand: Branding) -> str:
    """A style sheet of the classic pages, which know one colour scheme and these classes only."""
    button = f"background-color: {brand.accent}; color: {text_on(brand.accent)};"
    rules = (
        ("background-customizable", f"background-color: {brand.background};"),
        ("submitButton-customizable", button),
        ("submitButton-customizable:hover", button),
        ("redirect-customizable", f"color: {brand.accent};"),
    )
    return "\n".join(f".{name} {{ {rule} }}" for name, rule in rules)


def _rgba(colour: str) -> str:
    """`#rrggbb` as the eight digits without a number sign that styles take."""
    return f"{colour.removeprefix('#').lower()}ff"


def assets_of(spec: StyleSpec) -> list[Asset]:
    """Return the pictures of a managed style."""
    return [Asset("FORM_LOGO", "DYNAMIC", spec.logo_extension, spec.logo)] if spec.logo else []


def classic_logo(spec: StyleSpec) -> bytes:
    """Return the logo of the classic pages; none where they would not take ours."""
    return spec.logo if spec.logo_extension in _CLASSIC_TYPES else b""


def hash_of(content: bytes) -> str:
    """Return what stands for a picture in records; empty for none."""
    return hashlib.sha256(content).hexdigest() if content else ""


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings laid over others, at any depth."""
    result = dict(below)
    for name, value in above.items():
        inner = result.get(name)
        result[name] = merged(inner, value) if isinstance(value, Mapping) and isinstance(inner, Mapping) else value
    return result
