"""A browser in which somebody signed in before."""

import uuid

from django.db import models

from federation.devices import Device, device_of
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
    # What the browser said of itself at the last sign-in, and the network from which that was (`tenants.http`).
    user_agent = models.CharField(max_length=300, blank=True, default="", db_default="")
    network = models.CharField(max_length=64, blank=True, default="", db_default="")
    # When the person said that it is theirs no longer. The row stays, so that the next browser is not taken for their
    # very first one, of which nobody is told.
    forgotten_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token_hash", "user"], name="known_device_once")]

    def __str__(self) -> str:
        return f"a browser of {self.user}"

    @property
    def device(self) -> Device:
        """Browser and system, in words."""
        return device_of(self.user_agent)
