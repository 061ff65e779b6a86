"""A mail that tells somebody what was changed about how they sign in."""

from django.db import models

from identity.models import DirectoryUser
from tenants.models.base import TenantOwned


class SecurityNotice(TenantOwned):
    """One mail that is owed, or was sent. Written in the transaction of the change (`services.security_notices`)."""

    user = models.ForeignKey(DirectoryUser, on_delete=models.CASCADE, related_name="+")
    # One of `services.security_notices.NoticeKind`; no choices, so that another kind is no migration.
    kind = models.CharField(max_length=32)
    # Where it goes: kept here, because the address itself may be what was changed.
    email = models.EmailField()
    # Device and network of whoever did it, and what the words of the kind need.
    details = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["created_at"], condition=models.Q(sent_at__isnull=True), name="security_notice_unsent")
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.email}"
