"""Somebody who wants another e-mail address, and has to show that they read its mail."""

import uuid

from django.db import models
from django.utils import timezone

from identity.models import DirectoryUser
from tenants.models.base import TenantOwned


class EmailChange(TenantOwned):
    """A wanted address. The code that is mailed to it is kept as a hash, under the installation's key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(DirectoryUser, on_delete=models.CASCADE, related_name="+")
    email = models.EmailField()
    code_hash = models.CharField(max_length=64, blank=True, default="")
    code_tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-created_at"], name="email_change_of_user")]

    def __str__(self) -> str:
        return f"{self.user} to {self.email}"

    @property
    def is_open(self) -> bool:
        """Say whether a code can still be entered."""
        return self.done_at is None and self.expires_at > timezone.now()
