"""Security keys and passkeys that Lifeguard itself keeps, of people whom Cognito never asks for a second factor."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from federation.models.browser_session import BrowserSession
from federation.models.sealing import SealedSecrets
from identity.models import DirectoryUser
from tenants import crypto
from tenants.models.base import TenantOwned


class OwnKey(TenantOwned):
    """One credential (WebAuthn) of somebody who comes by an identity provider.

    It counts while `resets` is how often an administrator has reset the user's factors: each reset makes it void.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(DirectoryUser, on_delete=models.CASCADE, related_name="own_keys")
    resets = models.PositiveIntegerField()
    # The host that it was made for, and works at: the RP id.
    rp_id = models.CharField(max_length=253)
    # Of its id, by which it is found while the id itself is sealed.
    credential_hash = models.CharField(max_length=64)
    # Attested credential data (section 6.5.2): its id and its public key.
    credential_encrypted = models.BinaryField()
    # How many signatures it said that it had made; 0 where it has no counter.
    sign_count = models.BigIntegerField()
    # How browsers reach it, as the one said in which it was made.
    transports = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    # Whether it knew its user by a fingerprint, a face or a PIN when it was last used, and not by a touch alone.
    user_verified = models.BooleanField()
    name = models.CharField(max_length=60)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # Section 7.1: one credential is one person's.
            models.UniqueConstraint(fields=["tenant", "credential_hash"], name="own_key_once")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def credential(self) -> str:
        """Attested credential data, as base64url."""
        return crypto.decrypt(bytes(self.credential_encrypted), context=self._context())

    def seal_credential(self, text: str) -> None:
        """Keep a credential; `tenant`, `user` and `credential_hash` must be set, because they are its context."""
        self.credential_encrypted = crypto.encrypt(text, context=self._context())

    def _context(self) -> tuple[object, ...]:
        return ("federation.OwnKey", self.tenant_id, self.user_id, self.credential_hash)


class OwnKeyOffer(SealedSecrets):
    """What the account page gave a browser to make a key with. Whoever answers uses it up."""

    session = models.OneToOneField(BrowserSession, on_delete=models.CASCADE, primary_key=True, related_name="+")
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.session} until {self.expires_at}"
