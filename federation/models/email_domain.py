"""The e-mail domains that a tenant says are its own."""

import uuid
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.models.base import TenantOwned


class DomainStatus(models.TextChoices):
    """How far a claim is."""

    WAITING = "awaiting_proof", _("Waiting for proof")
    # Its proof is there, and a time has to pass, because the domain was in use before.
    SETTLING = "settling", _("Proof found")
    PROVED = "proved", _("Proved")
    # It counts for a grace time more.
    MISSING = "proof_missing", _("Proof missing")


# In these a domain belongs to its tenant: sign-in goes by it. To connect users with one another it must be PROVED.
HOLDING = (DomainStatus.PROVED, DomainStatus.MISSING)


class Notice(models.TextChoices):
    """What the tenant's owners and admins are told by mail."""

    NONE = "", _("Nothing")
    MISSING = "missing", _("The proof is missing")
    CONTESTED = "contested", _("Another proof was found")
    LOST = "lost", _("The domain is proved no longer")


class EmailDomain(TenantOwned):
    """One tenant's claim to a domain. Any number may claim a domain; at most one holds it.

    The token is this claim's own, so that the record of one tenant proves nothing for another.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # In ASCII and lower case (`federation.domains.names.claimable`).
    name = models.CharField(max_length=253)
    token = models.CharField(max_length=64)
    status = models.CharField(max_length=16, choices=DomainStatus, default=DomainStatus.WAITING)
    # Since when it is in this status.
    since = models.DateTimeField()
    # When SETTLING or MISSING ends at the earliest, unless the proof changes.
    until = models.DateTimeField(null=True, blank=True)
    # When DNS last gave a usable answer, and what was wrong where it did not since.
    checked_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=200, blank=True)
    next_check_at = models.DateTimeField(db_index=True)
    # Owed until the mail is sent, so that a worker that dies in between loses none.
    notice = models.CharField(max_length=16, choices=Notice, blank=True, default=Notice.NONE)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="email_domain_claimed_once"),
            models.UniqueConstraint(
                fields=["name"],
                condition=models.Q(status__in=["proved", "proof_missing"]),
                name="email_domain_one_holder",
            ),
        ]
        indexes = [models.Index(fields=["name"], name="email_domain_by_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def holds(self) -> bool:
        """Say whether the domain is this tenant's."""
        return self.status in HOLDING

    def move(self, status: DomainStatus, *, now: datetime, until: datetime | None = None) -> None:
        """Go into another status."""
        self.status, self.since, self.until = status, now, until
