"""What a page of the account is about."""

from dataclasses import dataclass, field
from datetime import timedelta

from django.utils import timezone
from pydantic import SecretStr

from federation.levels import AMR_FEDERATED, AMR_REMEMBERED
from federation.models import BrowserSession
from federation.selectors import sign_in_client
from federation.services.session_credentials import credential_of
from federation.signin.cognito import client_ref
from federation.signin.context import NotReady
from federation.visitor import as_user
from identity import auth
from identity.models import DirectoryUser
from tenants.actor import Actor
from tenants.models import Tenant

# For how long a sign-in lets somebody change how they sign in. Cognito's token lives as long
# (`identity.sync.families.client_specs`).
FRESH = timedelta(minutes=15)


class SignInAgain(Exception):
    """What was asked for needs a sign-in of the last minutes."""


class NeedsOwnFactor(Exception):
    """What was asked for needs a sign-in with a factor of one's own; an identity provider signed the person in."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody on their account page.

    Args:
        session: by which they are here; its user is whose account it is.
        visitor: the actor of the HTTP request.
        device_token: by which this browser is known at the tenant; empty where it is not.
    """

    session: BrowserSession
    visitor: Actor
    device_token: str = field(default="", repr=False)

    @property
    def tenant(self) -> Tenant:
        """Where they are a user."""
        return self.session.tenant

    @property
    def user(self) -> DirectoryUser:
        """Who they are."""
        return self.session.user

    @property
    def actor(self) -> Actor:
        """They as the audit log names them."""
        return as_user(self.visitor, self.user)

    @property
    def is_fresh(self) -> bool:
        """Say whether they signed in within the last minutes, with all that they have to show."""
        return self.session.auth_time > timezone.now() - FRESH and AMR_REMEMBERED not in self.session.amr

    @property
    def has_own_factors(self) -> bool:
        """Say whether they have a password or other factors here; who comes by an identity provider alone has none."""
        return bool(self.user.cognito_sub) and not self.user.is_federated

    def require_fresh(self) -> None:
        """Ask for a sign-in of the last minutes.

        Raises:
            SignInAgain: it was earlier, or in a browser that spared them the second factor.
        """
        if not self.is_fresh:
            raise SignInAgain

    def require_own_sign_in(self) -> None:
        """Ask for a sign-in of the last minutes with a factor of their own, for what such factors are changed by.

        Raises:
            SignInAgain: it was earlier.
            NeedsOwnFactor: an identity provider signed them in, and they have factors of their own.
        """
        self.require_fresh()
        if AMR_FEDERATED in self.session.amr and self.has_own_factors:
            raise NeedsOwnFactor

    def credential(self) -> SecretStr:
        """Return Cognito's access token of the sign-in, which lets them change their own factors.

        Raises:
            SignInAgain: the sign-in was too long ago.
            NeedsOwnFactor: an identity provider signed them in, which Cognito gives no such token for.
        """
        self.require_fresh()
        if AMR_FEDERATED in self.session.amr:
            raise NeedsOwnFactor
        token = credential_of(self.session)
        if token is None:
            raise SignInAgain
        return token

    def client(self) -> auth.AppClientRef:
        """Return the app client by which they signed in.

        Raises:
            NotReady: Cognito does not have it.
        """
        client = sign_in_client(self.tenant)
        if client is None:
            raise NotReady("Sign-in is still being set up for this organization. Try again in a minute.")
        return client_ref(client)
