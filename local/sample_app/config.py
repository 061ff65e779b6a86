"""What the sample application is told."""

from dataclasses import dataclass, field

SCOPES = ("openid", "profile", "email")


@dataclass(frozen=True)
class Config:
    """The three things an OpenID Connect client is given, and where it is itself."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    origin: str

    @property
    def redirect_uri(self) -> str:
        """Where the provider sends the browser back to; registered with it."""
        return f"{self.origin}/callback"

    @property
    def post_logout_redirect_uri(self) -> str:
        """Where the provider sends the browser after a sign-out; registered with it."""
        return f"{self.origin}/signed-out"

    @property
    def audience(self) -> str:
        """What this application's API calls itself: the `aud` of its access tokens (RFC 9068 section 3)."""
        return f"{self.origin}/api"
