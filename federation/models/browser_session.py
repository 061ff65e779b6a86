"""A person's session at one tenant's sign-in, which answers further applications without asking again."""

import uuid
from datetime import datetime, timedelta
from typing import NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from federation.devices import Device, device_of
from federation.models.connection import Connection
from identity.models import DirectoryUser
from tenants.models import SignInPolicy
from tenants.models.base import TenantOwned


class Limits(NamedTuple):
    """How long a tenant's sessions last, in minutes: without any use, and altogether."""

    idle: int
    absolute: int

    def allow(self, auth_time: datetime, last_seen_at: datetime) -> bool:
        """Say whether a session that began and was used last at these times goes on now."""
        now = timezone.now()
        return last_seen_at > now - timedelta(minutes=self.idle) and auth_time > now - timedelta(minutes=self.absolute)


class BrowserSession(TenantOwned):
    """One sign-in in one browser. Its token is in a cookie, only the hash is kept. `id` is the `sid` claim."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(DirectoryUser, on_delete=models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    # Authentication methods (RFC 8176) and the level they amount to, as tokens carry them.
    amr = ArrayField(models.CharField(max_length=16))
    acr = models.CharField(max_length=64)
    auth_time = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    # The same person's session that this one took the place of in the browser; signing out ends both.
    previous = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # By which the person came; signing out may go on there, and the session ends with it.
    connection = models.ForeignKey(Connection, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # What the browser calls itself, and from which network (`network_of`) it came, when the person signed in.
    user_agent = models.CharField(max_length=300, blank=True, default="", db_default="")
    network = models.CharField(max_length=45, blank=True, default="", db_default="")
    # The application on a device without a browser, whose session this is; empty for a browser's.
    program = models.CharField(max_length=100, blank=True, default="", db_default="")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "ended_at"], name="browser_session_of_user")]

    def __str__(self) -> str:
        return f"{self.user} since {self.auth_time}"

    @property
    def device(self) -> Device:
        """What people know it by: a browser and its system, or the program on a device without one."""
        return Device(self.program, "") if self.program else device_of(self.user_agent)

    def is_live(self, policy: SignInPolicy) -> bool:
        """Say whether the session still stands under its tenant's limits, and what it came by is still in use.

        Who the user is now is asked elsewhere.
        """
        by = self.connection
        limits = Limits(policy.session_idle_minutes, policy.session_absolute_minutes)
        within = limits.allow(self.auth_time, self.last_seen_at)
        return self.ended_at is None and within and (by is None or by.may_hold_session(self.auth_time))
