"""A customer of the SaaS operator."""

import secrets
import uuid

from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tenants.models.user_pool import UserPool

_KEY_ALPHABET = "bcdfghjkmnpqrstvwxz23456789"
_KEY_FIRST = "bcdfghjkmnpqrstvwxz"

slug_validator = RegexValidator(
    r"^[a-z](?:[a-z0-9]|-(?=[a-z0-9])){1,38}[a-z0-9]$",
    _("Use 3 to 40 lower-case letters, digits and single hyphens, beginning with a letter."),
)


def generate_key() -> str:
    """Return a fresh tenant key: 8 characters, a letter first.

    It prefixes names in Cognito. Without vowels it cannot spell a word or the name of a social
    provider, with which Cognito would mix it up.
    """
    return secrets.choice(_KEY_FIRST) + "".join(secrets.choice(_KEY_ALPHABET) for _ in range(7))


class TenantStatus(models.TextChoices):
    """Where a tenant is in its life."""

    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    # Can be brought back until `Tenant.purge_after`; everything of it is still there.
    DELETED = "deleted", _("Deleted")
    # Nothing is left of it but its audit log, for which this row stays.
    REMOVED = "removed", _("Removed")


class DriftMode(models.TextChoices):
    """What happens to a setting that somebody changed in Cognito by hand."""

    INHERIT = "inherit", _("As the fleet")
    REPORT = "report", _("Report it")
    REPAIR = "repair", _("Repair it")


class TenantManager(models.Manager["Tenant"]):
    """Tenants that exist: what is left of removed ones is for their audit log alone."""

    def get_queryset(self) -> models.QuerySet["Tenant"]:
        """See Django's `Manager`."""
        return super().get_queryset().exclude(status=TenantStatus.REMOVED)


class Tenant(models.Model):
    """One tenant. `key` never changes and is in Cognito's names; `slug` is in addresses and may change."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=8, unique=True, default=generate_key, editable=False)
    slug = models.CharField(max_length=40, unique=True, validators=[slug_validator])
    name = models.CharField(max_length=100)
    pool = models.ForeignKey(UserPool, on_delete=models.PROTECT, related_name="tenants")
    status = models.CharField(max_length=16, choices=TenantStatus, default=TenantStatus.ACTIVE)
    drift_mode = models.CharField(max_length=16, choices=DriftMode, default=DriftMode.INHERIT)
    # Whether it was suspended when it was deleted, so that it comes back suspended.
    was_suspended = models.BooleanField(default=False)
    purge_after = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TenantManager()

    class Meta:
        ordering = ["name"]
        indexes = [
            models.Index(fields=["name", "id"], name="tenant_by_name"),
            models.Index(fields=["created_at", "id"], name="tenant_by_age"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(key__regex=r"^[a-z][a-z0-9]{7}$"), name="tenant_key_shape"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        """Say whether its users may sign in."""
        return self.status == TenantStatus.ACTIVE

    def is_due_for_removal(self) -> bool:
        """Say whether the time in which it can be brought back is over, by PostgreSQL's clock.

        Where clocks differ, what one process brings back another must not remove.
        """
        if self.status != TenantStatus.DELETED:
            return False
        return Tenant.objects.filter(pk=self.pk, status=TenantStatus.DELETED, purge_after__lte=Now()).exists()

    def client_name(self, purpose: str) -> str:
        """Return the name of this tenant's Cognito app client for `purpose`."""
        return f"{self.key}-{purpose}"
