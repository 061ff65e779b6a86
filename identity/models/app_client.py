"""A tenant's confidential app client in its pool, whose secret only Lifeguard holds."""

import uuid

from django.db import models

from tenants import crypto
from tenants.models import UserPool
from tenants.models.base import TenantOwned


class AppClient(TenantOwned):
    """One Cognito app client of a tenant, known by what it is for. Present once Cognito has it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pool = models.ForeignKey(UserPool, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=32)
    client_id = models.CharField(max_length=128)
    secret_encrypted = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    SIGN_IN = "signin"
    # For people who arrive by an identity provider (docs/adr/0013).
    FEDERATED = "sso"

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "pool", "purpose"], name="app_client_purpose_once"),
            models.UniqueConstraint(fields=["pool", "client_id"], name="app_client_id_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.tenant.key}-{self.purpose}"

    def _context(self) -> tuple[object, ...]:
        return ("identity.AppClient", self.tenant_id, self.pool_id, self.purpose, self.client_id)

    @property
    def secret(self) -> str:
        """The client secret, decrypted."""
        return crypto.decrypt(bytes(self.secret_encrypted), context=self._context())

    @property
    def is_confidential(self) -> bool:
        """Say whether it has a secret; a public client has none."""
        return bool(self.secret)

    @property
    def issuer(self) -> str:
        """`iss` of the tokens that Cognito makes for it; the pool and its cell are read with it."""
        return f"https://cognito-idp.{self.pool.cell.region}.amazonaws.com/{self.pool.cognito_id}"

    def seal_secret(self, secret: str) -> None:
        """Keep a client secret; tenant, pool, purpose and client id must be set, because they are its context."""
        self.secret_encrypted = crypto.encrypt(secret, context=self._context())
