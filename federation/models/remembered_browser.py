"""A browser in which somebody is not asked for a second factor, for as long as their organization allows."""

import uuid

from django.db import models

from federation.models.known_device import KnownDevice
from federation.models.sealing import SealedSecrets
from identity.models import DirectoryUser
from tenants.factors import SecondFactor


class RememberedBrowser(SealedSecrets):
    """One person's browser, in which they showed a second factor and said that it need not be asked for again.

    It counts while `resets` is how often an administrator has reset the user's factors: each reset makes it void. One
    that counts no more stays until Cognito has forgotten the device.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(DirectoryUser, on_delete=models.CASCADE, related_name="+")
    # None where it was forgotten, or is remembered anew.
    browser = models.OneToOneField(KnownDevice, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    remembered_at = models.DateTimeField()
    # What the person was told; the tenant's policy may have become stricter since.
    until = models.DateTimeField(db_index=True)
    resets = models.PositiveIntegerField()
    # Which they showed; it has to be one that they have, and that the tenant counts.
    factor = models.CharField(max_length=8, choices=SecondFactor)
    # Cognito's, of which the rest is sealed; empty where Lifeguard alone asks for the second factor.
    device_key = models.CharField(max_length=120, blank=True, default="", db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["user"], condition=models.Q(browser__isnull=True), name="remembered_browser_void")
        ]

    def __str__(self) -> str:
        return f"a browser of {self.user} until {self.until}"
