"""What a person may do at Cognito themselves, for the minutes after they signed in."""

from django.db import models

from federation.models.browser_session import BrowserSession
from tenants import crypto
from tenants.models.base import TenantOwned


class SessionCredential(TenantOwned):
    """Cognito's access token of a session's sign-in, sealed: with it the account page sets factors up and the like.

    Cognito lets it live for minutes (`identity.sync.families.client_specs`), and no refresh token is kept: whoever
    wants to change something later signs in again, which such changes ask for anyway.
    """

    session = models.OneToOneField(
        BrowserSession, on_delete=models.CASCADE, primary_key=True, related_name="credential"
    )
    token_encrypted = models.BinaryField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.session} until {self.expires_at}"

    @property
    def token(self) -> str:
        """Cognito's access token."""
        return crypto.decrypt(bytes(self.token_encrypted), context=self._context())

    def seal(self, token: str) -> None:
        """Keep a token."""
        self.token_encrypted = crypto.encrypt(token, context=self._context())

    def _context(self) -> tuple[object, ...]:
        return ("federation.SessionCredential", self.tenant_id, self.session_id)
