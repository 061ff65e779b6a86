"""The REST API about the connections by which a user comes."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from federation.models import FederatedIdentity
from federation.selectors.identities import identities_of
from federation.services.unlinking import allow_again, disconnect_user
from identity.api.access import TenantAPIView
from identity.api.problems import OBJECT_ERRORS
from identity.selectors import get_user
from tenants.permissions import Permission


class WayInSerializer(serializers.ModelSerializer[FederatedIdentity]):
    """Who a user is to the identity provider of a connection."""

    connection_id = serializers.UUIDField(read_only=True)
    connection = serializers.CharField(source="connection.name", read_only=True)
    email = serializers.CharField(source="claims.email", default="", read_only=True, help_text="As was said there.")
    only_way_in = serializers.SerializerMethodField(help_text="The user has no account besides it.")

    class Meta:
        model = FederatedIdentity
        fields = [
            "connection_id", "connection", "subject", "email", "only_way_in", "last_seen_at", "linked_at",
            "unlinked_at", "created_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_only_way_in(self, identity: FederatedIdentity) -> bool:
        """Say whether there is no other."""
        return not identity.is_linked


class WayInListSerializer(serializers.Serializer[Any]):
    """All of them, the oldest first."""

    connections = WayInSerializer(many=True)


class UserConnections(TenantAPIView):
    """The connections by which a user comes."""

    required = {"GET": Permission.CONNECTIONS_READ}

    @extend_schema(operation_id="list_user_connections", responses={200: WayInListSerializer, **OBJECT_ERRORS})
    def get(self, request: Request, user_id: uuid.UUID) -> Response:
        """List them, with those that were disconnected."""
        user = get_user(self.tenant, user_id)
        return Response(WayInListSerializer({"connections": identities_of(user)}).data)


class UserDisconnect(TenantAPIView):
    """Taking a connection away from a user who has another way in."""

    required = {"POST": Permission.USERS_WRITE}

    @extend_schema(operation_id="disconnect_user", request=None, responses={204: None, **OBJECT_ERRORS})
    def post(self, request: Request, user_id: uuid.UUID, connection_id: uuid.UUID) -> Response:
        """Disconnect the user and sign them out."""
        disconnect_user(self.tenant, user_id, connection_id, actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class UserAllowAgain(TenantAPIView):
    """Letting the connection's rule decide again."""

    required = {"POST": Permission.USERS_WRITE}

    @extend_schema(operation_id="allow_user_connection", request=None, responses={204: None, **OBJECT_ERRORS})
    def post(self, request: Request, user_id: uuid.UUID, connection_id: uuid.UUID) -> Response:
        """Forget that the user was disconnected."""
        allow_again(self.tenant, user_id, connection_id, actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)
