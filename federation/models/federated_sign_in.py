"""One person's way to an identity provider and back: what is under way, and afterwards the connection's log."""

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from federation.models.authorization import AuthorizationRequest
from federation.models.connection import Connection
from identity.models import DirectoryUser
from tenants import crypto
from tenants.models.base import TenantOwned


class SignInOutcome(models.TextChoices):
    """What became of it."""

    STARTED = "started", _("Under way")
    SUCCEEDED = "succeeded", _("Signed in")
    # The identity provider, or Cognito, said no.
    FAILED = "failed", _("Failed")
    # The person was vouched for, and may not come in here.
    REFUSED = "refused", _("Refused")
    # Nobody came back in time.
    ABANDONED = "abandoned", _("Abandoned")


class FederatedSignIn(TenantOwned):
    """A sign-in by a connection. Its state goes with the browser to Cognito and comes back once; only its hash is here.

    The browser is that of the application's request (`request`), so that nobody can finish a stranger's sign-in.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="sign_ins")
    version = models.PositiveIntegerField()
    # Requests are thrown away soon; the log stays.
    request = models.ForeignKey(AuthorizationRequest, on_delete=models.SET_NULL, null=True, related_name="+")
    state_hash = models.CharField(max_length=64, unique=True)
    nonce = models.CharField(max_length=64)
    # PKCE's code verifier (RFC 7636), until the code is exchanged.
    verifier_encrypted = models.BinaryField(blank=True, default=b"")
    started_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=16, choices=SignInOutcome, default=SignInOutcome.STARTED)
    # The cause, for a program (`federation.connections.failures`), and what was said of it, word by word.
    code = models.CharField(max_length=64, blank=True)
    detail = models.TextField(blank=True)
    user = models.ForeignKey(DirectoryUser, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["-started_at"]
        indexes = [
            models.Index(fields=["connection", "-started_at"], name="federated_sign_in_log"),
            models.Index(fields=["expires_at"], condition=models.Q(outcome="started"), name="federated_sign_in_open"),
        ]

    def __str__(self) -> str:
        return f"{self.connection} at {self.started_at}"

    @property
    def is_open(self) -> bool:
        """Say whether an answer is still waited for."""
        return self.outcome == SignInOutcome.STARTED and self.expires_at > timezone.now()

    @property
    def state(self) -> str:
        """What to say of it now: who is late has not come back, also before anybody has written that down."""
        is_late = self.outcome == SignInOutcome.STARTED and not self.is_open
        return SignInOutcome.ABANDONED.value if is_late else self.outcome

    @property
    def verifier(self) -> str:
        """PKCE's code verifier."""
        return crypto.decrypt(bytes(self.verifier_encrypted), context=self._context())

    def seal_verifier(self, verifier: str) -> None:
        """Keep the code verifier until the answer comes."""
        self.verifier_encrypted = crypto.encrypt(verifier, context=self._context())

    def _context(self) -> tuple[object, ...]:
        return ("federation.FederatedSignIn", self.tenant_id, self.id)
