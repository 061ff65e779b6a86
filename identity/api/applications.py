"""The REST API about the applications that a tenant's users may sign in to."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api.access import TenantAPIView
from identity.api.problems import ERRORS
from identity.selectors.applications import applications_here
from tenants.permissions import Permission, TenantRole


class ApplicationRoleSerializer(serializers.Serializer[Any]):
    """A role of an application's catalogue."""

    name = serializers.CharField(source="role.name")
    description = serializers.CharField(source="role.description")
    everybody = serializers.BooleanField(source="role.everybody", help_text="Everybody has it who may sign in.")
    tenant_roles = serializers.ListField(
        child=serializers.ChoiceField(choices=TenantRole.choices),
        source="role.tenant_roles",
        help_text="Who has one of these in the organization has it.",
    )
    groups = serializers.ListField(
        child=serializers.CharField(), source="group_names", help_text="Members of these groups of yours have it."
    )


class ApplicationSerializer(serializers.Serializer[Any]):
    """An application. Its redirect URIs are the provider's: they may name other organizations."""

    id = serializers.UUIDField(source="application.pk")
    name = serializers.CharField(source="application.name")
    client_id = serializers.CharField(source="application.client_id")
    initiate_login_uri = serializers.CharField(
        source="application.initiate_login_uri",
        allow_blank=True,
        help_text="Where a sign-in can be begun (OpenID Connect Core, section 4); empty where it has no such address.",
    )
    roles = ApplicationRoleSerializer(
        many=True, help_text="Empty without a catalogue: tokens then name the role in the organization."
    )
    since = serializers.DateTimeField(source="grant.created_at")


class ApplicationListSerializer(serializers.Serializer[Any]):
    """All of them, by name."""

    applications = ApplicationSerializer(many=True)


class Applications(TenantAPIView):
    """The applications that the tenant has; the provider adds and removes them."""

    required = {"GET": Permission.APPLICATIONS_READ}

    @extend_schema(operation_id="list_applications", responses={200: ApplicationListSerializer, **ERRORS})
    def get(self, request: Request) -> Response:
        """List them."""
        return Response(ApplicationListSerializer({"applications": applications_here(self.tenant)}).data)
