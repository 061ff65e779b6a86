"""What a sign-in page depends on, in one statement: whose page it is, and in which version each thing on it is.

A page may be kept for as long as this gives the same versions (`federation.signin.kept_pages`). They are those of
PostgreSQL itself: `xmin` and `ctid` of each row, which are others after each change of it, by whomever (PostgreSQL
documentation, 5.6 "System Columns"). So no service has to say that it changed something. A table that begins to count
for a page has to be named here; `tests/federation/signin/kept/test_pages.py` finds one that is not.

What was found counts for a second from when it was asked for, so that a change shows a second later at most, and a
crowd of people costs no more statements than one of them.
"""

import time
import uuid
from dataclasses import dataclass

from federation.domains.names import LONGEST
from federation.domains.routing import Destination, Rule, Scope, names_over, route
from tenants.memory import Memory
from tenants.statements import first_row

# Of rows that may be missing or many, NULL would be left out by concat_ws, so that something stands for it.
_VERSIONS = """
    concat_ws('/', a.id, a.xmin, a.ctid, t.id, t.xmin, t.ctid, u.xmin, u.ctid, p.xmin, p.ctid, b.xmin, b.ctid,
        coalesce(s.xmin::text, '-'), coalesce(s.ctid::text, '-'),
        coalesce((SELECT string_agg(concat_ws(' ', c.id, c.xmin, c.ctid), ',' ORDER BY c.id)
            FROM federation_connection c
            WHERE c.tenant_id = t.id AND c.status = 'active' AND c.deleted_at IS NULL), '-'),
        EXISTS (SELECT 1 FROM federation_emaildomain e
            WHERE e.tenant_id = t.id AND e.status IN ('proved', 'proof_missing')))
"""
_FROM = "FROM tenants_application a"
_TENANT = """
    JOIN tenants_userpool u ON u.id = t.pool_id
    JOIN tenants_signinpolicy p ON p.tenant_id = t.id
    JOIN tenants_branding b ON b.tenant_id = t.id
    LEFT JOIN tenants_poolsettings s ON s.pool_id = u.id
"""
# As `active_tenant` and `application_allowed` say it.
_WHOSE = """
    WHERE a.id = %(application)s AND t.status = 'active'
        AND (a.is_builtin OR EXISTS (SELECT 1 FROM tenants_tenantapplication x
            WHERE x.tenant_id = t.id AND x.application_id = a.id))
"""
_REALM_OF = """
    , d.name,
    ARRAY(SELECT c.id FROM federation_connection c
        WHERE c.tenant_id = t.id AND c.status = 'active' AND c.deleted_at IS NULL ORDER BY c.name, c.id),
    (SELECT json_agg(json_build_array(l.scope, l.destination, l.subdomain, l.connections))
        FROM federation_domainrule l
        WHERE l.domain_id = d.id AND l.tenant_id = t.id
            AND (l.scope = 'default' OR l.scope = 'subdomain' AND l.subdomain = ANY(string_to_array(%(names)s, ' '))
                OR l.scope = 'addresses' AND %(address)s = ANY(l.addresses))),
    EXISTS (SELECT 1 FROM federation_domainrule l
        WHERE l.domain_id = d.id AND l.tenant_id = t.id AND l.scope = 'addresses')
"""
# The nearest proved domain decides alone, whoever's it is (`leading_domain`); where it leads nowhere there is no row.
_ANYBODYS = """
    JOIN federation_emaildomain d ON d.id = (SELECT e.id FROM federation_emaildomain e
        WHERE e.name = ANY(string_to_array(%(names)s, ' ')) AND e.status IN ('proved', 'proof_missing')
        ORDER BY length(e.name) DESC LIMIT 1)
    JOIN tenants_tenant t ON t.id = d.tenant_id
"""
# On a tenant's page its own domains decide alone (`nearest_domain`).
_ITS_OWN = """
    JOIN federation_emaildomain d ON d.id = (SELECT e.id FROM federation_emaildomain e
        WHERE e.tenant_id = t.id AND e.name = ANY(string_to_array(%(names)s, ' '))
            AND e.status IN ('proved', 'proof_missing')
        ORDER BY length(e.name) DESC LIMIT 1)
"""
_THE_TENANT = "JOIN tenants_tenant t ON t.slug = %(slug)s"
_SELECT = f"SELECT t.id::text, t.key, t.slug, {_VERSIONS}"
_PAGE = f"{_SELECT} {_FROM} {_THE_TENANT} {_TENANT} {_WHOSE}"
_REALM = f"{_SELECT} {_REALM_OF} {_FROM} {_ANYBODYS} {_TENANT} {_WHOSE}"
_OWN_REALM = f"{_SELECT} {_REALM_OF} {_FROM} {_THE_TENANT} {_ITS_OWN} {_TENANT} {_WHOSE}"


@dataclass(frozen=True, slots=True)
class PageState:
    """What a page of a tenant's depends on.

    Args:
        tenant_id: whose page it is; as text, like all ids here.
        tenant_key: of the same.
        slug: of the same.
        versions: of everything that the page shows; another text as soon as anything of it is another.
    """

    tenant_id: str
    tenant_key: str
    slug: str
    versions: str


@dataclass(frozen=True, slots=True)
class RealmState:
    """Where the addresses of a domain lead.

    Args:
        page: what the page depends on that leads on.
        connections: that the person goes on with, by name; at least one.
    """

    page: PageState
    connections: tuple[uuid.UUID, ...]


_SECONDS = 1.0
PAGES: Memory[tuple[str, str], PageState] = Memory(most=10_000, seconds=_SECONDS)
# By the application, the slug of the tenant whose page asks, and the name after the @: some KB each at most.
REALMS: Memory[tuple[str, str, str], RealmState] = Memory(most=1000, seconds=_SECONDS)


def page_state(application_id: str, slug: str) -> PageState | None:
    """Return what a tenant's sign-in page depends on; None where there is none for people of the application.

    Args:
        application_id: that asks for the sign-in.
        slug: of the tenant.
    """
    key, since = (application_id, slug), time.monotonic()
    state = PAGES.find(key)
    if state is None and (state := page_state_now(application_id, slug)) is not None:
        PAGES.keep(key, state, since=since)
    return state


def page_state_now(application_id: str, slug: str) -> PageState | None:
    """Return the same as it is at this moment, and not as it was a second ago."""
    found = first_row(_PAGE, {"application": application_id, "slug": slug})
    return PageState(*found) if found is not None else None


def realm_state(application_id: str, address: str, *, slug: str = "") -> RealmState | None:
    """Return the connections that an address leads to; None where it leads to none.

    What is not found, or leads nowhere, is asked each time, so that it takes as long for every domain of which that is
    so, whether or not somebody has proved it.

    Args:
        application_id: that asks for the sign-in.
        address: in the form of `federation.domains.names.normal_address`.
        slug: of the tenant whose page asks, whose domains decide alone; empty for the page that knows no tenant yet.
    """
    name = address.rpartition("@")[2]
    if len(name) > LONGEST:
        return None
    key, since = (application_id, slug, name), time.monotonic()
    state = REALMS.find(key)
    if state is not None:
        return state
    values = {"application": application_id, "names": " ".join(names_over(name)), "address": address}
    found = first_row(_OWN_REALM, {**values, "slug": slug}) if slug else first_row(_REALM, values)
    if found is None:
        return None
    *page, domain, active, rules, lists_addresses = found
    decision = route(domain, [_rule(address, *each) for each in rules or ()], address, active)
    if decision is None or decision.by_password:
        return None
    state = RealmState(PageState(*page), decision.connections)
    if not lists_addresses:
        # The same for all addresses of this name.
        REALMS.keep(key, state, since=since)
    return state


def _rule(address: str, scope: str, destination: str, subdomain: str, connections: list[str]) -> Rule:
    return Rule(
        scope=Scope(scope),
        destination=Destination(destination),
        connections=tuple(uuid.UUID(each) for each in connections),
        # Of the others that are listed nothing is read.
        addresses=frozenset({address}) if scope == Scope.ADDRESSES else frozenset(),
        subdomain=subdomain,
    )
