"""The tenant's brand on Cognito's own pages, for the app clients of native applications.

Managed login where the pool's feature plan and the endpoint offer it; a style sheet of the classic pages where not.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from identity.cognito import branding, errors
from identity.cognito.branding import Asset, ClassicStyle, Style
from identity.models import AppClient, Family
from identity.sync.changes import Change, differences, flatten, nest
from identity.sync.errors import NotYet
from identity.sync.family import Fact, ResourceFamily, Site, Step
from identity.sync.look_again import LOOK_AGAIN
from tenants.colours import text_on
from tenants.models import Branding

_LOGO, _CSS = "Logo", "CSS"
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


@dataclass(frozen=True)
class LiveStyle:
    """How they look: a managed style, or a classic one.

    Neither: the pages were classic ones until now, and have no managed style yet. `logo` is the hash of a classic
    style's logo, of which Cognito returns an address alone: what we last wrote is taken for it.
    """

    managed: Style | None = None
    classic: ClassicStyle | None = None
    logo: str = ""


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


def retired(name: str) -> Step:
    """Return how to delete the style of an app client that is not wanted any more. Pure."""
    _key, _hyphen, purpose = name.partition("-")
    return Step(BrandingFamily(purpose), name, StyleSpec(True, {}, "", b"", ""), present=False)


class BrandingFamily(ResourceFamily[StyleSpec, LiveStyle]):
    """The style of a tenant's app client of one purpose; there is one at most."""

    family: ClassVar[Family] = Family.BRANDING

    def __init__(self, purpose: str) -> None:
        self._purpose = purpose

    def facts(self, spec: StyleSpec) -> tuple[Fact, ...]:
        """See `ResourceFamily`."""
        return (
            Fact("Pages", "managed login" if spec.managed else "classic"),
            Fact("Logo", "the tenant's" if spec.logo else "none"),
        )

    def wanted(self, spec: StyleSpec) -> Mapping[str, Any]:
        """See `ResourceFamily`."""
        looks = flatten({"Settings": spec.settings}) if spec.managed else {_CSS: spec.css}
        return {**looks, _LOGO: _hash(spec.logo if spec.managed else _classic_logo(spec))}

    def observe(self, site: Site, spec: StyleSpec) -> LiveStyle | None:
        """Describe the client's style; a client that is yet to be made has none."""
        client_id = self._client_id(site)
        if client_id is None:
            return None
        if spec.managed:
            try:
                style = branding.describe_style(site.pool_ref, client_id, priority=site.priority)
            except errors.UnsupportedByEndpoint:
                # The endpoint has no managed login: the classic pages it is.
                return self._classic(site, client_id)
            if style is None:
                return LiveStyle() if _was_classic(site) else None
            return LiveStyle(style)
        return self._classic(site, client_id)

    def diff(self, spec: StyleSpec, live: LiveStyle) -> list[Change]:
        """See `ResourceFamily`."""
        if live.managed is not None:
            changes = differences({"Settings": spec.settings}, {"Settings": live.managed.settings})
            # A picture cannot be taken out of a style; without a logo the settings hide it.
            before = next((_hash(one.content) for one in live.managed.assets if one.category == "FORM_LOGO"), "")
            if spec.logo and before != _hash(spec.logo):
                changes.append(Change(_LOGO, before, _hash(spec.logo)))
            return changes
        if live.classic is None:
            return differences({"Settings": spec.settings}, {})
        changes = [Change(_CSS, live.classic.css, spec.css)] if live.classic.css != spec.css else []
        logo = _hash(_classic_logo(spec))
        return changes if live.logo == logo else [*changes, Change(_LOGO, live.logo, logo)]

    def create(self, site: Site, spec: StyleSpec) -> LiveStyle:
        """Give the client its style."""
        client_id = self._client_id(site)
        if client_id is None:
            raise NotYet("Waits for the app client.", delay=LOOK_AGAIN)
        if not spec.managed:
            return self._set_classic(site, client_id, spec)
        try:
            style = branding.create_style(
                site.pool_ref, client_id, spec.settings, _assets(spec), priority=site.priority
            )
        except errors.UnsupportedByEndpoint:
            return self._set_classic(site, client_id, spec)
        return LiveStyle(style)

    def update(self, site: Site, spec: StyleSpec, live: LiveStyle, changes: Sequence[Change]) -> LiveStyle:
        """Merge the settings, and the logo if it is another."""
        if live.managed is None:
            return self.create(site, spec)
        settings = nest([change for change in changes if change.field != _LOGO]).get("Settings", {})
        assets = _assets(spec) if any(change.field == _LOGO for change in changes) else []
        style_id = live.managed.style_id
        branding.update_style(site.pool_ref, style_id, settings, assets, priority=site.priority)
        merged = _merged(live.managed.settings, settings)
        return LiveStyle(replace(live.managed, settings=merged, assets=assets or live.managed.assets))

    def delete(self, site: Site, spec: StyleSpec, live: LiveStyle) -> None:
        """Delete a managed style; a classic one goes with its client."""
        if live.managed is not None:
            branding.delete_style(site.pool_ref, live.managed.style_id, priority=site.priority)

    def remote_id(self, live: LiveStyle) -> str:
        """See `ResourceFamily`."""
        return live.managed.style_id if live.managed is not None else ""

    def _client_id(self, site: Site) -> str | None:
        rows = AppClient.objects.filter(tenant=site.tenant, pool=site.pool, purpose=self._purpose)
        return rows.values_list("client_id", flat=True).first()

    def _classic(self, site: Site, client_id: str) -> LiveStyle:
        classic = branding.get_classic(site.pool_ref, client_id, priority=site.priority)
        known = site.tracked.row.last_applied.get(_LOGO) if _was_classic(site) else None
        logo = known if isinstance(known, str) and known else "unknown"
        return LiveStyle(classic=classic, logo=logo if classic.has_logo else "")

    def _set_classic(self, site: Site, client_id: str, spec: StyleSpec) -> LiveStyle:
        logo = _classic_logo(spec)
        classic = branding.set_classic(site.pool_ref, client_id, spec.css, logo, priority=site.priority)
        return LiveStyle(classic=classic, logo=_hash(logo) if classic.has_logo else "")


def _was_classic(site: Site) -> bool:
    """Say whether what we last applied was a style sheet of the classic pages, which has no id."""
    row = site.tracked.row
    return bool(row.last_applied) and not row.remote_id


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


def _assets(spec: StyleSpec) -> list[Asset]:
    return [Asset("FORM_LOGO", "DYNAMIC", spec.logo_extension, spec.logo)] if spec.logo else []


def _classic_logo(spec: StyleSpec) -> bytes:
    return spec.logo if spec.logo_extension in _CLASSIC_TYPES else b""


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest() if content else ""


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for name, value in above.items():
        inner = merged.get(name)
        merged[name] = _merged(inner, value) if isinstance(value, Mapping) and isinstance(inner, Mapping) else value
    return merged
