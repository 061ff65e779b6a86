"""What the style guide shows: invented, but of the shape that real pages have."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from config.frame import Account, Frame, MenuItem, NavItem, SupportBanner, SwitcherItem, SyncPill


@dataclass(frozen=True, slots=True)
class Item:
    """A tab or a step."""

    label: str
    url: str = "#"
    current: bool = False
    count: int | None = None
    state: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a plan's step."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a plan."""

    action: str
    kind: str
    name: str
    detail: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """One row of a list of synchronised resources."""

    kind: str
    name: str
    state: str
    detail: str = ""
    remedy: str = ""
    raw: str = ""
    updated: datetime | None = None
    retry: datetime | None = None


@dataclass(frozen=True, slots=True)
class User:
    """One row of a table."""

    name: str
    email: str
    state: str
    role: str
    mfa: str
    seen: datetime | None


@dataclass(frozen=True, slots=True)
class Brand:
    """What ``brand/base.html`` reads."""

    name: str
    stylesheet_url: str = ""
    logo_url: str = ""
    support_url: str = "#help"
    privacy_url: str = "#privacy"


@dataclass(frozen=True, slots=True)
class Samples:
    """Everything at once, made anew for each page so that relative times are."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def users(self) -> list[User]:
        ago = self.now - timedelta(minutes=3)
        return [
            User("Ada Lindqvist", "ada@acme.example", "active", "Owner", "required", ago),
            User("Bruno Okafor", "bruno@acme.example", "active", "Admin", "optional", ago - timedelta(hours=5)),
            User("Chiyo Tanaka", "chiyo@acme.example", "invited", "Member", "off", None),
            User("Dmitri Pavlov", "dmitri.with.a.long.address@research.acme.example", "disabled", "Member", "off", ago),
        ]

    @property
    def resources(self) -> list[Resource]:
        ago = self.now - timedelta(minutes=2)
        return [
            Resource("User pool", "lg-k7f2m9qa", "in_sync", updated=ago),
            Resource("Domain", "k7f2m9qa", "syncing", detail="Creating the domain; this takes up to a minute."),
            Resource("App client", "k7f2m9qa-dashboard", "pending"),
            Resource(
                "MFA settings",
                "lg-k7f2m9qa",
                "failing",
                detail="Cognito answered too slowly three times.",
                raw="InternalErrorException: request id 4be0-91c2",
                retry=self.now + timedelta(minutes=4),
            ),
            Resource(
                "Branding",
                "Acme",
                "blocked",
                detail="The pool has reached its 20 managed-login styles.",
                remedy="Move this tenant to a dedicated pool, or remove an unused style.",
            ),
            Resource(
                "Resource server", "https://api.harbor.example", "drifted", detail="Two scopes were changed in AWS."
            ),
        ]

    @property
    def plan(self) -> list[Step]:
        return [
            Step("create", "user pool", "lg-k7f2m9qa", "Deletion protection on, passwords of 12 characters or more."),
            Step("create", "app client", "k7f2m9qa-dashboard"),
            Step(
                "update",
                "MFA settings",
                "lg-k7f2m9qa",
                changes=(Change("Mode", "OPTIONAL", "ON"), Change("Factors", "", "TOTP")),
            ),
            Step("adopt", "domain", "k7f2m9qa"),
            Step("delete", "app client", "k7f2m9qa-old"),
        ]


def frame() -> Frame:
    """A tenant's frame, with everything that a frame can have."""
    nav = [
        ("Overview", "squares-2x2"),
        ("Users", "users"),
        ("Groups", "user-group"),
        ("Single sign-on", "key"),
        ("Domains", "globe-alt"),
        ("Sign-in and MFA", "shield-check"),
        ("Branding", "swatch"),
        ("Applications", "cube"),
        ("Audit log", "document-text"),
        ("Team", "identification"),
        ("Settings", "cog-6-tooth"),
    ]
    return Frame(
        product_name="Lifeguard",
        place="tenant",
        title="Acme Robotics",
        home_url="/",
        nav=tuple(NavItem(label=label, url=f"#{icon}", icon=icon, current=label == "Users") for label, icon in nav),
        account=Account(
            label="ada@acme.example",
            detail="Owner of Acme Robotics",
            items=(
                MenuItem(label="Your account", url="#account", icon="user-circle"),
                MenuItem(label="Sign out", url="#", icon="arrow-right-start-on-rectangle", method="post"),
            ),
        ),
        switcher=(
            SwitcherItem(label="Acme Robotics", url="#acme", detail="acme", current=True),
            SwitcherItem(label="Globex", url="#globex", detail="globex"),
        ),
        switcher_all_url="#tenants",
        sync=SyncPill(state="syncing", url="#sync"),
        support=SupportBanner(text="You are acting as support in Acme Robotics.", reason="Ticket 4711", end_url="#"),
    )


def menu() -> list[MenuItem]:
    """The entries of a row's menu."""
    return [
        MenuItem(label="Resend invitation", url="#", icon="envelope", method="post"),
        MenuItem(label="Reset second factor", url="#", icon="arrow-path", method="post"),
        MenuItem(label="Delete…", url="#", icon="trash", danger=True),
    ]
