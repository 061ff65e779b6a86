"""What a reconcile set out to do, and what came of it."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from identity.models.sync_state import Family
from tenants.models import SyncKind


class PlanOutcome(models.TextChoices):
    """How a plan ended, or that it has not."""

    REQUESTED = "requested", _("Requested")
    RUNNING = "running", _("Running")
    SHOWN = "shown", _("Shown only")
    UNCHANGED = "unchanged", _("Nothing to do")
    APPLIED = "applied", _("Applied")
    DRIFTED = "drifted", _("Drift reported")
    WAITING = "waiting", _("Waiting")
    FAILING = "failing", _("Failed")
    BLOCKED = "blocked", _("Blocked")
    # The worker died, or another one took over.
    INTERRUPTED = "interrupted", _("Interrupted")


class StepAction(models.TextChoices):
    """What a plan does with one resource."""

    NOTHING = "nothing", _("Nothing")
    CREATE = "create", _("Create")
    UPDATE = "update", _("Update")
    ADOPT = "adopt", _("Adopt")
    DELETE = "delete", _("Delete")
    # It differs, and stands as it is until a person decides.
    REPORT = "report", _("Report")
    # It could not be looked at yet.
    UNKNOWN = "unknown", _("Not known yet")


class StepState(models.TextChoices):
    """How far one step of a plan has got."""

    PLANNED = "planned", _("Planned")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    SKIPPED = "skipped", _("Not reached")


class SyncPlan(models.Model):
    """One reconcile of (scope, key): its steps and its outcome. A `dry_run` is looked at and never carried out."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    scope = models.CharField(max_length=16, choices=SyncKind)
    key = models.UUIDField()
    dry_run = models.BooleanField(default=False)
    # A comparison that the schedule asked for, rather than a change or a person.
    scheduled = models.BooleanField(default=False)
    # Who asked for it: an `ActorKind` and a label; empty where it followed from other work, or the schedule asked.
    asker_kind = models.CharField(max_length=16, blank=True)
    asker_label = models.CharField(max_length=254, blank=True)
    generation = models.PositiveBigIntegerField(default=0)
    attempt = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=16, choices=PlanOutcome, default=PlanOutcome.RUNNING)
    error = models.TextField(blank=True)
    error_code = models.CharField(max_length=64, blank=True)
    remedy = models.TextField(blank=True)
    task_id = models.CharField(max_length=64, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["scope", "key", "-started_at"], name="sync_plan_of_key"),
            models.Index(fields=["-started_at", "-id"], name="sync_plan_newest"),
            models.Index(fields=["outcome", "-started_at", "-id"], name="sync_plan_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}: {self.outcome}"


class PlanStep(models.Model):
    """What a plan does with one resource, setting by setting."""

    plan = models.ForeignKey(SyncPlan, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    family = models.CharField(max_length=32)
    name = models.CharField(max_length=256)
    action = models.CharField(max_length=16, choices=StepAction, default=StepAction.UNKNOWN)
    # [{"field": path, "before": value, "after": value}], secrets as hashes.
    changes = models.JSONField(default=list)
    state = models.CharField(max_length=16, choices=StepState, default=StepState.PLANNED)
    error = models.TextField(blank=True)
    remedy = models.TextField(blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["plan", "position"], name="plan_step_position")]

    def __str__(self) -> str:
        return f"{self.action} {self.family} {self.name}"


class UnmanagedResource(models.Model):
    """Something in a pool that Lifeguard did not make: listed for operators, and left alone."""

    pool = models.ForeignKey("tenants.UserPool", on_delete=models.CASCADE, related_name="+")
    family = models.CharField(max_length=32)
    name = models.CharField(max_length=256)
    remote_id = models.CharField(max_length=256, blank=True)
    first_seen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["family", "name"]
        constraints = [
            models.UniqueConstraint(fields=["pool", "family", "name", "remote_id"], name="unmanaged_resource_once")
        ]

    def __str__(self) -> str:
        return f"{self.family} {self.name}"

    @property
    def family_label(self) -> str:
        """The kind of resource in words."""
        return str(Family(self.family).label)
