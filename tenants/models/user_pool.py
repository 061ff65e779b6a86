"""One Cognito user pool, as we want it to be."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models.cell import Cell


class PoolKind(models.TextChoices):
    """Whether a pool belongs to one tenant or is divided into partitions."""

    DEDICATED = "dedicated", _("Dedicated pool")
    SHARED = "shared", _("Partition of a shared pool")


class PoolManager(models.Manager["UserPool"]):
    """Pools that exist, or are to."""

    def get_queryset(self) -> models.QuerySet["UserPool"]:
        """See Django's `Manager`."""
        return super().get_queryset().filter(removed_at__isnull=True)


class UserPool(models.Model):
    """A user pool in a cell. `cognito_id` is empty until Cognito has created it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    cell = models.ForeignKey(Cell, on_delete=models.PROTECT, related_name="pools")
    kind = models.CharField(max_length=16, choices=PoolKind)
    cognito_id = models.CharField(max_length=55, blank=True)
    # How often another prefix was drawn because the one before belonged to somebody else.
    domain_number = models.PositiveSmallIntegerField(default=0)
    # Its tenant was removed, and the pool with it; the row stays for the tenant's.
    removed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PoolManager()

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["cell", "cognito_id"], condition=~models.Q(cognito_id=""), name="user_pool_cognito_id_unique"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """Cognito's pool name. Ours by construction, so that an ambiguous create can be looked up and adopted."""
        return f"lg-{self.id}"

    @property
    def domain_prefix(self) -> str:
        """The prefix domain; unique over all AWS accounts of a Region, hence from the random id."""
        return f"lg-{self.id.hex[:20]}" + (f"-{self.domain_number}" if self.domain_number else "")

    @property
    def is_shared(self) -> bool:
        """Say whether several tenants live here."""
        return self.kind == PoolKind.SHARED

    @property
    def is_provisioned(self) -> bool:
        """Say whether Cognito has the pool."""
        return bool(self.cognito_id)
