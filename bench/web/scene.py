"""What is asked for: an organization with a password, one whose domain leads to its identity provider, a caller."""

import secrets
from dataclasses import dataclass, field
from typing import Self

from federation.models import Connection, ConnectionStatus
from federation.services.signing_keys import ensure_signing_keys
from identity.models import UserStatus
from tenants.models import Application, TenantApplication
from tenants.permissions import TenantRole
from tests.factories import ApplicationFactory, CellFactory, DirectoryUserFactory, TenantFactory, UserPoolFactory
from tests.federation.browser import challenge_of
from tests.identity.api.tokens import token_of
from tests.support.connections import oidc_connection
from tests.support.domains import otherwise, proved

USERS = 50


@dataclass(frozen=True)
class Scene:
    """Names of what was made.

    Args:
        application: that sends people to sign in.
        slug: of the organization that asks for the password.
        domain: that leads to an identity provider.
        caller: the id of the user who calls the API.
        token: their access token.
    """

    application: Application
    slug: str
    domain: str
    caller: str
    token: str = field(repr=False)

    @classmethod
    def make(cls) -> Self:
        """Make it in the empty database of the bench."""
        ensure_signing_keys()
        cell = CellFactory.create()
        here = TenantFactory.create(slug="acme", pool=UserPoolFactory.create(cell=cell))
        there = TenantFactory.create(slug="globex", pool=UserPoolFactory.create(cell=cell))
        application = ApplicationFactory.create()
        for tenant in (here, there):
            TenantApplication.objects.create(tenant=tenant, application=application)
        connection = oidc_connection(there)
        Connection.objects.filter(pk=connection.pk).update(status=ConnectionStatus.ACTIVE)
        otherwise(proved(there, "globex.example"), connection)
        caller = DirectoryUserFactory.create(tenant=here, role=TenantRole.OWNER, status=UserStatus.ACTIVE)
        DirectoryUserFactory.create_batch(USERS, tenant=here)
        return cls(application, here.slug, "globex.example", str(caller.pk), token_of(caller))

    def asks(self, **more: str) -> dict[str, str]:
        """Return an authorization request of the application."""
        verifier = secrets.token_urlsafe(48)
        return {
            "response_type": "code",
            "client_id": self.application.client_id,
            "redirect_uri": self.application.redirect_uris[0],
            "scope": "openid profile email",
            "state": "a-state",
            "nonce": secrets.token_urlsafe(16),
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
            **more,
        }
