"""The operator's applications: ordinary OpenID Connect clients of Lifeguard."""

import hashlib
import hmac
import secrets
import uuid

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone

from tenants.models.base import TenantOwned

# An API that verifies access tokens by itself takes them for so long, whatever became of the person meanwhile.
ACCESS_TOKEN_MINUTES, LONGEST_ACCESS_TOKEN_MINUTES = 10, 60


def hash_secret(secret: str) -> str:
    """Return what is kept of a client secret.

    SHA-256 is enough, since the secret is 256 random bits and cannot be guessed from a dictionary.
    """
    return hashlib.sha256(secret.encode()).hexdigest()


class Application(models.Model):
    """An application that users sign in to.

    A confidential one proves who it is at the token endpoint, by a secret or by keys. A public one cannot (RFC 6749
    section 2.1): it runs on its users' own devices, where nothing can be kept from them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100, unique=True)
    client_id = models.CharField(max_length=64, unique=True, editable=False)
    # Fixed when it is registered: a secret that was once in everybody's hands makes nothing confidential.
    is_public = models.BooleanField(default=False, db_default=False, editable=False)
    # Empty for a public one, which nothing hashes to.
    secret_hash = models.CharField(max_length=64, editable=False, blank=True)
    # The secret before it, which is taken until then, so that the application can change over without an interruption.
    previous_secret_hash = models.CharField(max_length=64, editable=False, blank=True, default="")
    previous_secret_until = models.DateTimeField(null=True, blank=True, editable=False)
    previous_secret_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    # None where the device flow is all that it uses.
    redirect_uris = ArrayField(models.CharField(max_length=1024), default=list, blank=True)
    post_logout_redirect_uris = ArrayField(models.CharField(max_length=1024), default=list, blank=True)
    # With one it proves who it is by these alone (`tenants.client_keys`), and its secrets are not taken.
    public_keys = models.JSONField(default=list, blank=True)
    # Where a sign-in can be begun from outside (`initiate_login_uri`, OpenID Connect Core section 4); may be empty.
    initiate_login_uri = models.CharField(max_length=1024, blank=True, default="")
    # Where its server is told that somebody was signed out (OpenID Connect Back-Channel Logout 1.0); may be empty.
    backchannel_logout_uri = models.CharField(max_length=1024, blank=True, default="", db_default="")
    # `aud` of its access tokens (RFC 9068 section 3): what the application's own API calls itself.
    audience = models.CharField(max_length=255)
    # How long each of them lives. In native mode they are Cognito's (`NativeMode.access_minutes`).
    access_token_minutes = models.PositiveSmallIntegerField(
        default=ACCESS_TOKEN_MINUTES,
        db_default=ACCESS_TOKEN_MINUTES,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_ACCESS_TOKEN_MINUTES)],
    )
    # Whether it may ask for sign-ins from devices without a browser (RFC 8628).
    device_flow = models.BooleanField(default=False, db_default=False)
    require_nonce = models.BooleanField(default=True)
    # Lifeguard's own dashboard: every tenant may use it, and it cannot be edited.
    is_builtin = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def has_previous_secret(self) -> bool:
        """Say whether the secret before is still taken."""
        until = self.previous_secret_until
        return bool(self.previous_secret_hash) and until is not None and until > timezone.now()

    @property
    def secret_mark(self) -> str:
        """What tells the present secret from another one, and nothing of it."""
        return hash_secret(self.secret_hash)[:16]

    def check_secret(self, secret: str) -> bool:
        """Compare a presented client secret in constant time."""
        return hmac.compare_digest(hash_secret(secret), self.secret_hash)

    def check_previous_secret(self, secret: str) -> bool:
        """Compare it with the secret before, likewise, for as long as that is taken."""
        return self.has_previous_secret and hmac.compare_digest(hash_secret(secret), self.previous_secret_hash)

    @staticmethod
    def generate_credentials() -> tuple[str, str]:
        """Return a fresh client id and client secret."""
        return f"app_{secrets.token_hex(12)}", secrets.token_urlsafe(32)


class TenantApplication(TenantOwned):
    """That one tenant's users may sign in to one application."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "application"], name="tenant_application_once")]

    def __str__(self) -> str:
        return f"{self.tenant} → {self.application}"
