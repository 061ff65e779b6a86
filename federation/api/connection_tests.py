"""The REST API about tests of connections. A program begins and reads them; a person opens them in the dashboard.

What comes back in a test belongs to one dashboard session and its browser, and a program has neither. So the answer to
beginning one has the address of its page in the dashboard; the first session that opens it there has it.
"""

import uuid
from typing import Any

from django.conf import settings
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from federation.connections.test_report import CAUSES
from federation.models import ConnectionTest, ConnectionTestState
from federation.selectors.connection_tests import get_test, tests_of
from federation.selectors.connections import get_connection
from federation.services.connection_tests import cancel_test, start_test
from identity.api.access import TenantAPIView
from identity.api.problems import OBJECT_ERRORS
from identity.api.serializers import PageQuerySerializer, PageSerializer
from tenants.paging import keyset_page
from tenants.permissions import Permission


class RequestSerializer(serializers.Serializer[Any]):
    """A request that was sent, without what is good for one sign-in."""

    address = serializers.CharField()
    parameters = serializers.DictField(child=serializers.CharField())
    document = serializers.CharField(allow_blank=True, help_text="The AuthnRequest of SAML.")


class SentSerializer(serializers.Serializer[Any]):
    """What was sent, as far as the test came."""

    ours = RequestSerializer(required=False, help_text="From Lifeguard to Cognito.")
    theirs = RequestSerializer(required=False, help_text="From Cognito to the identity provider.")


class ReportSerializer(serializers.Serializer[Any]):
    """Who came, and who they would be here."""

    attributes = serializers.DictField(child=serializers.CharField())
    status = serializers.ChoiceField(choices=[("new", "New"), ("existing", "Existing"), ("refused", "Refused")])
    reason = serializers.CharField(allow_blank=True, help_text="Why they would be refused, for a program.")
    email = serializers.CharField(allow_blank=True)
    name = serializers.CharField(allow_blank=True)
    role = serializers.CharField(allow_blank=True)
    groups = serializers.ListField(child=serializers.CharField(), help_text="Their groups here.")
    claimed_groups = serializers.ListField(child=serializers.CharField(), help_text="Their groups there.")
    token = serializers.DictField(
        help_text="The claims of the ID token that applications would get; the roles are those of one without its own."
    )
    applications = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="The roles that tokens for each of your applications would say, by its name.",
    )


class ConnectionTestSerializer(serializers.ModelSerializer[ConnectionTest]):
    """A test."""

    state = serializers.ChoiceField(source="state_now", choices=ConnectionTestState.choices, read_only=True)
    code = serializers.CharField(source="code_now", read_only=True, help_text="Why it did not pass, for a program.")
    cause = serializers.SerializerMethodField(help_text="The same in words.")
    detail = serializers.CharField(read_only=True, help_text="What was said of it, word by word.")
    page = serializers.SerializerMethodField(help_text="Where a person opens it, and sees what came of it.")

    class Meta:
        model = ConnectionTest
        fields = [
            "id", "version", "state", "code", "cause", "detail", "started_by", "started_at", "expires_at",
            "finished_at", "page",
        ]  # fmt: skip
        read_only_fields = fields

    def get_cause(self, test: ConnectionTest) -> str:
        """Return the cause in words."""
        return str(CAUSES.get(test.code_now, ""))

    def get_page(self, test: ConnectionTest) -> str:
        """Return its page in the dashboard."""
        path = reverse("tenant:connection-test-run", args=[test.tenant.slug, test.connection_id, test.pk])
        return f"{settings.DASHBOARD_URL}{path}"


class ConnectionTestDetailSerializer(ConnectionTestSerializer):
    """A test, with what was sent and what came back."""

    sent = SentSerializer(read_only=True)
    report = serializers.SerializerMethodField()

    class Meta(ConnectionTestSerializer.Meta):
        fields = [*ConnectionTestSerializer.Meta.fields, "sent", "report"]
        read_only_fields = fields

    @extend_schema_field(ReportSerializer(allow_null=True))
    def get_report(self, test: ConnectionTest) -> dict[str, Any] | None:
        """Return what came back; null where nobody did."""
        return test.report or None


class ConnectionTestPageSerializer(PageSerializer):
    """A page of tests, the newest first."""

    tests = ConnectionTestSerializer(many=True)


class ConnectionTests(TenantAPIView):
    """The tests of a connection."""

    required = {"GET": Permission.CONNECTIONS_READ, "POST": Permission.CONNECTIONS_WRITE}

    @extend_schema(
        operation_id="list_connection_tests",
        parameters=[PageQuerySerializer],
        responses={200: ConnectionTestPageSerializer, **OBJECT_ERRORS},
    )
    def get(self, request: Request, connection_id: uuid.UUID) -> Response:
        """List tests by pages."""
        query = PageQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        rows = tests_of(get_connection(self.tenant, connection_id))
        page = keyset_page(rows.select_related("tenant"), order=("-started_at", "-pk"), **query.chosen())
        answer = {"tests": page.rows, "next_cursor": page.next_cursor, "previous_cursor": page.previous_cursor}
        return Response(ConnectionTestPageSerializer(answer).data)

    @extend_schema(
        operation_id="start_connection_test",
        request=None,
        responses={201: ConnectionTestSerializer, **OBJECT_ERRORS},
    )
    def post(self, request: Request, connection_id: uuid.UUID) -> Response:
        """Begin a test of the newest version. A person opens it on its page in the dashboard, within ten minutes."""
        test = start_test(self.tenant, connection_id, session=None, actor=self.actor)
        return Response(ConnectionTestSerializer(test).data, status=status.HTTP_201_CREATED)


class ConnectionTestRun(TenantAPIView):
    """One test."""

    required = {"GET": Permission.CONNECTIONS_READ}

    @extend_schema(operation_id="get_connection_test", responses={200: ConnectionTestDetailSerializer, **OBJECT_ERRORS})
    def get(self, request: Request, connection_id: uuid.UUID, test_id: uuid.UUID) -> Response:
        """Return a test, with what was sent and what came back."""
        test = get_test(get_connection(self.tenant, connection_id), test_id)
        return Response(ConnectionTestDetailSerializer(test).data)


class ConnectionTestCancel(TenantAPIView):
    """Ending a test that is under way."""

    required = {"POST": Permission.CONNECTIONS_WRITE}

    @extend_schema(
        operation_id="cancel_connection_test",
        request=None,
        responses={200: ConnectionTestDetailSerializer, **OBJECT_ERRORS},
    )
    def post(self, request: Request, connection_id: uuid.UUID, test_id: uuid.UUID) -> Response:
        """End a test; one that is over stays as it is."""
        connection = get_connection(self.tenant, connection_id)
        cancel_test(get_test(connection, test_id))
        return Response(ConnectionTestDetailSerializer(get_test(connection, test_id)).data)
