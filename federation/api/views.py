"""The REST API about a tenant's connections."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from federation.api.serializers import (
    ConnectionDetailSerializer,
    ConnectionListSerializer,
    ConnectionSerializer,
    NameSerializer,
    NewConnectionSerializer,
    ReasonSerializer,
    VersionListSerializer,
)
from federation.connections.from_guide import kind_of, recommended_mapping
from federation.guides import UnknownGuide, guide
from federation.selectors.connection_names import free_name
from federation.selectors.connections import connections_of, get_connection, versions_of
from federation.selectors.service_provider import service_provider_of
from federation.services import connection_states
from federation.services.connections import NewConnection, create_connection, rename_connection
from identity.api.access import TenantAPIView
from identity.api.problems import ERRORS, OBJECT_ERRORS
from tenants.errors import ValidationFailed
from tenants.permissions import Permission

_READ, _WRITE = Permission.CONNECTIONS_READ, Permission.CONNECTIONS_WRITE


class ConnectionView(TenantAPIView):
    """A view about one connection."""

    def answer(self, connection_id: uuid.UUID) -> Response:
        """Return the connection as it is now."""
        connection = get_connection(self.tenant, connection_id)
        data = dict(ConnectionSerializer(connection).data)
        provider = service_provider_of(self.tenant)
        names = ("ready", "entity_id", "acs_url", "logout_url", "redirect_uri")
        return Response({**data, "service_provider": {name: getattr(provider, name) for name in names}})


class Connections(TenantAPIView):
    """The tenant's connections."""

    required = {"GET": _READ, "POST": _WRITE}

    @extend_schema(operation_id="list_connections", responses={200: ConnectionListSerializer, **ERRORS})
    def get(self, request: Request) -> Response:
        """List connections by name."""
        return Response(ConnectionListSerializer({"connections": connections_of(self.tenant)}).data)

    @extend_schema(
        operation_id="create_connection",
        request=NewConnectionSerializer,
        responses={201: ConnectionSerializer, **OBJECT_ERRORS},
    )
    def post(self, request: Request) -> Response:
        """Begin a connection as a draft, with the mapping that its guide recommends."""
        asked = NewConnectionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            chosen = guide(asked.validated_data["guide"])
        except UnknownGuide as error:
            raise ValidationFailed(error.message, fields={"guide": error.message}) from error
        new = NewConnection(
            name=asked.validated_data["name"] or free_name(self.tenant, chosen.name),
            kind=kind_of(chosen),
            guide=chosen.slug,
            word=chosen.word,
            mapping=recommended_mapping(chosen),
        )
        made = create_connection(self.tenant, new, actor=self.actor)
        return Response(ConnectionSerializer(made).data, status=status.HTTP_201_CREATED)


class Connection(ConnectionView):
    """One connection."""

    required = {"GET": _READ, "PATCH": _WRITE, "DELETE": _WRITE}

    @extend_schema(operation_id="get_connection", responses={200: ConnectionDetailSerializer, **OBJECT_ERRORS})
    def get(self, request: Request, connection_id: uuid.UUID) -> Response:
        """Return a connection, and our values for its identity provider."""
        return self.answer(connection_id)

    @extend_schema(
        operation_id="rename_connection",
        request=NameSerializer,
        responses={200: ConnectionDetailSerializer, **OBJECT_ERRORS},
    )
    def patch(self, request: Request, connection_id: uuid.UUID) -> Response:
        """Call a connection otherwise."""
        asked = NameSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        rename_connection(self.tenant, connection_id, **asked.validated_data, actor=self.actor)
        return self.answer(connection_id)

    @extend_schema(operation_id="delete_connection", responses={204: None, **OBJECT_ERRORS})
    def delete(self, request: Request, connection_id: uuid.UUID) -> Response:
        """Delete a connection and its secrets."""
        # The id in the address names the connection as surely as the typed name does on the page.
        name = get_connection(self.tenant, connection_id).name
        connection_states.delete_connection(self.tenant, connection_id, confirm_name=name, actor=self.actor)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ConnectionVersions(TenantAPIView):
    """The versions of a connection."""

    required = {"GET": _READ}

    @extend_schema(operation_id="list_connection_versions", responses={200: VersionListSerializer, **OBJECT_ERRORS})
    def get(self, request: Request, connection_id: uuid.UUID) -> Response:
        """List versions, newest first."""
        connection = get_connection(self.tenant, connection_id)
        return Response(VersionListSerializer({"versions": versions_of(connection)}).data)


class ConnectionActivate(ConnectionView):
    """Putting a connection to use."""

    required = {"POST": _WRITE}

    @extend_schema(
        operation_id="activate_connection",
        request=ReasonSerializer,
        responses={200: ConnectionDetailSerializer, **OBJECT_ERRORS},
    )
    def post(self, request: Request, connection_id: uuid.UUID) -> Response:
        """Let people sign in by it; without a passing test a reason is needed, and audited."""
        asked = ReasonSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        connection_states.activate(self.tenant, connection_id, **asked.validated_data, actor=self.actor)
        return self.answer(connection_id)


class ConnectionDisable(ConnectionView):
    """Taking a connection out of use."""

    required = {"POST": _WRITE}

    @extend_schema(
        operation_id="disable_connection", request=None, responses={200: ConnectionDetailSerializer, **OBJECT_ERRORS}
    )
    def post(self, request: Request, connection_id: uuid.UUID) -> Response:
        """Let nobody sign in by it any more."""
        connection_states.disable(self.tenant, connection_id, actor=self.actor)
        return self.answer(connection_id)


class ConnectionEnable(ConnectionView):
    """Putting a disabled connection to use again."""

    required = {"POST": _WRITE}

    @extend_schema(
        operation_id="enable_connection", request=None, responses={200: ConnectionDetailSerializer, **OBJECT_ERRORS}
    )
    def post(self, request: Request, connection_id: uuid.UUID) -> Response:
        """Let people sign in by it again."""
        connection_states.enable(self.tenant, connection_id, actor=self.actor)
        return self.answer(connection_id)
