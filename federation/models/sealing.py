"""What a sign-in under way keeps sealed."""

from django.db import models

from tenants import crypto
from tenants.models.base import TenantOwned


class SealedSecrets(TenantOwned):
    """A row with what Cognito gave to go on with; the seal is good in this very row alone."""

    secrets_encrypted = models.BinaryField(blank=True, default=b"")

    class Meta:
        abstract = True

    @property
    def secrets(self) -> str:
        """What was sealed, as JSON text."""
        return crypto.decrypt(bytes(self.secrets_encrypted), context=self._context())

    def seal_secrets(self, text: str) -> None:
        """Keep Cognito's session and what belongs to it."""
        self.secrets_encrypted = crypto.encrypt(text, context=self._context())

    def _context(self) -> tuple[object, ...]:
        return (self._meta.label, self.tenant_id, self.pk)
