"""What the page frame shows: plain values, filled by whoever renders a page, read by ``templates/frame.html``.

Nothing here queries or decides. A context processor asks the selectors what the signed-in person may see and puts the
answer into a ``Frame`` under the context name ``frame``. Navigation lists only pages that exist.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from django.utils.functional import Promise

Text: TypeAlias = str | Promise
Place: TypeAlias = Literal["fleet", "tenant"]

# States after which nothing more happens by itself: the pill then asks rarely.
SETTLED_STATES = frozenset({"in_sync", "drifted", "blocked", "draft", "suspended"})


@dataclass(frozen=True, slots=True, kw_only=True)
class NavItem:
    """One link of the left navigation.

    Args:
        label: The page's name, translated.
        url: Where it is.
        icon: The name of a heroicon, for example ``"users"``.
        current: Whether the page being shown is this one, or lies under it.
    """

    label: Text
    url: str
    icon: str
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    """One entry of a menu: a link, or with ``method="post"`` a form of one button that carries the CSRF token.

    Args:
        label: What it does, translated.
        url: Where it leads, or where it posts to.
        icon: The name of a heroicon; empty for none.
        method: ``"get"`` for whatever changes nothing, ``"post"`` for the rest.
        danger: Whether it destroys something, which is then shown in the tone of danger.
    """

    label: Text
    url: str
    icon: str = ""
    method: Literal["get", "post"] = "get"
    danger: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitcherItem:
    """One place that the person can go to from the switcher.

    Args:
        label: The name of the tenant (or of the fleet).
        url: Its overview page.
        detail: A second, quieter line, such as the slug; empty for none.
        current: Whether this is where the person is.
    """

    label: Text
    url: str
    detail: Text = ""
    current: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who is signed in.

    Args:
        label: Name or e-mail address.
        detail: The role, translated.
        items: The entries of the account menu; signing out is one of them, with ``method="post"``.
    """

    label: str
    detail: Text = ""
    items: tuple[MenuItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncPill:
    """The state of synchronisation of the place, as the top bar shows it.

    Args:
        state: A key of ``config.statuses.STATUSES``, for example ``"in_sync"``.
        url: The page that tells more.
        poll_url: What answers with this pill again (``components/sync_pill.html``); empty where it is not followed.
        label: Words that replace the state's own, for example "3 changes pending"; empty for the state's own.
    """

    state: str
    url: str
    poll_url: str = ""
    label: Text = ""

    @property
    def poll_trigger(self) -> str:
        """The htmx trigger: often while something is under way, rarely once the state has settled."""
        return "every 20s" if self.state in SETTLED_STATES else "every 2s"


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportBanner:
    """Tells staff, on every page, that they are acting inside a tenant.

    Args:
        text: Whose tenant, as a sentence.
        reason: The reason that was given, as the tenant's audit log shows it.
        end_url: Where a POST ends the visit.
    """

    text: Text
    reason: str
    end_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Everything around the content column.

    Args:
        product_name: The operator's name for the product.
        place: The fleet, or one tenant.
        title: The name of the place: what the switcher shows.
        home_url: Where the product's mark leads.
        nav: The left navigation, in order.
        account: Who is signed in.
        switcher: Places to switch to; with fewer than two the name is shown without a menu.
        switcher_all_url: The page that lists all places, when the switcher holds only some; empty for none.
        sync: The pill; None where nothing is synchronised.
        support: The banner of a support visit; None outside one.
    """

    product_name: str
    place: Place
    title: Text
    home_url: str
    nav: tuple[NavItem, ...]
    account: Account
    switcher: tuple[SwitcherItem, ...] = ()
    switcher_all_url: str = ""
    sync: SyncPill | None = None
    support: SupportBanner | None = None

    @property
    def palette(self) -> list[dict[str, str]]:
        """What the command palette offers at once, in JSON's terms: label, url and the group it belongs to."""
        pages = [(item.label, item.url, self.title) for item in self.nav]
        places = [(item.label, item.url, item.detail) for item in self.switcher if not item.current]
        account = [(item.label, item.url, self.account.label) for item in self.account.items if item.method == "get"]
        return [
            {"label": str(label), "url": url, "group": str(group)} for label, url, group in pages + places + account
        ]
