"""A browser in which somebody signed in before."""

import uuid

from django.db import models

from identity.models import DirectoryUser
from tenants.models.base import TenantOwned


class KnownDevice(TenantOwned):
    """One person's browser, known by a cookie that outlives its sessions; only the token's hash is kept.

    It lets nobody in. Limits count what is tried there by itself, and another browser than these is told by mail. Where
    several people share a browser, each has a row with the same token.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(DirectoryUser, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64)
    first_seen_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token_hash", "user"], name="known_device_once")]

    def __str__(self) -> str:
        return f"a browser of {self.user}"
