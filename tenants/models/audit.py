"""The audit log: append-only, one hash chain per tenant and one for the fleet."""

import uuid

from django.db import models

from tenants.actor import ActorKind


class AuditEvent(models.Model):
    """One change, written in the transaction that made it. A database trigger refuses to change or delete it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Without a tenant it is in the fleet's chain. Protected: a tenant's log outlives its other rows.
    tenant = models.ForeignKey("tenants.Tenant", on_delete=models.PROTECT, null=True, related_name="+")
    chain = models.CharField(max_length=36)
    sequence = models.PositiveBigIntegerField()
    created_at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16, choices=[(kind.value, kind.name.title()) for kind in ActorKind])
    actor_id = models.CharField(max_length=64, blank=True)
    actor_label = models.CharField(max_length=254, blank=True)
    action = models.CharField(max_length=64)
    target_type = models.CharField(max_length=32, blank=True)
    target_id = models.CharField(max_length=64, blank=True)
    target_label = models.CharField(max_length=254, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reason = models.CharField(max_length=300, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    ip = models.GenericIPAddressField(null=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-sequence"]
        constraints = [models.UniqueConstraint(fields=["chain", "sequence"], name="audit_chain_sequence")]
        indexes = [
            models.Index(fields=["tenant", "-sequence"], name="audit_tenant_newest"),
            models.Index(fields=["tenant", "action", "-sequence"], name="audit_action_newest"),
            models.Index(fields=["tenant", "actor_id", "-sequence"], name="audit_actor_newest"),
            models.Index(fields=["tenant", "target_id", "-sequence"], name="audit_target_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_label}"
