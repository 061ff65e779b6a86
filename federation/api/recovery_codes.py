"""The REST API about a user's recovery codes; nobody but the user ever sees one."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from federation.services.recovery_codes import codes_left
from identity.api.access import TenantAPIView
from identity.api.problems import OBJECT_ERRORS
from identity.selectors import get_user
from tenants.permissions import Permission


class RecoveryCodesSerializer(serializers.Serializer[Any]):
    """What there is to know about them."""

    left = serializers.IntegerField(help_text="How many are good yet; zero also where none were ever made.")


class UserRecoveryCodes(TenantAPIView):
    """A user's recovery codes."""

    required = {"GET": Permission.USERS_READ}

    @extend_schema(operation_id="get_user_recovery_codes", responses={200: RecoveryCodesSerializer, **OBJECT_ERRORS})
    def get(self, request: Request, user_id: uuid.UUID) -> Response:
        """Say how many are left."""
        return Response(RecoveryCodesSerializer({"left": codes_left(get_user(self.tenant, user_id))}).data)
