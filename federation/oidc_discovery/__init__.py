"""What an OpenID Connect provider says about itself, and whether Cognito can work with it."""

from federation.oidc_discovery.discovering import discover
from federation.oidc_discovery.model import Discovered, DiscoveryError

__all__ = ["Discovered", "DiscoveryError", "discover"]
