"""The guides as the chooser shows them: in sections, searched, and with what is not offered here. Pure."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from federation.guides import Guide, GuideProtocol, all_guides


@dataclass(frozen=True)
class Section:
    """Guides under one heading.

    Args:
        key: for the heading's id.
        label: the heading.
        text: what is to be said about them; may be empty.
        items: the guides.
        closed: whether they cannot be chosen here; the text says why.
    """

    key: str
    label: Promise
    text: Promise | str
    items: tuple[Guide, ...]
    closed: bool = False


_SHARED = _(
    "Not possible with your user pool: Cognito has one of each in a pool, under a fixed name, and yours is shared with "
    "others. Ask your provider for a pool of your own, or use the generic OpenID Connect guide for Google."
)
_OWN = _("For accounts that people have privately. Cognito takes one connection of each.")


def is_generic(guide: Guide) -> bool:
    """Say whether a guide is for whatever has none of its own, so that it has no product's name."""
    return guide.slug.startswith("generic")


def sections(text: str, *, shared: bool) -> list[Section]:
    """Return the guides that match a search, in sections: by product, generic ones (always), social ones.

    Args:
        text: what was searched for; empty for all.
        shared: whether the tenant shares its user pool.
    """
    guides = [guide for guide in all_guides() if is_generic(guide) or _matches(guide, text)]
    social = tuple(guide for guide in guides if guide.protocol is GuideProtocol.SOCIAL)
    generic = tuple(guide for guide in guides if is_generic(guide))
    products = tuple(guide for guide in guides if guide not in social and guide not in generic)
    return [
        Section("products", _("Identity providers"), "", products),
        Section("generic", _("Any other"), _("For identity providers that have no guide of their own here."), generic),
        Section("social", _("Social sign-in"), _SHARED if shared else _OWN, social, closed=shared),
    ]


def _matches(guide: Guide, text: str) -> bool:
    searched = f"{guide.name} {guide.variant} {guide.slug}".casefold()
    return all(word in searched for word in text.casefold().split())
