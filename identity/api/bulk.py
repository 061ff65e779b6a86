"""Bulk jobs by the REST API: JSON lines in, the job's state out."""

import uuid
from collections.abc import Mapping
from typing import IO, Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from identity.api.access import TenantAPIView
from identity.api.problems import ERRORS, OBJECT_ERRORS
from identity.api.serializers import PageQuerySerializer, PageSerializer
from identity.models import BulkJob, BulkKind, BulkRow
from identity.selectors import discreet
from identity.selectors.bulk import NEWEST_FIRST, find_jobs, get_job, rows_not_done
from identity.services.bulk import confirm_job
from identity.services.bulk_input import MOST_BYTES, read_json_lines
from identity.services.bulk_jobs import cancel_job, phrase_for, prepare_job, resume_job
from tenants.errors import ValidationFailed
from tenants.paging import keyset_page
from tenants.permissions import Permission

JSON_LINES = "application/x-ndjson"


class JsonLinesParser(BaseParser):
    """Hands the body over as it is: it is read line by line while it is kept."""

    media_type = JSON_LINES

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the body, unread, as `lines`."""
        return {"lines": stream}


class JobSerializer(serializers.ModelSerializer[BulkJob]):
    """A bulk job."""

    rate = serializers.FloatField(read_only=True, help_text="Users a second, since it was last taken up.")

    class Meta:
        model = BulkJob
        fields = [
            "id", "kind", "state", "pause_reason", "send_invitations", "total", "done", "failed", "rate",
            "created_at", "started_at", "finished_at",
        ]  # fmt: skip
        read_only_fields = fields


class JobPageSerializer(PageSerializer):
    """A page of jobs, the newest first."""

    jobs = JobSerializer(many=True)


class NewJobSerializer(serializers.Serializer[Any]):
    """What a job is to do; its users are the lines of the body."""

    kind = serializers.ChoiceField(choices=BulkKind.choices)
    send_invitations = serializers.BooleanField(required=False, default=False)
    delete_count = serializers.IntegerField(
        required=False, min_value=1, help_text="How many users are to be deleted; asked for where users are."
    )


class NotDoneSerializer(serializers.Serializer[Any]):
    """A user that the job did nothing for, and why."""

    line = serializers.IntegerField()
    email = serializers.CharField(allow_blank=True)
    error = serializers.CharField()


class NotDonePageSerializer(PageSerializer):
    """A page of them, by line."""

    users = NotDoneSerializer(many=True)


class BulkJobs(TenantAPIView):
    """The tenant's bulk jobs."""

    required = {"GET": Permission.USERS_READ, "POST": Permission.USERS_WRITE}
    parser_classes = [JsonLinesParser]

    @extend_schema(
        operation_id="list_bulk_jobs", parameters=[PageQuerySerializer], responses={200: JobPageSerializer, **ERRORS}
    )
    def get(self, request: Request) -> Response:
        """List bulk jobs by pages."""
        query = PageQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        page = keyset_page(find_jobs(self.tenant), order=NEWEST_FIRST, **query.chosen())
        answer = {"jobs": page.rows, "next_cursor": page.next_cursor, "previous_cursor": page.previous_cursor}
        return Response(JobPageSerializer(answer).data)

    @extend_schema(
        operation_id="create_bulk_job",
        parameters=[NewJobSerializer],
        request={JSON_LINES: {"type": "string", "description": "A JSON object a line: email and, if need be, name."}},
        responses={201: JobSerializer, **OBJECT_ERRORS},
    )
    def post(self, request: Request) -> Response:
        """Begin a job with the users in the body. Lines that cannot be done are in the list of those not done."""
        wanted = NewJobSerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        job = self._prepare(request, wanted.validated_data)
        job = confirm_job(self.tenant, job.pk, confirm=phrase_for(job), actor=self.actor)
        return Response(JobSerializer(job).data, status=status.HTTP_201_CREATED)

    def _prepare(self, request: Request, wanted: Mapping[str, Any]) -> BulkJob:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            raise ValidationFailed("The body is larger than 10 MB. Send it in several parts.")
        lines = request.data["lines"] if isinstance(request.data, dict) and "lines" in request.data else ()
        job = prepare_job(
            self.tenant,
            BulkKind(wanted["kind"]),
            read_json_lines(lines),
            send_invitations=wanted["send_invitations"],
            actor=self.actor,
        )
        to_do = job.total - job.settled
        if job.kind == BulkKind.DELETE and wanted.get("delete_count") != to_do:
            job.delete()
            message = f"{to_do} users would be deleted. Say so with delete_count."
            raise ValidationFailed(message, fields={"delete_count": message})
        return job


class BulkJobView(TenantAPIView):
    """One bulk job."""

    required = {"GET": Permission.USERS_READ}

    @extend_schema(operation_id="get_bulk_job", responses={200: JobSerializer, **OBJECT_ERRORS})
    def get(self, request: Request, job_id: uuid.UUID) -> Response:
        """Return a job's state."""
        return Response(JobSerializer(get_job(self.tenant, job_id)).data)


class BulkJobNotDone(TenantAPIView):
    """The users that a job did nothing for."""

    required = {"GET": Permission.USERS_READ}

    @extend_schema(
        operation_id="list_not_done",
        parameters=[PageQuerySerializer],
        responses={200: NotDonePageSerializer, **OBJECT_ERRORS},
    )
    def get(self, request: Request, job_id: uuid.UUID) -> Response:
        """List them with their reasons, by pages."""
        query = PageQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        rows = rows_not_done(get_job(self.tenant, job_id))
        page = keyset_page(rows, order=("line", "pk"), **query.chosen())
        answer = {
            "users": [self._shown(row) for row in page.rows],
            "next_cursor": page.next_cursor,
            "previous_cursor": page.previous_cursor,
        }
        return Response(NotDonePageSerializer(answer).data)

    def _shown(self, row: BulkRow) -> dict[str, object]:
        return {"line": row.line, "email": row.email, "error": discreet(row.error, self.tenant)}


class BulkJobCancel(TenantAPIView):
    """Canceling a bulk job."""

    required = {"POST": Permission.USERS_WRITE}

    @extend_schema(operation_id="cancel_bulk_job", request=None, responses={200: JobSerializer, **OBJECT_ERRORS})
    def post(self, request: Request, job_id: uuid.UUID) -> Response:
        """Stop after the users that are being worked on now."""
        cancel_job(self.tenant, job_id, actor=self.actor)
        return Response(JobSerializer(get_job(self.tenant, job_id)).data)


class BulkJobResume(TenantAPIView):
    """Resuming a bulk job."""

    required = {"POST": Permission.USERS_WRITE}

    @extend_schema(operation_id="resume_bulk_job", request=None, responses={200: JobSerializer, **OBJECT_ERRORS})
    def post(self, request: Request, job_id: uuid.UUID) -> Response:
        """Go on with a canceled job from where it stood."""
        resume_job(self.tenant, job_id, actor=self.actor)
        return Response(JobSerializer(get_job(self.tenant, job_id)).data)
