"""The audit log: append-only, one hash chain per tenant and one for the fleet."""

import uuid

from django.db import models

from tenants.actor import ActorKind
from tenants.models.tenant import Tenant

# The chain of what is no tenant's.
FLEET_CHAIN = "fleet"


def chain_of(tenant: Tenant | None) -> str:
    """Return the name of a tenant's chain, or of the fleet's."""
    return str(tenant.pk) if tenant is not None else FLEET_CHAIN


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
        # By chain and not by tenant: PostgreSQL finds rows without a tenant by an index, but not in its order.
        indexes = [
            models.Index(fields=["chain", "action", "-sequence"], name="audit_by_action"),
            models.Index(fields=["chain", "actor_id", "-sequence"], name="audit_by_actor"),
            models.Index(fields=["chain", "target_id", "-sequence"], name="audit_by_target"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.target_label}"
