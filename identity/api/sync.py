"""The API about sync: how far Cognito has followed a tenant, its plans, and asking for a sync."""

import json
import uuid
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api.access import TenantAPIView
from identity.api.problems import ERRORS, OBJECT_ERRORS
from identity.api.serializers import PageQuerySerializer, PageSerializer
from identity.models import PlanOutcome, PlanStep, ResourceState, SyncPlan
from identity.selectors import discreet
from identity.selectors.own import own_resources
from identity.selectors.plans import PLAN_ORDER, PlanFilter, find_own_plans, get_own_plan
from identity.services.sync_runs import request_own_sync, show_own_plan
from identity.sync.views import ResourceView, summarise
from tenants.models import SyncKind, Tenant
from tenants.paging import keyset_page
from tenants.permissions import Permission


class ResourceSerializer(serializers.Serializer[ResourceView]):
    """A resource in Cognito."""

    family = serializers.CharField()
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=ResourceState.choices)
    detail = serializers.CharField(allow_blank=True)
    remedy = serializers.CharField(allow_blank=True, help_text="What somebody has to do; empty where nobody has to.")
    remote_id = serializers.CharField(allow_blank=True)
    next_attempt_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField(allow_null=True)


class SyncSerializer(serializers.Serializer[Any]):
    """How far Cognito has followed; the resources of a shared pool itself are its operator's, and not here."""

    state = serializers.ChoiceField(choices=ResourceState.choices)
    settled = serializers.BooleanField(help_text="Whether nothing changes any more by itself.")
    resources = ResourceSerializer(many=True)


class ChangeSerializer(serializers.Serializer[Any]):
    """One setting, by Cognito's own name."""

    field = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)

    def to_representation(self, instance: Any) -> Any:
        """Leave out what is the operator's in AWS."""
        return json.loads(discreet(json.dumps(super().to_representation(instance)), self.context["tenant"]))


class StepSerializer(serializers.ModelSerializer[PlanStep]):
    """What a plan does with one resource."""

    changes = ChangeSerializer(many=True)
    error = serializers.SerializerMethodField()
    remedy = serializers.SerializerMethodField()

    class Meta:
        model = PlanStep
        fields = ["family", "name", "action", "state", "changes", "error", "remedy", "started_at", "finished_at"]

    def get_error(self, step: PlanStep) -> str:
        """Return why it failed."""
        return discreet(step.error, self.context["tenant"])

    def get_remedy(self, step: PlanStep) -> str:
        """Return what to do about it."""
        return discreet(step.remedy, self.context["tenant"])


class PlanSummarySerializer(serializers.ModelSerializer[SyncPlan]):
    """A plan without its steps. `of` is what it is about; `asked_by` is empty where no person asked."""

    of = serializers.ChoiceField(source="scope", choices=SyncKind.choices)
    outcome = serializers.ChoiceField(choices=PlanOutcome.choices)
    asked_by = serializers.CharField(source="asker_label", read_only=True)
    error = serializers.SerializerMethodField()
    remedy = serializers.SerializerMethodField()

    class Meta:
        model = SyncPlan
        fields = [
            "id", "of", "outcome", "dry_run", "scheduled", "asked_by", "attempt", "error", "remedy", "started_at",
            "finished_at",
        ]  # fmt: skip

    def get_error(self, plan: SyncPlan) -> str:
        """Return why it failed."""
        return discreet(plan.error, self.context["tenant"])

    def get_remedy(self, plan: SyncPlan) -> str:
        """Return what to do about it."""
        return discreet(plan.remedy, self.context["tenant"])


class PlanSerializer(PlanSummarySerializer):
    """A plan."""

    steps = StepSerializer(many=True)

    class Meta(PlanSummarySerializer.Meta):
        fields = [*PlanSummarySerializer.Meta.fields, "steps"]


class PlanPageSerializer(PageSerializer):
    """A page of plans, newest first."""

    plans = PlanSummarySerializer(many=True)


class PlanQuerySerializer(PageQuerySerializer):
    """The parameters of a list of plans."""

    outcome = serializers.ChoiceField(required=False, default="", choices=PlanOutcome.choices)


class Sync(TenantAPIView):
    """How far Cognito has followed."""

    required = {"GET": Permission.SYNC_READ, "POST": Permission.SYNC_RUN}

    @extend_schema(operation_id="get_sync", responses={200: SyncSerializer, **ERRORS})
    def get(self, request: Request) -> Response:
        """Return the state of each of the tenant's resources."""
        return Response(_state(self.tenant))

    @extend_schema(operation_id="sync_now", request=None, responses={202: SyncSerializer, **ERRORS})
    def post(self, request: Request) -> Response:
        """Compare with Cognito now, and put right what differs."""
        request_own_sync(self.tenant, actor=self.actor)
        return Response(_state(self.tenant), status=status.HTTP_202_ACCEPTED)


class Plans(TenantAPIView):
    """The tenant's plans."""

    required = {"GET": Permission.SYNC_READ, "POST": Permission.SYNC_RUN}

    @extend_schema(
        operation_id="list_plans", parameters=[PlanQuerySerializer], responses={200: PlanPageSerializer, **ERRORS}
    )
    def get(self, request: Request) -> Response:
        """List plans, newest first, by pages."""
        query = PlanQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        found = find_own_plans(self.tenant, PlanFilter(outcome=query.validated_data["outcome"]))
        page = keyset_page(found, order=PLAN_ORDER, **query.chosen())
        answer = {"plans": page.rows, "next_cursor": page.next_cursor, "previous_cursor": page.previous_cursor}
        return Response(PlanPageSerializer(answer, context={"tenant": self.tenant}).data)

    @extend_schema(operation_id="show_plan", request=None, responses={202: PlanSummarySerializer(many=True), **ERRORS})
    def post(self, request: Request) -> Response:
        """Ask what a sync would do; nothing is written. Read the plans again until they are no longer `requested`."""
        plans = show_own_plan(self.tenant, actor=self.actor)
        answer = PlanSummarySerializer(plans, many=True, context={"tenant": self.tenant})
        return Response(answer.data, status=status.HTTP_202_ACCEPTED)


class Plan(TenantAPIView):
    """One plan."""

    required = {"GET": Permission.SYNC_READ}

    @extend_schema(operation_id="get_plan", responses={200: PlanSerializer, **OBJECT_ERRORS})
    def get(self, request: Request, plan_id: uuid.UUID) -> Response:
        """Return a plan with its steps."""
        plan = get_own_plan(self.tenant, plan_id)
        return Response(PlanSerializer(plan, context={"tenant": self.tenant}).data)


def _state(tenant: Tenant) -> dict[str, Any]:
    resources = own_resources(tenant)
    sync = summarise(resources)
    state = {"state": sync.state, "settled": sync.is_settled, "resources": resources}
    return dict(SyncSerializer(state).data)
