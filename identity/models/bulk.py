"""Changes to many users at once: the job, the lanes in which workers do it, and a row for each user."""

import uuid
from datetime import timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.models.base import TenantOwned


class BulkKind(models.TextChoices):
    """What a job does to its users."""

    CREATE = "create", _("Create users")
    UPDATE = "update", _("Change names")
    DISABLE = "disable", _("Disable users")
    ENABLE = "enable", _("Enable users")
    DELETE = "delete", _("Delete users")


class BulkState(models.TextChoices):
    """How far a job has come."""

    # Checked, and waiting for somebody to say that it shall be done. Nothing has happened to any user.
    DRAFT = "draft", _("To be confirmed")
    QUEUED = "queued", _("Waiting to start")
    RUNNING = "running", _("Running")
    # Who asked for it may not change users any more; somebody else can resume it.
    PAUSED = "paused", _("Paused")
    CANCELED = "canceled", _("Canceled")
    DONE = "done", _("Done")


class RowState(models.TextChoices):
    """How far one user has come."""

    WAITING = "waiting", _("Waiting")
    # The directory says so already, and Cognito is owed it.
    WORKING = "working", _("Working")
    DONE = "done", _("Done")
    FAILED = "failed", _("Not done")


OPEN_ROWS = (RowState.WAITING, RowState.WORKING)
# As many workers as may be at one job, so that one is calling Cognito while another writes down what it did.
LANES = 2


class BulkJob(TenantOwned):
    """One change to many users, asked for by one person."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=BulkKind)
    state = models.CharField(max_length=16, choices=BulkState, default=BulkState.DRAFT)
    # Whoever is created also gets an invitation.
    send_invitations = models.BooleanField(default=False)
    # Who asked for it, as `tenants.actor.Actor` says it: the audit log names them for each user.
    actor = models.JSONField(default=dict)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    # Why it is paused, as a sentence.
    pause_reason = models.TextField(blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # From where the present rate counts: when a worker began or went on with it, and how much was settled then.
    going_since = models.DateTimeField(null=True, blank=True)
    settled_before = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["tenant", "-created_at", "-id"], name="bulk_job_list")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.total}"

    @property
    def settled(self) -> int:
        """How many users are done with, whether or not it worked."""
        return self.done + self.failed

    @property
    def is_under_way(self) -> bool:
        """Say whether workers are at it, or will be."""
        return self.state in {BulkState.QUEUED, BulkState.RUNNING}

    @property
    def can_resume(self) -> bool:
        """Say whether it was canceled, or paused, before its end."""
        return self.state in {BulkState.CANCELED, BulkState.PAUSED} and self.settled < self.total

    @property
    def can_cancel(self) -> bool:
        """Say whether it would go on, by itself or by being resumed."""
        return self.is_under_way or self.state == BulkState.PAUSED

    @property
    def percent(self) -> int:
        """How much of it is done with, rounded down."""
        return 100 * self.settled // self.total if self.total else 100

    @property
    def rate(self) -> float:
        """Users a second since it was last taken up; 0 while that cannot be said."""
        if self.going_since is None:
            return 0.0
        seconds = ((self.finished_at or timezone.now()) - self.going_since).total_seconds()
        return max(0, self.settled - self.settled_before) / seconds if seconds > 0 else 0.0

    @property
    def time_left(self) -> timedelta | None:
        """How long it will take at this rate; None while that cannot be said."""
        rate = self.rate
        return timedelta(seconds=(self.total - self.settled) / rate) if self.is_under_way and rate else None

    @property
    def asked_by(self) -> str:
        """Who asked for it."""
        label: Any = self.actor.get("label", "")
        return str(label)


class BulkLane(TenantOwned):
    """One of the parts of a job that workers do beside each other. Its id is the key of an outbox row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="lanes")
    number = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "number"], name="bulk_lane_once")]

    def __str__(self) -> str:
        return f"{self.job.get_kind_display()} of {self.tenant}, part {self.number + 1}"


class BulkRow(TenantOwned):
    """One user in a job. Of whoever is to be created, `user_id` is chosen with the row, so that a retry finds them."""

    # Without the index that a key usually brings: rows are found by their job.
    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.CASCADE, related_name="+", db_index=False)
    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="rows", db_index=False)
    lane = models.PositiveSmallIntegerField()
    line = models.PositiveIntegerField()
    email = models.CharField(max_length=254)
    name = models.CharField(max_length=100, blank=True)
    # Not a foreign key: the row outlives a user whom it deletes.
    user_id = models.UUIDField()
    state = models.CharField(max_length=8, choices=RowState, default=RowState.WAITING)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            # One of those that wait, which are many, and one of those in work, which are few.
            models.Index(
                fields=["job", "lane", "user_id"], condition=models.Q(state="waiting"), name="bulk_row_waiting"
            ),
            models.Index(
                fields=["job", "lane", "user_id"], condition=models.Q(state="working"), name="bulk_row_working"
            ),
            models.Index(fields=["job", "line"], name="bulk_row_line"),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.email}"
