"""A second factor that Lifeguard itself keeps, of somebody whom Cognito never asks for one."""

from django.db import models

from identity.models import DirectoryUser
from tenants import crypto
from tenants.models.base import TenantOwned


class OwnFactor(TenantOwned):
    """The authenticator app of somebody who comes by an identity provider.

    It counts while `resets` is how often an administrator has reset the user's factors: each reset makes it void.
    """

    user = models.OneToOneField(DirectoryUser, on_delete=models.CASCADE, related_name="own_factor")
    secret_encrypted = models.BinaryField()
    resets = models.PositiveIntegerField()
    # The time step of the last code that was taken (RFC 6238 section 5.2: each is good once).
    last_step = models.BigIntegerField()
    # What they call it; empty for nothing.
    name = models.CharField(max_length=60, blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.user} since {self.created_at}"

    @property
    def secret(self) -> str:
        """The secret, in base32."""
        return crypto.decrypt(bytes(self.secret_encrypted), context=self._context())

    def seal_secret(self, text: str) -> None:
        """Keep a secret; `tenant` and `user` must be set, because they are its context."""
        self.secret_encrypted = crypto.encrypt(text, context=self._context())

    def _context(self) -> tuple[object, ...]:
        return ("federation.OwnFactor", self.tenant_id, self.user_id)
