"""Domains as a tenant has them once DNS was asked, and rules of theirs."""

import uuid
from dataclasses import replace

from django.utils import timezone

from federation.domains.routing import Destination, Scope
from federation.models import Connection, DomainRule, DomainStatus, EmailDomain
from federation.services.domain_rules import WantedRule, add_rule, set_default
from federation.services.email_domains import claim_domain
from tenants.models import Tenant
from tests.support.connections import ACTOR


def proved(tenant: Tenant, name: str) -> EmailDomain:
    """Claim a domain, and take its proof for found."""
    claim = claim_domain(tenant, name=name, actor=ACTOR)
    EmailDomain.objects.filter(pk=claim.pk).update(status=DomainStatus.PROVED, since=timezone.now())
    claim.refresh_from_db()
    return claim


def listing(claim: EmailDomain, *addresses: str, to: Connection | None = None) -> DomainRule:
    """Let addresses lead to a connection, or without one to the password."""
    wanted = replace(_leading_to(Scope.ADDRESSES, to), addresses=addresses)
    return add_rule(claim.tenant, claim.pk, wanted, actor=ACTOR)


def below(claim: EmailDomain, subdomain: str, *, to: Connection | None = None) -> DomainRule:
    """Let a sub-domain lead to a connection, or without one to the password."""
    wanted = replace(_leading_to(Scope.SUBDOMAIN, to), subdomain=subdomain)
    return add_rule(claim.tenant, claim.pk, wanted, actor=ACTOR)


def otherwise(claim: EmailDomain, *connections: Connection) -> DomainRule:
    """Let everybody else choose between connections, or without any enter the password."""
    return set_default(claim.tenant, claim.pk, _leading_to(Scope.DEFAULT, *connections), actor=ACTOR)


def password_rule(claim: EmailDomain) -> DomainRule:
    """Add any rule."""
    return listing(claim, f"{uuid.uuid4().hex}@{claim.name}")


def _leading_to(scope: Scope, *connections: Connection | None) -> WantedRule:
    chosen = tuple(each.pk for each in connections if each is not None)
    destination = Destination.CONNECTIONS if chosen else Destination.PASSWORD
    return WantedRule(scope=scope, destination=destination, connections=chosen)
