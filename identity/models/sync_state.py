"""What the reconciler knows of each resource in Cognito, and who may write to a pool now."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models import SyncKind, UserPool


class Family(models.TextChoices):
    """A kind of Cognito resource."""

    POOL = "pool", _("User pool")
    MFA = "mfa", _("MFA settings")
    DOMAIN = "domain", _("Sign-in domain")
    RISK = "risk", _("Threat protection")
    LOG_DELIVERY = "log_delivery", _("Log delivery")
    RESOURCE_SERVER = "resource_server", _("Resource server")
    IDENTITY_PROVIDER = "identity_provider", _("Identity provider")
    CLIENT = "client", _("App client")
    BRANDING = "branding", _("Managed login style")
    GROUP = "group", _("Group")
    GROUP_MEMBERS = "group_members", _("Members of a group")
    USER = "user", _("User")


class ResourceState(models.TextChoices):
    """The state of a resource, in the words that pages show."""

    PENDING = "pending", _("Pending")
    SYNCING = "syncing", _("Syncing")
    IN_SYNC = "in_sync", _("In sync")
    DRIFTED = "drifted", _("Drifted")
    BLOCKED = "blocked", _("Blocked")
    FAILING = "failing", _("Failing")


class SyncedResource(models.Model):
    """One resource that a reconcile of (scope, key) looks after."""

    scope = models.CharField(max_length=16, choices=SyncKind)
    key = models.UUIDField()
    family = models.CharField(max_length=32, choices=Family)
    name = models.CharField(max_length=256, help_text="Its name in Cognito.")
    state = models.CharField(max_length=16, choices=ResourceState, default=ResourceState.PENDING)
    remote_id = models.CharField(max_length=256, blank=True)
    # What was last written, or found to be as wanted: each setting by its path (`identity.sync.changes`).
    last_applied = models.JSONField(default=dict)
    # Settings that somebody changed in Cognito and that stand as they are: `identity.sync.drift.DriftedField`.
    drift = models.JSONField(default=list)
    # Live values that a person chose to keep, by path: {"value": kept, "instead_of": what we wanted then}.
    adopted = models.JSONField(default=dict)
    # Paths that a person asked to have back as we want them; forgotten once that is done.
    restore = models.JSONField(default=list)
    # When it was last compared with Cognito, whatever came of it.
    observed_at = models.DateTimeField(null=True, blank=True)
    # Set, and committed, before a create is sent: until it is known what came of it we look for the resource by its
    # name, and for the grace period what Cognito does not show is not taken for absent (docs/architecture.md).
    create_started_at = models.DateTimeField(null=True, blank=True)
    detail = models.TextField(blank=True)
    remedy = models.TextField(blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scope", "key", "family", "name"], name="synced_resource_once"),
        ]
        indexes = [
            # Nearly all are in sync; those that are not are counted again and again.
            models.Index(fields=["state", "family"], condition=~models.Q(state="in_sync"), name="synced_resource_open"),
            # So do the few of which a person kept a value that was live.
            models.Index(fields=["scope", "key"], condition=~models.Q(adopted={}), name="synced_resource_adopted"),
        ]

    def __str__(self) -> str:
        return f"{self.family} {self.name}: {self.state}"


class WriteLease(models.Model):
    """Who may write to a pool. Cognito's updates have no version, so that one writer at a time is ours to ensure."""

    pool = models.OneToOneField(UserPool, on_delete=models.CASCADE, primary_key=True, related_name="+")
    token = models.UUIDField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.pool} until {self.expires_at}"


class WorkerHeartbeat(models.Model):
    """When a worker last carried out a task: what `/readyz` asks. Convergence, not process life, is what counts."""

    worker = models.CharField(max_length=128, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.worker} at {self.seen_at}"
