"""An invitation by e-mail to become a user of a tenant."""

import uuid

from django.db import models
from django.utils import timezone

from tenants.models.base import TenantOwned


class Invitation(TenantOwned):
    """A single-use link, owed to the outbox until it is sent.

    The worker that sends the mail makes the token and keeps its hash alone: a crash in between costs a token that
    nobody saw. Sending it again makes a new invitation and revokes this one.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The directory user it is for. Not a foreign key: the directory is above this app (docs/architecture.md).
    user_id = models.UUIDField(db_index=True)
    email = models.EmailField()
    # For somebody who is an active user already, whose temporary password it replaces.
    renews = models.BooleanField(default=False, db_default=False)
    token_hash = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    # Held while one request sets the password in Cognito, so that two cannot do it at once.
    claimed_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(fields=["token_hash"], condition=~models.Q(token_hash=""), name="invitation_token")
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.tenant}"

    @property
    def is_open(self) -> bool:
        """Say whether it can still be accepted."""
        return self.accepted_at is None and self.revoked_at is None and self.expires_at > timezone.now()
