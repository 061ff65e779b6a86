"""The REST API about where a user is signed in."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from federation.selectors.browser_sessions import OpenSession, open_sessions
from federation.services.session_ends import end_session_of, sign_user_out
from identity.api.access import TenantAPIView
from identity.api.problems import OBJECT_ERRORS
from identity.selectors import get_user
from tenants.permissions import Permission


class SessionSerializer(serializers.Serializer[OpenSession]):
    """One session. It is the `sid` of the ID tokens that it gave."""

    id = serializers.UUIDField(read_only=True)
    device = serializers.CharField(read_only=True, help_text="Browser and system, as the browser says.")
    network = serializers.CharField(read_only=True, help_text="From where it was begun: an address, or a /64 of IPv6.")
    connection = serializers.CharField(read_only=True, help_text="By which the person came; empty for none.")
    began_at = serializers.DateTimeField(read_only=True)
    last_seen_at = serializers.DateTimeField(read_only=True)


class SessionListSerializer(serializers.Serializer[Any]):
    """All of them, the one used last first."""

    sessions = SessionSerializer(many=True)


class UserSessions(TenantAPIView):
    """Where a user is signed in."""

    required = {"GET": Permission.USERS_READ, "DELETE": Permission.USERS_WRITE}

    @extend_schema(operation_id="list_user_sessions", responses={200: SessionListSerializer, **OBJECT_ERRORS})
    def get(self, request: Request, user_id: uuid.UUID) -> Response:
        """List the sessions that still stand."""
        user = get_user(self.tenant, user_id)
        return Response(SessionListSerializer({"sessions": open_sessions(user)}).data)

    @extend_schema(operation_id="end_user_sessions", responses={204: None, **OBJECT_ERRORS})
    def delete(self, request: Request, user_id: uuid.UUID) -> Response:
        """End all of them with their refresh tokens. Access tokens live on for 10 minutes, or as was set (1 to 60)."""
        sign_user_out(self.tenant, user_id, actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class UserSession(TenantAPIView):
    """One session of a user."""

    required = {"DELETE": Permission.USERS_WRITE}

    @extend_schema(operation_id="end_user_session", responses={204: None, **OBJECT_ERRORS})
    def delete(self, request: Request, user_id: uuid.UUID, session_id: uuid.UUID) -> Response:
        """End it with its refresh tokens. Access tokens live on for 10 minutes, or as was set (1 to 60)."""
        end_session_of(self.tenant, user_id, session_id, actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)
