"""Reads of a domain's rules, and of where an address leads by them.

What another tenant has is looked at in one place only, `leading_domain`, and never told: on a page of a tenant, in its
dashboard too, its own domains decide alone.
"""

import uuid
from collections.abc import Iterable, Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Length

from federation.access import allowed_tenants
from federation.domains.names import domain_of, normal_address
from federation.domains.routing import Decision, names_over, route
from federation.models import Connection, ConnectionStatus, DomainRule, EmailDomain
from federation.models.email_domain import HOLDING
from federation.selectors.arrivals import offered_connections
from federation.selectors.email_domains import domains_of, get_domain
from tenants.errors import NotFound
from tenants.models import Application, Tenant, TenantStatus


def rules_of(claim: EmailDomain) -> QuerySet[DomainRule]:
    """Return what a domain's tenant said of it, the oldest first."""
    return DomainRule.objects.filter(tenant=claim.tenant_id, domain=claim)


def get_rule(tenant: Tenant, domain_id: uuid.UUID, rule_id: uuid.UUID) -> DomainRule:
    """Return one rule.

    Raises:
        NotFound: the tenant has no such domain, or the domain no such rule.
    """
    rule = rules_of(get_domain(tenant, domain_id)).select_related("domain").filter(pk=rule_id).first()
    if rule is None:
        raise NotFound
    return rule


def proved_names(tenant: Tenant) -> Sequence[str]:
    """Return the names of the domains that are a tenant's."""
    return list(domains_of(tenant).filter(status__in=HOLDING).values_list("name", flat=True))


def nearest_domain(email: str, tenant: Tenant) -> EmailDomain | None:
    """Return the proved domain of a tenant's that an address is of, or else the nearest above it."""
    rows = _over(email).select_related("tenant").filter(tenant=tenant)
    return max(rows, key=lambda claim: len(claim.name), default=None)


def leading_domain(email: str, application: Application) -> EmailDomain | None:
    """Return the nearest proved domain of an address, whoever's it is, if its tenant has sign-in go on for it.

    Asked in one query: where the nearest domain leads nowhere, because its tenant has no single sign-on or not this
    application, the answer takes no longer than where nobody has proved any.
    """
    active = Connection.objects.filter(tenant=OuterRef("tenant"), status=ConnectionStatus.ACTIVE)
    tenants = allowed_tenants(application).filter(status=TenantStatus.ACTIVE)
    leads = Q(Exists(active), tenant__in=tenants.values("pk"))
    rows = _over(email).annotate(leads=leads).order_by(Length("name").desc())
    found = rows.values_list("pk", "leads").first()
    if found is None or not found[1]:
        return None
    return EmailDomain.objects.select_related("tenant").filter(pk=found[0], status__in=HOLDING).first()


def _over(email: str) -> QuerySet[EmailDomain]:
    """The proved domains that an address is of or below, everybody's."""
    return EmailDomain.objects.filter(name__in=names_over(domain_of(email)), status__in=HOLDING)


def decision_in(claim: EmailDomain, email: str, *, active: Sequence[uuid.UUID]) -> Decision | None:
    """Return where a domain's rules lead an address; None where it is none of the domain's.

    Args:
        claim: the domain.
        email: the address.
        active: the ids of the tenant's connections that are in use, by name.
    """
    return route(claim.name, (row.value for row in rules_of(claim)), normal_address(email), active)


def decision_at(tenant: Tenant, email: str) -> Decision | None:
    """Return where a tenant's own page leads an address; None where it is of no domain of the tenant's."""
    claim = nearest_domain(email, tenant)
    return decision_in(claim, email, active=active_ids(tenant)) if claim is not None else None


def active_ids(tenant: Tenant) -> Sequence[uuid.UUID]:
    """Return the connections that are in use, by name."""
    return list(offered_connections(tenant).values_list("pk", flat=True))


def named_connections(tenant: Tenant, ids: Iterable[uuid.UUID]) -> QuerySet[Connection]:
    """Return the tenant's connections with some ids, by name: those that a rule names, deleted ones too."""
    return Connection.everything.filter(tenant=tenant, pk__in=list(ids)).order_by("name", "pk")


def domains_leading_to(connection: Connection) -> Sequence[EmailDomain]:
    """Return the domains of which a rule names a connection, by name."""
    rules = DomainRule.objects.filter(tenant=connection.tenant_id, connections__contains=[connection.pk])
    return list(EmailDomain.objects.filter(pk__in=rules.values("domain")).order_by("name"))
