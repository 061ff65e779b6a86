"""An application's request for a sign-in, and the code that answers it."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from federation.models.browser_session import BrowserSession
from identity.languages import MAX_LENGTH
from identity.models import DirectoryUser
from tenants.models import Application, Tenant
from tenants.models.base import TenantOwned


class AuthorizationRequest(models.Model):
    """A validated request to `/oauth2/authorize` that waits for the person to sign in.

    It is bound to the browser that brought it by a random cookie, so that nobody can be made to finish a stranger's
    request. The tenant is unknown until one is chosen, where the application named none.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    # The parameters of the protocol as they were validated; read again, and validated again, when the code is made.
    parameters = models.JSONField()
    browser_hash = models.CharField(max_length=64)
    # Who asked to be mailed a code, which shows their organisations, and how often that was done.
    asked_email = models.EmailField(blank=True)
    mails_asked = models.PositiveSmallIntegerField(default=0)
    # Of the page on which they asked, for the mail.
    language = models.CharField(max_length=MAX_LENGTH, blank=True, default="", db_default="")
    # The code that was mailed last, hashed under the installation's key, and how many were tried.
    code_hash = models.CharField(max_length=64, blank=True, default="", db_default="")
    code_tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    # The address whose code was entered.
    proved_email = models.EmailField(blank=True, default="", db_default="")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    completed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.application} at {self.created_at}"

    @property
    def is_open(self) -> bool:
        """Say whether it may still be answered."""
        return self.completed_at is None and self.expires_at > timezone.now()

    @property
    def redirect_uri(self) -> str:
        """Where the answer goes; one of the application's own, exactly."""
        return str(self.parameters["redirect_uri"])


class AuthorizationCode(TenantOwned):
    """A code, kept as a hash. `used_at` is set by one conditional UPDATE; a second use ends what the first one began.

    The row outlives the code, because it is what a second use, or a second use of the nonce, is recognised by.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code_hash = models.CharField(max_length=64, unique=True)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(DirectoryUser, on_delete=models.CASCADE, related_name="+")
    session = models.ForeignKey(BrowserSession, on_delete=models.CASCADE, related_name="+")
    redirect_uri = models.CharField(max_length=1024)
    scope = models.CharField(max_length=4000)
    # APIs that its tokens are for, by identifier; none where they are for the application's own alone.
    audiences = ArrayField(models.CharField(max_length=255), default=list, db_default=[])
    nonce = models.CharField(max_length=255, blank=True)
    code_challenge = models.CharField(max_length=128)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)

    # Read by Authlib's CodeChallenge; there is no other method here.
    code_challenge_method: ClassVar[str] = "S256"

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["application", "nonce"], condition=~models.Q(nonce=""), name="authorization_code_nonce_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.application} for {self.user}"

    def get_redirect_uri(self) -> str:
        """Return the redirect URI that the token request must repeat (RFC 6749 section 4.1.3); for Authlib."""
        return self.redirect_uri

    def get_scope(self) -> str:
        """Return the granted scope; for Authlib."""
        return self.scope


class TokenFamily(TenantOwned):
    """All tokens that descend from one code. Revoking it ends every refresh token in it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.OneToOneField(AuthorizationCode, on_delete=models.SET_NULL, null=True, related_name="family")
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(DirectoryUser, on_delete=models.CASCADE, related_name="+")
    session = models.ForeignKey(BrowserSession, on_delete=models.CASCADE, related_name="+")
    scope = models.CharField(max_length=4000)
    # APIs that its tokens are for, by identifier; none where they are for the application's own alone.
    audiences = ArrayField(models.CharField(max_length=255), default=list, db_default=[])
    nonce = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.application} for {self.user}"


class RefreshToken(TenantOwned):
    """One refresh token, kept as a hash. It works once; what it is exchanged for takes its place in the family."""

    token_hash = models.CharField(max_length=64, unique=True)
    family = models.ForeignKey(TokenFamily, on_delete=models.CASCADE, related_name="refresh_tokens")
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.family} from {self.created_at}"

    def check_client(self, client: object) -> bool:
        """Say whether the token was issued to the client that presents it; for Authlib."""
        return bool(getattr(client, "application_id", None) == self.family.application_id)

    def get_scope(self) -> str:
        """Return the granted scope; for Authlib."""
        return self.family.scope
