"""What somebody calls a passkey."""

from django.db import models

from identity.models import DirectoryUser
from tenants.models.base import TenantOwned


class PasskeyName(TenantOwned):
    """The name of one passkey. The passkey itself is Cognito's, which names it after its make and cannot rename it."""

    user = models.ForeignKey(DirectoryUser, on_delete=models.CASCADE, related_name="+")
    # Of Cognito's id, which has no limit that is documented.
    credential_hash = models.CharField(max_length=64)
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "credential_hash"], name="passkey_name_once")]

    def __str__(self) -> str:
        return self.name
