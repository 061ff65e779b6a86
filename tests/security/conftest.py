"""Ann's browser with a session at acme, as the provider's tests have it: none of these attacks needs Cognito."""

from tests.federation.provider.conftest import acme, ann, assigned, browser

__all__ = ["acme", "ann", "assigned", "browser"]
