"""The keys that sign Lifeguard's tokens."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants import crypto


class KeyState(models.TextChoices):
    """Where a key is in its life. All three are published, so that verifiers know a key before it signs and after."""

    NEXT = "next", _("Next")
    ACTIVE = "active", _("Active")
    RETIRED = "retired", _("Retired")


class SigningKey(models.Model):
    """One RSA key pair. Exactly one signs at a time, one waits for its turn, and the earlier ones only verify."""

    kid = models.CharField(max_length=64, primary_key=True)
    state = models.CharField(max_length=8, choices=KeyState)
    # The public key as a JWK (RFC 7517) without `kid`, `use` and `alg`, which the key set adds.
    public_jwk = models.JSONField()
    private_key_encrypted = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)
    activated_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=Q(state="active"), name="signing_key_one_active"),
            models.UniqueConstraint(fields=["state"], condition=Q(state="next"), name="signing_key_one_next"),
        ]

    def __str__(self) -> str:
        return f"{self.kid} ({self.state})"

    @property
    def private_key_pem(self) -> str:
        """The private key in PKCS #8, decrypted."""
        return crypto.decrypt(bytes(self.private_key_encrypted), context=self._context())

    def seal_private_key(self, pem: str) -> None:
        """Keep a private key; `kid` must be set, because it is its context."""
        self.private_key_encrypted = crypto.encrypt(pem, context=self._context())

    def _context(self) -> tuple[object, ...]:
        return ("federation.SigningKey", self.kid)
