"""The REST API about what Cognito can do besides for a SAML connection."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from federation.models import Connection
from federation.selectors.connections import get_connection
from federation.selectors.service_provider import our_keys
from federation.services.connection_switches import LABELS, Switches, save_switches
from identity.api.access import TenantAPIView
from identity.api.problems import OBJECT_ERRORS
from tenants.permissions import Permission


class SwitchesSerializer(serializers.Serializer[Any]):
    """The switches; all are given."""

    sign_requests = serializers.BooleanField(help_text="Cognito signs requests to sign in.")
    encrypt_assertions = serializers.BooleanField(
        help_text="Cognito takes encrypted assertions, and refuses others. A test of the connection runs without."
    )
    sign_out_there = serializers.BooleanField(
        help_text="Signing out goes on at the identity provider, whose metadata has to name an address for it."
    )


class SwitchesAnswerSerializer(SwitchesSerializer):
    """The switches, and Cognito's certificates as PEM; empty while they are not known."""

    signing_certificate = serializers.CharField(allow_blank=True)
    encryption_certificate = serializers.CharField(allow_blank=True)


class ConnectionSwitches(TenantAPIView):
    """The switches of a SAML connection; those of another kind are all off, and stay so."""

    required = {"GET": Permission.CONNECTIONS_READ, "PUT": Permission.CONNECTIONS_WRITE}

    @extend_schema(operation_id="get_connection_switches", responses={200: SwitchesAnswerSerializer, **OBJECT_ERRORS})
    def get(self, request: Request, connection_id: uuid.UUID) -> Response:
        """Return the switches, and the certificates to give to the identity provider."""
        return _answer(get_connection(self.tenant, connection_id))

    @extend_schema(
        operation_id="set_connection_switches",
        request=SwitchesSerializer,
        responses={200: SwitchesAnswerSerializer, **OBJECT_ERRORS},
    )
    def put(self, request: Request, connection_id: uuid.UUID) -> Response:
        """Set all switches."""
        asked = SwitchesSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        return _answer(save_switches(self.tenant, connection_id, Switches(**asked.validated_data), actor=self.actor))


def _answer(connection: Connection) -> Response:
    settings, keys = connection.settings.to_json(), our_keys(connection)
    return Response(
        {
            **{name: settings.get(name, False) for name in LABELS},
            "signing_certificate": keys.signing.pem if keys.signing else "",
            "encryption_certificate": keys.encryption.pem if keys.encryption else "",
        }
    )
