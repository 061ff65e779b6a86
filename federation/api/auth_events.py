"""The REST API about the log of sign-ins: every attempt, and the log in figures."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from federation.auth_reasons import Reason, in_words
from federation.devices import device_of
from federation.models import AuthEvent, AuthOutcome, AuthWay
from federation.selectors.auth_events import AuthEventFilter, Day, Figures, auth_events, figures
from identity.api.access import TenantAPIView
from identity.api.problems import ERRORS
from identity.api.serializers import PageQuerySerializer, PageSerializer
from tenants.paging import keyset_page
from tenants.permissions import Permission

_REASONS = ", ".join(Reason)


class AttemptSerializer(serializers.Serializer[AuthEvent]):
    """An attempt to get in or to stay in: a sign-in, a sign-up, a device; or a refused proof, code or token."""

    id = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    outcome = serializers.ChoiceField(choices=AuthOutcome.choices)
    way = serializers.ChoiceField(choices=AuthWay.choices)
    reason = serializers.CharField(
        help_text=f"Why it did not succeed, for a program: a cause of the connection's log, or one of {_REASONS}."
    )
    reason_in_words = serializers.SerializerMethodField(help_text="The same for people.")
    detail = serializers.CharField()
    user_id = serializers.UUIDField(allow_null=True)
    email = serializers.CharField(source="user.email", default="", help_text="Of that user.")
    application = serializers.CharField(source="application.name", default="")
    connection_id = serializers.UUIDField(allow_null=True)
    connection_sign_in_id = serializers.UUIDField(
        source="federated_id", allow_null=True, help_text="The line of the connection's log that has what was said."
    )
    amr = serializers.ListField(child=serializers.CharField(), help_text="Authentication methods (RFC 8176).")
    ip = serializers.IPAddressField(allow_null=True)
    known_browser = serializers.BooleanField(
        source="known_device", help_text="Whether the user had signed in with this browser before."
    )
    browser = serializers.SerializerMethodField(help_text="As it calls itself.")
    request_id = serializers.CharField()

    def get_reason_in_words(self, event: AuthEvent) -> str:
        """Return what the code says."""
        return in_words(event.reason)

    def get_browser(self, event: AuthEvent) -> str:
        """Return browser and system."""
        return str(device_of(event.user_agent))


class AttemptPageSerializer(PageSerializer):
    """A page of attempts, the newest first."""

    sign_ins = AttemptSerializer(many=True)


class _FilterSerializer(serializers.Serializer[Any]):
    """What to look for; what is left out does not narrow the answer."""

    q = serializers.CharField(
        required=False, default="", max_length=254, help_text="Part of an e-mail address, or an IP address."
    )
    outcome = serializers.ChoiceField(required=False, default="", choices=[("", "Any"), *AuthOutcome.choices])
    way = serializers.ChoiceField(required=False, default="", choices=[("", "Any"), *AuthWay.choices])
    reason = serializers.CharField(required=False, default="", max_length=48)
    application = serializers.UUIDField(required=False, default=None)
    user = serializers.UUIDField(required=False, default=None)
    new_device = serializers.BooleanField(required=False, default=False)
    since = serializers.DateField(required=False, default=None, help_text="The first day, UTC.")
    until = serializers.DateField(required=False, default=None, help_text="The last day, UTC.")

    def wanted(self) -> AuthEventFilter:
        """Return the filter that valid parameters ask for."""
        names = AuthEventFilter.__dataclass_fields__
        return AuthEventFilter(**{name: self.validated_data[name] for name in names})


class AttemptQuerySerializer(PageQuerySerializer, _FilterSerializer):
    """The parameters of a list of attempts."""


class FiguresQuerySerializer(_FilterSerializer):
    """The parameters of the figures."""


class DaySerializer(serializers.Serializer[Day]):
    """How many attempts of a day ended how."""

    day = serializers.DateField()
    succeeded = serializers.IntegerField()
    failed = serializers.IntegerField()
    limited = serializers.IntegerField()


class CountSerializer(serializers.Serializer[tuple[str, int]]):
    """How often something happened."""

    name = serializers.SerializerMethodField()
    count = serializers.SerializerMethodField()

    def get_name(self, row: tuple[str, int]) -> str:
        """Return what happened."""
        return row[0]

    def get_count(self, row: tuple[str, int]) -> int:
        """Return how often."""
        return row[1]


class FiguresSerializer(serializers.Serializer[Figures]):
    """The log in figures."""

    days = DaySerializer(many=True)
    reasons = CountSerializer(many=True, help_text="Why attempts did not succeed, the most frequent first.")
    networks = CountSerializer(many=True, help_text="From where those came.")


class SignIns(TenantAPIView):
    """The log of sign-ins."""

    required = {"GET": Permission.AUDIT_READ}

    @extend_schema(
        operation_id="list_sign_ins",
        parameters=[AttemptQuerySerializer],
        responses={200: AttemptPageSerializer, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        """List attempts by pages."""
        query = AttemptQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        page = keyset_page(auth_events(self.tenant, query.wanted()), order=("-created_at", "-pk"), **query.chosen())
        answer = {
            "sign_ins": page.rows,
            "next_cursor": page.next_cursor,
            "previous_cursor": page.previous_cursor,
        }
        return Response(AttemptPageSerializer(answer).data)


class SignInFigures(TenantAPIView):
    """The log of sign-ins in figures."""

    required = {"GET": Permission.AUDIT_READ}

    @extend_schema(
        operation_id="get_sign_in_figures",
        parameters=[FiguresQuerySerializer],
        responses={200: FiguresSerializer, **ERRORS},
    )
    def get(self, request: Request) -> Response:
        """Count attempts day by day, and say why they failed; of the last 30 days unless other days are asked for."""
        query = FiguresQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        return Response(FiguresSerializer(figures(self.tenant, query.wanted())).data)
