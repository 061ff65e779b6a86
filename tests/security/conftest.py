"""Ann's browser with a session at acme, as the provider's tests have it: none of these attacks needs Cognito."""

from tests.federation.conftest import long_waits, one_window
from tests.federation.provider.conftest import acme, ann, assigned, browser

__all__ = ["acme", "ann", "assigned", "browser", "long_waits", "one_window"]
