"""The left navigation, as data: one row per page that exists."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.frame import NavItem
from tenants.actor import Actor
from tenants.permissions import Permission


@dataclass(frozen=True, slots=True)
class Entry:
    """One page of the navigation.

    Args:
        label: its name.
        view: its name in the URL map.
        icon: a heroicon.
        permission: whoever lacks it does not see the link.
    """

    label: Promise
    view: str
    icon: str
    permission: Permission


FLEET = (
    Entry(_("Overview"), "fleet:overview", "home", Permission.FLEET_READ),
    Entry(_("Tenants"), "fleet:tenants", "building-office-2", Permission.FLEET_READ),
    Entry(_("Pools and cells"), "fleet:cells", "circle-stack", Permission.FLEET_CELLS_READ),
    Entry(_("Applications"), "fleet:applications", "squares-2x2", Permission.FLEET_APPLICATIONS_READ),
    Entry(_("Sync activity"), "fleet:sync", "arrow-path", Permission.FLEET_SYNC_READ),
    Entry(_("Audit log"), "fleet:audit", "clipboard-document-list", Permission.FLEET_AUDIT_READ),
    Entry(_("Team"), "fleet:team", "user-group", Permission.FLEET_TEAM_READ),
    Entry(_("Settings"), "fleet:settings", "cog-6-tooth", Permission.FLEET_SETTINGS_READ),
)

TENANT = (
    Entry(_("Overview"), "tenant:overview", "home", Permission.TENANT_READ),
    Entry(_("Users"), "tenant:users", "users", Permission.USERS_READ),
    Entry(_("Groups"), "tenant:groups", "rectangle-group", Permission.GROUPS_READ),
    Entry(_("Single sign-on"), "tenant:connections", "key", Permission.CONNECTIONS_READ),
    Entry(_("Domains"), "tenant:domains", "globe-alt", Permission.DOMAINS_READ),
    Entry(_("Sign-in and MFA"), "tenant:sign-in-policy", "shield-check", Permission.POLICY_READ),
    Entry(_("Branding"), "tenant:branding", "swatch", Permission.BRANDING_READ),
    Entry(_("Applications"), "tenant:applications", "squares-2x2", Permission.APPLICATIONS_READ),
    Entry(_("Sync"), "tenant:sync", "arrow-path", Permission.SYNC_READ),
    Entry(_("Log of sign-ins"), "tenant:sign-ins", "finger-print", Permission.AUDIT_READ),
    Entry(_("Audit log"), "tenant:audit", "clipboard-document-list", Permission.AUDIT_READ),
    Entry(_("Team"), "tenant:team", "user-group", Permission.USERS_READ),
)


def navigation(entries: tuple[Entry, ...], *, actor: Actor, path: str, **arguments: str) -> tuple[NavItem, ...]:
    """Return the links that an actor may follow.

    Args:
        entries: the place's pages; the first is its overview, at the address that all others begin with.
        actor: who looks.
        path: where they are now, which marks the current entry.
        arguments: of the place's addresses, such as the tenant's slug.
    """
    urls = [(entry, reverse(entry.view, kwargs=arguments)) for entry in entries]
    home = urls[0][1]
    return tuple(
        NavItem(
            label=entry.label,
            url=url,
            icon=entry.icon,
            current=path == url if url == home else path.startswith(url),
        )
        for entry, url in urls
        if actor.allows(entry.permission)
    )
