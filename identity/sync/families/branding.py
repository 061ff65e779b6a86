"""The tenant's brand on Cognito's own pages, for the app clients of native applications.

Managed login where the pool's feature plan and the endpoint offer it; a style sheet of the classic pages where not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from identity.cognito import branding, errors
from identity.cognito.branding import ClassicStyle, Style
from identity.models import AppClient, Family
from identity.sync.changes import Change, differences, flatten, nest
from identity.sync.errors import Blocked, NotYet
from identity.sync.families.styles import StyleSpec, assets_of, classic_logo, hash_of, merged
from identity.sync.family import Fact, ResourceFamily, Site, Step
from identity.sync.look_again import LOOK_AGAIN

# The classic pages' settings have names of their own: what was last applied to the one kind of pages says nothing of
# the other kind.
_LOGO, _CSS, _CLASSIC_LOGO = "Logo", "CSS", "ImageFile"
# Beside the classic settings where managed login is wanted, and the endpoint does not offer it.
_NOT_OFFERED = {"ManagedLogin": "not offered by the endpoint"}
_UNKNOWN = "unknown"


@dataclass(frozen=True)
class LiveStyle:
    """How they look: a managed style, or a classic one.

    Neither: the pages were classic ones until now, and have no managed style yet. `logo` is the hash of a classic
    style's logo, of which Cognito returns an address alone: what we last wrote is taken for it.
    """

    managed: Style | None = None
    classic: ClassicStyle | None = None
    logo: str = ""


def retired(name: str) -> Step:
    """Return how to delete the style of an app client that is not wanted any more. Pure."""
    _key, _hyphen, purpose = name.partition("-")
    return Step(BrandingFamily(purpose), name, StyleSpec(True, {}, "", b"", ""), present=False)


class BrandingFamily(ResourceFamily[StyleSpec, LiveStyle]):
    """The style of a tenant's app client of one purpose; there is one at most."""

    family: ClassVar[Family] = Family.BRANDING

    def __init__(self, purpose: str) -> None:
        self._purpose = purpose
        # Whether the endpoint turned out to have no managed login.
        self._falls_back = False

    def facts(self, spec: StyleSpec) -> tuple[Fact, ...]:
        """See `ResourceFamily`."""
        return (
            Fact("Pages", "managed login" if spec.managed else "classic"),
            Fact("Logo", "the tenant's" if spec.logo else "none"),
        )

    def wanted(self, spec: StyleSpec) -> Mapping[str, Any]:
        """See `ResourceFamily`."""
        if spec.managed and not self._falls_back:
            return {**flatten({"Settings": spec.settings}), _LOGO: hash_of(spec.logo)}
        classic = {_CSS: spec.css, _CLASSIC_LOGO: hash_of(classic_logo(spec))}
        return {**classic, **_NOT_OFFERED} if self._falls_back else classic

    def is_applied(self, spec: StyleSpec, last_applied: Mapping[str, Any]) -> bool:
        """See `ResourceFamily`. A page cannot know what the endpoint offers, but the record does."""
        self._falls_back = spec.managed and _NOT_OFFERED.items() <= last_applied.items()
        return super().is_applied(spec, last_applied)

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
                self._falls_back = True
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
            before = next((hash_of(one.content) for one in live.managed.assets if one.category == "FORM_LOGO"), "")
            if spec.logo and before != hash_of(spec.logo):
                changes.append(Change(_LOGO, before, hash_of(spec.logo)))
            return changes
        if live.classic is None:
            return differences({"Settings": spec.settings}, {})
        changes = [Change(_CSS, live.classic.css, spec.css)] if live.classic.css != spec.css else []
        logo = hash_of(classic_logo(spec))
        return changes if live.logo == logo else [*changes, Change(_CLASSIC_LOGO, live.logo, logo)]

    def create(self, site: Site, spec: StyleSpec) -> LiveStyle:
        """Give the client its style."""
        client_id = self._client_id(site)
        if client_id is None:
            raise NotYet("Waits for the app client.", delay=LOOK_AGAIN)
        if not spec.managed:
            return _set_classic(site, client_id, spec.css, classic_logo(spec))
        try:
            style = branding.create_style(
                site.pool_ref, client_id, spec.settings, assets_of(spec), priority=site.priority
            )
        except errors.UnsupportedByEndpoint:
            self._falls_back = True
            return _set_classic(site, client_id, spec.css, classic_logo(spec))
        return LiveStyle(style)

    def update(self, site: Site, spec: StyleSpec, live: LiveStyle, changes: Sequence[Change]) -> LiveStyle:
        """Merge the settings, and the logo if it is another.

        Raises:
            Blocked: the classic pages show somebody else's logo, which a change of the rest would drop.
        """
        if live.classic is not None:
            return self._update_classic(site, spec, live, live.classic, changes)
        if live.managed is None:
            return self.create(site, spec)
        settings = nest([change for change in changes if change.field != _LOGO]).get("Settings", {})
        assets = assets_of(spec) if any(change.field == _LOGO for change in changes) else []
        style_id = live.managed.style_id
        branding.update_style(site.pool_ref, style_id, settings, assets, priority=site.priority)
        looks = merged(live.managed.settings, settings)
        return LiveStyle(replace(live.managed, settings=looks, assets=assets or live.managed.assets))

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
        known = site.tracked.row.last_applied.get(_CLASSIC_LOGO)
        logo = known if isinstance(known, str) and known else _UNKNOWN
        return LiveStyle(classic=classic, logo=logo if classic.has_logo else "")

    def _update_classic(
        self, site: Site, spec: StyleSpec, live: LiveStyle, classic: ClassicStyle, changes: Sequence[Change]
    ) -> LiveStyle:
        """Write what changes, and carry along what stands as somebody else set it: what is omitted is gone."""
        client_id = self._client_id(site)
        if client_id is None:
            raise NotYet("Waits for the app client.", delay=LOOK_AGAIN)
        goals = {change.field: change.after for change in changes}
        logo = classic_logo(spec) if _CLASSIC_LOGO in goals or live.logo else b""
        if live.logo == _UNKNOWN and _CLASSIC_LOGO not in goals:
            raise Blocked(
                "LogoUnknown",
                "Somebody put a logo on Cognito's classic pages. Cognito drops it with any other change, and does not "
                "give it to Lifeguard.",
                remedy="Undo that change under Drift, or take the logo away in Cognito.",
            )
        return _set_classic(site, client_id, goals.get(_CSS, classic.css), logo)


def _set_classic(site: Site, client_id: str, css: str, logo: bytes) -> LiveStyle:
    classic = branding.set_classic(site.pool_ref, client_id, css, logo, priority=site.priority)
    return LiveStyle(classic=classic, logo=hash_of(logo) if classic.has_logo else "")


def _was_classic(site: Site) -> bool:
    """Say whether what we last applied was a style sheet of the classic pages, which has no id."""
    row = site.tracked.row
    return bool(row.last_applied) and not row.remote_id
