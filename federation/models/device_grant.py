"""What a device without a browser asks for, until somebody grants it in a browser elsewhere (RFC 8628)."""

import uuid

from django.db import models
from django.utils import timezone

from federation.models.authorization import TokenFamily
from federation.models.browser_session import BrowserSession
from tenants.models import Application, Tenant


class DeviceDecision(models.TextChoices):
    """What the person said."""

    WAITING = "waiting"
    GRANTED = "granted"
    DENIED = "denied"


class DeviceGrant(models.Model):
    """One request of a device's. Both codes are kept as hashes; the tenant is unknown until somebody has signed in.

    It is good once: `used_at` is set by one conditional UPDATE, and a second use ends what the first one began. That is
    what the row outlives its codes for.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    device_code_hash = models.CharField(max_length=64, unique=True)
    # Under the installation's key: what people can type could be guessed from a hash alone.
    user_code_hash = models.CharField(max_length=64, unique=True)
    # What the device asked for, as it was validated: `scope` and what concerns the sign-in.
    parameters = models.JSONField()
    decision = models.CharField(max_length=8, choices=DeviceDecision, default=DeviceDecision.WAITING)
    # Begun for the device when it was granted; the browser's own may end before it.
    session = models.ForeignKey(BrowserSession, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    family = models.OneToOneField(TokenFamily, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # Seconds that the device has to leave between two questions (section 3.5).
    interval = models.PositiveSmallIntegerField(default=5)
    asked_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"A device of {self.application}"

    @property
    def is_over(self) -> bool:
        """Say whether its time is over."""
        return self.expires_at <= timezone.now()
