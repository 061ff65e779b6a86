"""What goes into the API about domains and comes out. Only shapes: what is right is decided by the services."""

from typing import Any

from rest_framework import serializers

from federation.domains.dns import record_name, record_value
from federation.domains.routing import Destination, Scope
from federation.models import DomainRule, DomainStatus, EmailDomain
from federation.services.domain_rules import WantedRule

# What can be chosen by whoever adds a rule; the default is there from the beginning.
SPECIAL_SCOPES = [choice for choice in Scope.choices if choice[0] != Scope.DEFAULT]


class DomainSerializer(serializers.ModelSerializer[EmailDomain]):
    """A claim to a domain, and the TXT record that proves it."""

    status = serializers.ChoiceField(choices=DomainStatus.choices, read_only=True)
    record_name = serializers.SerializerMethodField()
    record_value = serializers.SerializerMethodField()

    class Meta:
        model = EmailDomain
        fields = ["id", "name", "status", "since", "until", "checked_at", "trouble", "record_name", "record_value"]
        read_only_fields = fields

    def get_record_name(self, claim: EmailDomain) -> str:
        """Return where the record has to stand."""
        return record_name(claim.name)

    def get_record_value(self, claim: EmailDomain) -> str:
        """Return what it has to say."""
        return record_value(claim.token)


class DomainListSerializer(serializers.Serializer[Any]):
    """All domains that the tenant claims, by name."""

    domains = DomainSerializer(many=True)


class NewDomainSerializer(serializers.Serializer[Any]):
    """A domain to claim."""

    name = serializers.CharField(max_length=320, help_text="What follows the @ in e-mail addresses.")


class DomainRuleSerializer(serializers.ModelSerializer[DomainRule]):
    """A rule of where addresses of a domain lead."""

    scope = serializers.ChoiceField(choices=Scope.choices, read_only=True)
    destination = serializers.ChoiceField(choices=Destination.choices, read_only=True)
    addresses = serializers.ListField(child=serializers.CharField(), read_only=True)
    connections = serializers.ListField(child=serializers.UUIDField(), read_only=True)
    subdomain = serializers.CharField(
        read_only=True, help_text="With all below it; the domain's own name for every sub-domain."
    )

    class Meta:
        model = DomainRule
        fields = ["id", "scope", "addresses", "subdomain", "destination", "connections", "updated_at"]
        read_only_fields = fields


class DomainRuleListSerializer(serializers.Serializer[Any]):
    """The rules of a domain. The most exact that is for an address counts, in whatever order they stand."""

    rules = DomainRuleSerializer(many=True)


class DestinationSerializer(serializers.Serializer[Any]):
    """What a rule leads to."""

    destination = serializers.ChoiceField(choices=Destination.choices)
    connections = serializers.ListField(
        child=serializers.UUIDField(), required=False, default=list, help_text="For the destination `connections`."
    )

    def wanted(self, scope: str = "") -> WantedRule:
        """Return what valid input asks for."""
        said = self.validated_data
        return WantedRule(
            scope=said.get("scope", scope),
            destination=said["destination"],
            connections=tuple(said["connections"]),
            addresses=tuple(said.get("addresses", ())),
            subdomain=said.get("subdomain", ""),
        )


class ChangedRuleSerializer(DestinationSerializer):
    """What a rule is to say; its scope stays."""

    addresses = serializers.ListField(
        child=serializers.CharField(max_length=320),
        required=False,
        default=list,
        help_text="For the scope `addresses`.",
    )
    subdomain = serializers.CharField(
        required=False, default="", allow_blank=True, max_length=255,
        help_text="For the scope `subdomain`; `*` for every one.",
    )  # fmt: skip


class NewRuleSerializer(ChangedRuleSerializer):
    """A rule to add."""

    scope = serializers.ChoiceField(choices=SPECIAL_SCOPES)


class AddressSerializer(serializers.Serializer[Any]):
    """An address to try out."""

    address = serializers.CharField(max_length=320)


class LeadSerializer(serializers.Serializer[Any]):
    """Where an address leads."""

    covered = serializers.BooleanField(help_text="Whether a rule of a proved domain of the tenant is for it.")
    rule = serializers.UUIDField(allow_null=True, help_text="Null also for a default that nobody chose.")
    connections = serializers.ListField(
        child=serializers.UUIDField(),
        help_text="One: gone on to at once. Several: the person chooses. None: the tenant's own ways in.",
    )
