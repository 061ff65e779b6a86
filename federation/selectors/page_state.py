"""What a sign-in page depends on, in one statement: whose request it is, and in which version each thing on it is.

A page may be kept for as long as this gives the same versions (`federation.signin.kept_pages`). They are those of
PostgreSQL itself: `xmin` and `ctid` of each row, which are others after each change of it, by whomever (PostgreSQL
documentation, 5.6 "System Columns"). So no service has to say that it changed something. A table that begins to count
for a page has to be named here; `tests/federation/signin/kept/test_pages.py` finds one that is not.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from federation.domains.routing import Destination, Rule, Scope
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
_REQUEST = """
    FROM federation_authorizationrequest r
    JOIN tenants_application a ON a.id = r.application_id
"""
_TENANT = """
    JOIN tenants_userpool u ON u.id = t.pool_id
    JOIN tenants_signinpolicy p ON p.tenant_id = t.id
    JOIN tenants_branding b ON b.tenant_id = t.id
    LEFT JOIN tenants_poolsettings s ON s.pool_id = u.id
"""
# As `find_request`, `active_tenant` and `application_allowed` say it.
_WHOSE = """
    WHERE r.id = %(request)s AND r.browser_hash = %(browser)s
        AND r.completed_at IS NULL AND r.expires_at > %(now)s
        AND t.status = 'active'
        AND (a.is_builtin OR EXISTS (SELECT 1 FROM tenants_tenantapplication x
            WHERE x.tenant_id = t.id AND x.application_id = a.id))
"""
_REALM_OF = """
    , t.slug, d.name,
    ARRAY(SELECT c.id FROM federation_connection c
        WHERE c.tenant_id = t.id AND c.status = 'active' AND c.deleted_at IS NULL ORDER BY c.name, c.id),
    (SELECT json_agg(json_build_array(l.scope, l.destination, l.subdomain, l.connections))
        FROM federation_domainrule l
        WHERE l.domain_id = d.id AND l.tenant_id = t.id
            AND (l.scope = 'default' OR l.scope = 'subdomain' AND l.subdomain = ANY(string_to_array(%(names)s, ' '))
                OR l.scope = 'addresses' AND %(address)s = ANY(l.addresses)))
"""
# The nearest proved domain decides alone, whoever's it is (`leading_domain`); where it leads nowhere there is no row.
_ANYBODYS = """
    JOIN federation_emaildomain d ON d.id = (SELECT e.id FROM federation_emaildomain e
        WHERE e.name = ANY(string_to_array(%(names)s, ' ')) AND e.status IN ('proved', 'proof_missing')
        ORDER BY length(e.name) DESC LIMIT 1)
    JOIN tenants_tenant t ON t.id = d.tenant_id AND r.tenant_id IS NULL
"""
# On a tenant's page its own domains decide alone (`nearest_domain`).
_ITS_OWN = """
    JOIN federation_emaildomain d ON d.id = (SELECT e.id FROM federation_emaildomain e
        WHERE e.tenant_id = t.id AND e.name = ANY(string_to_array(%(names)s, ' '))
            AND e.status IN ('proved', 'proof_missing')
        ORDER BY length(e.name) DESC LIMIT 1)
"""
_THE_TENANT = "JOIN tenants_tenant t ON t.slug = %(slug)s AND (r.tenant_id IS NULL OR r.tenant_id = t.id)"
_HINT = ", coalesce(r.parameters->>'login_hint', '')"
_SELECT = "SELECT t.key, coalesce(r.parameters->>'ui_locales', ''), r.parameters->>'redirect_uri',"
_PAGE = f"{_SELECT} {_VERSIONS} {_HINT} {_REQUEST} {_THE_TENANT} {_TENANT} {_WHOSE}"
_REALM = f"{_SELECT} {_VERSIONS} {_REALM_OF} {_REQUEST} {_ANYBODYS} {_TENANT} {_WHOSE}"
_OWN_REALM = f"{_SELECT} {_VERSIONS} {_REALM_OF} {_REQUEST} {_THE_TENANT} {_ITS_OWN} {_TENANT} {_WHOSE}"


@dataclass(frozen=True, slots=True)
class Opened:
    """Whose request is asked about: an open one of this browser's.

    Args:
        request_id: of the application's request.
        browser_hash: of the browser's token (`federation.tokens.hash_token`).
        now: the time by which it must not have expired.
    """

    request_id: uuid.UUID
    browser_hash: str
    now: datetime

    @property
    def values(self) -> dict[str, object]:
        """For the places of a statement."""
        return {"request": self.request_id, "browser": self.browser_hash, "now": self.now}


@dataclass(frozen=True, slots=True)
class PageState:
    """What a page of a tenant's depends on.

    Args:
        tenant_key: whose page it is.
        ui_locales: the languages that the application asked for.
        redirect_uri: where the application's answer goes.
        versions: of everything that the page shows; another text as soon as anything of it is another.
        login_hint: the address that the application named.
    """

    tenant_key: str
    ui_locales: str
    redirect_uri: str
    versions: str
    login_hint: str = ""


@dataclass(frozen=True, slots=True)
class RealmState:
    """Where an address may lead.

    Args:
        page: what the page depends on that leads on.
        slug: of the tenant.
        domain: the proved domain that decides.
        active: the tenant's connections in use, by name.
        rules: those of the domain that can be about the address.
    """

    page: PageState
    slug: str
    domain: str
    active: Sequence[uuid.UUID]
    rules: Sequence[Rule]


def page_state(opened: Opened, slug: str) -> PageState | None:
    """Return what a tenant's sign-in page depends on; None where the request, or who may use it, is not so."""
    found = first_row(_PAGE, {**opened.values, "slug": slug})
    return PageState(*found) if found is not None else None


def realm_state(opened: Opened, names: Sequence[str], address: str, *, slug: str = "") -> RealmState | None:
    """Return where an address may lead; None where no proved domain decides that leads anywhere.

    Args:
        opened: the application's request.
        names: of the domains that the address can be of (`federation.domains.routing.names_over`).
        address: in the form of `federation.domains.names.normal_address`.
        slug: of the tenant whose page asks, whose domains decide alone; empty for the page that knows no tenant yet.
    """
    values = {**opened.values, "names": " ".join(names), "address": address}
    found = first_row(_OWN_REALM, {**values, "slug": slug}) if slug else first_row(_REALM, values)
    if found is None:
        return None
    *page, slug, domain, active, rules = found
    return RealmState(PageState(*page), slug, domain, active, [_rule(address, *each) for each in rules or ()])


def _rule(address: str, scope: str, destination: str, subdomain: str, connections: list[str]) -> Rule:
    return Rule(
        scope=Scope(scope),
        destination=Destination(destination),
        connections=tuple(uuid.UUID(each) for each in connections),
        # Of the others that are listed nothing is read.
        addresses=frozenset({address}) if scope == Scope.ADDRESSES else frozenset(),
        subdomain=subdomain,
    )
