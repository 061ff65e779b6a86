"""The REST API about a tenant's domains, and where their addresses lead."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from federation.api.domain_serializers import (
    AddressSerializer,
    ChangedRuleSerializer,
    DestinationSerializer,
    DomainListSerializer,
    DomainRuleListSerializer,
    DomainRuleSerializer,
    DomainSerializer,
    LeadSerializer,
    NewDomainSerializer,
    NewRuleSerializer,
)
from federation.domains.routing import Scope
from federation.selectors.domain_rules import decision_at, get_rule, rules_of
from federation.selectors.email_domains import domains_of, get_domain
from federation.services import domain_rules, email_domains
from identity.api.access import TenantAPIView
from identity.api.problems import ERRORS, OBJECT_ERRORS
from tenants.permissions import Permission

_READ, _WRITE = Permission.DOMAINS_READ, Permission.DOMAINS_WRITE


class Domains(TenantAPIView):
    """The domains that the tenant claims."""

    required = {"GET": _READ, "POST": _WRITE}

    @extend_schema(operation_id="list_domains", responses={200: DomainListSerializer, **ERRORS})
    def get(self, request: Request) -> Response:
        """List domains by name."""
        return Response(DomainListSerializer({"domains": domains_of(self.tenant)}).data)

    @extend_schema(
        operation_id="claim_domain", request=NewDomainSerializer, responses={201: DomainSerializer, **OBJECT_ERRORS}
    )
    def post(self, request: Request) -> Response:
        """Claim a domain: it waits for its proof, whoever else claims it."""
        asked = NewDomainSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        made = email_domains.claim_domain(self.tenant, **asked.validated_data, actor=self.actor)
        return Response(DomainSerializer(made).data, status=status.HTTP_201_CREATED)


class Domain(TenantAPIView):
    """One domain."""

    required = {"GET": _READ, "DELETE": _WRITE}

    @extend_schema(operation_id="get_domain", responses={200: DomainSerializer, **OBJECT_ERRORS})
    def get(self, request: Request, domain_id: uuid.UUID) -> Response:
        """Return a domain, how far its proof is, and the record that proves it."""
        return Response(DomainSerializer(get_domain(self.tenant, domain_id)).data)

    @extend_schema(operation_id="remove_domain", responses={204: None, **OBJECT_ERRORS})
    def delete(self, request: Request, domain_id: uuid.UUID) -> Response:
        """Give a domain up, and its rules."""
        # The id in the address names the domain as surely as the typed name does on the page.
        name = get_domain(self.tenant, domain_id).name
        email_domains.remove_domain(self.tenant, domain_id, confirm_name=name, actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class DomainCheck(TenantAPIView):
    """Looking for the proof of a domain."""

    required = {"POST": _WRITE}

    @extend_schema(operation_id="check_domain", request=None, responses={202: DomainSerializer, **OBJECT_ERRORS})
    def post(self, request: Request, domain_id: uuid.UUID) -> Response:
        """Have DNS asked at once; what it says is on the domain some seconds later."""
        email_domains.check_domain_now(self.tenant, domain_id, actor=self.actor)
        found = DomainSerializer(get_domain(self.tenant, domain_id)).data
        return Response(found, status=status.HTTP_202_ACCEPTED)


class DomainRules(TenantAPIView):
    """The rules of a domain."""

    required = {"GET": _READ, "POST": _WRITE}

    @extend_schema(operation_id="list_domain_rules", responses={200: DomainRuleListSerializer, **OBJECT_ERRORS})
    def get(self, request: Request, domain_id: uuid.UUID) -> Response:
        """List rules, the oldest first; without a default among them, every active connection is the default."""
        rules = rules_of(get_domain(self.tenant, domain_id))
        return Response(DomainRuleListSerializer({"rules": rules}).data)

    @extend_schema(
        operation_id="add_domain_rule",
        request=NewRuleSerializer,
        responses={201: DomainRuleSerializer, **OBJECT_ERRORS},
    )
    def post(self, request: Request, domain_id: uuid.UUID) -> Response:
        """Add a rule for listed addresses, or for a sub-domain."""
        asked = NewRuleSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        made = domain_rules.add_rule(self.tenant, domain_id, asked.wanted(), actor=self.actor)
        return Response(DomainRuleSerializer(made).data, status=status.HTTP_201_CREATED)


class DomainRule(TenantAPIView):
    """One rule."""

    required = {"GET": _READ, "PUT": _WRITE, "DELETE": _WRITE}

    @extend_schema(operation_id="get_domain_rule", responses={200: DomainRuleSerializer, **OBJECT_ERRORS})
    def get(self, request: Request, domain_id: uuid.UUID, rule_id: uuid.UUID) -> Response:
        """Return a rule."""
        return Response(DomainRuleSerializer(get_rule(self.tenant, domain_id, rule_id)).data)

    @extend_schema(
        operation_id="change_domain_rule",
        request=ChangedRuleSerializer,
        responses={200: DomainRuleSerializer, **OBJECT_ERRORS},
    )
    def put(self, request: Request, domain_id: uuid.UUID, rule_id: uuid.UUID) -> Response:
        """Have a rule for addresses or a sub-domain say something else."""
        asked = ChangedRuleSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        scope = get_rule(self.tenant, domain_id, rule_id).scope
        changed = domain_rules.change_rule(self.tenant, domain_id, rule_id, asked.wanted(scope), actor=self.actor)
        return Response(DomainRuleSerializer(changed).data)

    @extend_schema(operation_id="remove_domain_rule", responses={204: None, **OBJECT_ERRORS})
    def delete(self, request: Request, domain_id: uuid.UUID, rule_id: uuid.UUID) -> Response:
        """Take a rule away."""
        domain_rules.remove_rule(self.tenant, domain_id, rule_id, actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class DomainDefault(TenantAPIView):
    """Where those addresses of a domain lead that no other rule is for."""

    required = {"PUT": _WRITE}

    @extend_schema(
        operation_id="set_domain_default",
        request=DestinationSerializer,
        responses={200: DomainRuleSerializer, **OBJECT_ERRORS},
    )
    def put(self, request: Request, domain_id: uuid.UUID) -> Response:
        """Set the default of a domain."""
        asked = DestinationSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        kept = domain_rules.set_default(self.tenant, domain_id, asked.wanted(Scope.DEFAULT), actor=self.actor)
        return Response(DomainRuleSerializer(kept).data)


class DomainLead(TenantAPIView):
    """Where an address leads."""

    required = {"GET": _READ}

    @extend_schema(
        operation_id="try_address", parameters=[AddressSerializer], responses={200: LeadSerializer, **ERRORS}
    )
    def get(self, request: Request) -> Response:
        """Say where an address leads by the tenant's proved domains, whether anybody has it or not."""
        asked = AddressSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        decision = decision_at(self.tenant, asked.validated_data["address"])
        found = {
            "covered": decision is not None,
            "rule": decision.rule.id if decision else None,
            "connections": decision.connections if decision else (),
        }
        return Response(LeadSerializer(found).data)
