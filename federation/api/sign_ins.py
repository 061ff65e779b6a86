"""The REST API about who came by a connection, who did not, and why."""

import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from federation.connections.sign_in_words import Explained, explained
from federation.guides import known_guide
from federation.guides.marks import to_plain
from federation.models import SignInOutcome
from federation.selectors.connections import get_connection
from federation.selectors.sign_in_log import sign_ins_of
from identity.api.access import TenantAPIView
from identity.api.problems import OBJECT_ERRORS
from identity.api.serializers import PageQuerySerializer, PageSerializer
from tenants.paging import keyset_page
from tenants.permissions import Permission


class SignInSerializer(serializers.Serializer[Explained]):
    """A sign-in by a connection."""

    id = serializers.UUIDField(source="sign_in.pk")
    version = serializers.IntegerField(source="sign_in.version", help_text="Of the connection.")
    outcome = serializers.ChoiceField(source="sign_in.state", choices=SignInOutcome.choices)
    code = serializers.CharField(source="sign_in.code", help_text="Why it did not succeed, for a program.")
    cause = serializers.CharField(help_text="The same in words.")
    next_step = serializers.SerializerMethodField(help_text="What to do about it.")
    detail = serializers.CharField(source="sign_in.detail", help_text="What was said of it, word by word.")
    user_id = serializers.UUIDField(source="sign_in.user_id", allow_null=True)
    email = serializers.CharField(source="sign_in.user.email", default="", help_text="Of that user.")
    started_at = serializers.DateTimeField(source="sign_in.started_at")
    finished_at = serializers.DateTimeField(source="sign_in.finished_at", allow_null=True)

    def get_next_step(self, line: Explained) -> str:
        """Return it without a guide's marks."""
        return to_plain(line.step)


class SignInPageSerializer(PageSerializer):
    """A page of sign-ins, the newest first."""

    sign_ins = SignInSerializer(many=True)


class SignInQuerySerializer(PageQuerySerializer):
    """The parameters of a list of sign-ins."""

    outcome = serializers.ChoiceField(required=False, default="", choices=[("", "Any"), *SignInOutcome.choices])
    since = serializers.DateTimeField(required=False, default=None, help_text="Began then or later.")
    until = serializers.DateTimeField(required=False, default=None, help_text="Began before.")


class ConnectionSignIns(TenantAPIView):
    """The log of a connection."""

    required = {"GET": Permission.CONNECTIONS_READ}

    @extend_schema(
        operation_id="list_connection_sign_ins",
        parameters=[SignInQuerySerializer],
        responses={200: SignInPageSerializer, **OBJECT_ERRORS},
    )
    def get(self, request: Request, connection_id: uuid.UUID) -> Response:
        """List sign-ins by pages, each that did not succeed with the cause and the next step."""
        query = SignInQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        connection = get_connection(self.tenant, connection_id)
        wanted: dict[str, Any] = {name: query.validated_data[name] for name in ("outcome", "since", "until")}
        page = keyset_page(sign_ins_of(connection, **wanted), order=("-started_at", "-pk"), **query.chosen())
        guide = known_guide(connection.guide)
        answer = {
            "sign_ins": [explained(row, guide) for row in page.rows],
            "next_cursor": page.next_cursor,
            "previous_cursor": page.previous_cursor,
        }
        return Response(SignInPageSerializer(answer).data)
