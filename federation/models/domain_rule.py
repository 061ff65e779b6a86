"""What a tenant says of where the addresses of a domain lead."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from federation.domains.names import LONGEST
from federation.domains.routing import Destination, Rule, Scope
from federation.domains.typed_rules import LONGEST_ADDRESS
from federation.models.email_domain import EmailDomain
from tenants.models.base import TenantOwned


class DomainRule(TenantOwned):
    """One rule of a domain (`federation.domains.routing`). It counts as long as the domain is its tenant's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    domain = models.ForeignKey(EmailDomain, on_delete=models.CASCADE, related_name="rules")
    scope = models.CharField(max_length=16, choices=Scope)
    subdomain = models.CharField(max_length=LONGEST, blank=True)
    addresses = ArrayField(models.CharField(max_length=LONGEST_ADDRESS), default=list, blank=True)
    destination = models.CharField(max_length=16, choices=Destination)
    # Of this tenant, which whoever reads them asks for again. A deleted connection keeps its row, and stays named here
    # until somebody changes the rule.
    connections = ArrayField(models.UUIDField(), default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["domain"], condition=Q(scope="default"), name="domain_rule_one_default"),
            models.UniqueConstraint(
                fields=["domain", "subdomain"], condition=Q(scope="subdomain"), name="domain_rule_subdomain_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_scope_display()}, {self.domain}"

    @property
    def value(self) -> Rule:
        """The rule, as it is matched."""
        return Rule(
            scope=Scope(self.scope),
            destination=Destination(self.destination),
            connections=tuple(self.connections),
            addresses=frozenset(self.addresses),
            subdomain=self.subdomain,
            id=self.pk,
        )
