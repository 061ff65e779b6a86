"""An application, as Authlib's grants want to see a client."""

from functools import cached_property
from typing import Any
from uuid import UUID

from authlib.oauth2.rfc6749 import ClientMixin
from authlib.oauth2.rfc8628 import DEVICE_CODE_GRANT_TYPE

from federation.provider.targets import Offer, Target
from identity.jwt_checks import ALGORITHM
from tenants.models import Application
from tenants.redirect_uris import is_one_of
from tenants.services.applications import note_previous_secret
from tenants.services.resource_servers import resources_of

SCOPES = ("openid", "profile", "email", "groups")
CLIENT_AUTH_METHODS = ("client_secret_basic", "client_secret_post", "private_key_jwt")
# Where a public client may come as well, which nothing proves (RFC 6749 section 2.3). Last: who brings a proof is
# judged by it.
OPEN_AUTH_METHODS = (*CLIENT_AUTH_METHODS, "none")
GRANT_TYPES = ("authorization_code", "refresh_token", DEVICE_CODE_GRANT_TYPE)


class Client(ClientMixin):  # type: ignore[misc]  # Authlib ships no types
    """Answers Authlib's questions about one application."""

    # Otherwise Authlib would ask a configuration that is not ours.
    id_token_signed_response_alg = ALGORITHM

    def __init__(self, application: Application) -> None:
        self.application = application

    @property
    def application_id(self) -> UUID:
        """The application's primary key."""
        return self.application.pk

    @property
    def client_id(self) -> str:
        """The client id."""
        return self.application.client_id

    @property
    def client_metadata(self) -> dict[str, Any]:
        """What the logout endpoint reads."""
        return {"post_logout_redirect_uris": self.application.post_logout_redirect_uris}

    def get_client_id(self) -> str:
        """Return the client id."""
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        """Return none: `redirect_uri` is required (OpenID Connect Core section 3.1.2.1)."""

    def get_allowed_scope(self, scope: str | None) -> str:
        """Return what can be granted: unknown scopes are ignored (OpenID Connect Core section 3.1.2.1)."""
        offer = self.offer
        return Target((), offer.scopes_at(offer.audiences)).narrowed(scope or "")

    @cached_property
    def offer(self) -> Offer:
        """What it may have tokens for; read once for each request."""
        apis = {identifier: frozenset(names) for identifier, names in resources_of(self.application).items()}
        return Offer(self.application.audience, apis, frozenset(SCOPES))

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Compare by simple string comparison (RFC 9700 section 2.1), but for the port of a native application's."""
        application = self.application
        return is_one_of(redirect_uri, application.redirect_uris, any_port=application.is_public)

    def check_client_secret(self, client_secret: str) -> bool:
        """Compare a presented secret with the present one, and with the one before while that is taken."""
        if self.application.check_secret(client_secret):
            return True
        if not self.application.check_previous_secret(client_secret):
            return False
        note_previous_secret(self.application)
        return True

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Say whether a client may authenticate by `method`: by its keys where it has any, else by a secret.

        A public one has neither, and only it comes without.
        """
        if self.application.is_public or method == "none":
            return self.application.is_public and method == "none"
        return method in CLIENT_AUTH_METHODS and (method == "private_key_jwt") == bool(self.application.public_keys)

    def check_response_type(self, response_type: str) -> bool:
        """Say whether the response type is offered."""
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        """Say whether the grant type is offered: the device flow only to whom it was given."""
        return grant_type in GRANT_TYPES and (grant_type != DEVICE_CODE_GRANT_TYPE or self.application.device_flow)
