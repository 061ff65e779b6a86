"""What one answer of a person who signs in is about."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from federation.models import AuthorizationRequest, BrowserSession
from federation.selectors import sign_in_client
from federation.services.attempt_limits import Caller
from federation.services.known_devices import known_device
from identity.models import AppClient
from tenants.actor import Actor
from tenants.errors import Unavailable
from tenants.models import Tenant


class Refused(Exception):
    """The sign-in is refused. The same for every reason that the person must not learn."""


class NotReady(Unavailable):
    """The tenant's pool or app client is not in Cognito yet."""


@dataclass(frozen=True, slots=True)
class Context:
    """What one answer is about.

    Args:
        tenant: whose page it is.
        request: the application's request.
        previous: the session that this browser has at the tenant.
        visitor: the actor of the HTTP request.
        device_token: by which this browser is known at the tenant; empty where nobody signed in with it before.
        remembers: whether the person wants to be spared the second factor in this browser for a while.
    """

    tenant: Tenant
    request: AuthorizationRequest
    previous: BrowserSession | None
    visitor: Actor
    device_token: str = ""
    remembers: bool = False

    def caller(self, email: str) -> Caller:
        """Return who tries to get in as somebody, for limits.

        Args:
            email: as it was typed, in lower case.
        """
        return Caller(self.visitor.ip, known_device(self.tenant, self.device_token, email))

    def client(self) -> AppClient:
        """Return the tenant's app client.

        Raises:
            NotReady: Cognito does not have it yet.
        """
        client = sign_in_client(self.tenant)
        if client is None:
            raise NotReady(_("Sign-in is still being set up for this organization. Try again in a minute."))
        return client
