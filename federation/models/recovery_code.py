"""Codes that a person keeps for the day on which their second factor is gone."""

from django.db import models

from identity.models import DirectoryUser
from tenants.models.base import TenantOwned


class RecoveryCode(TenantOwned):
    """One of a person's codes, of which the hash alone is kept; each works once."""

    user = models.ForeignKey(DirectoryUser, on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "code_hash"], name="recovery_code_once")]

    def __str__(self) -> str:
        return f"of {self.user}"
