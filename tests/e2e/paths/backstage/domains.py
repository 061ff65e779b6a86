"""Domains of tenants, whose people an identity provider signs in."""

from federation.models import Connection
from tests.e2e.paths.backstage import connections
from tests.e2e.paths.backstage.tenants import find
from tests.support.domains import otherwise, proved


def lead(tenant: str, issuer: str, domain: str) -> None:
    """Have a domain of a tenant's lead to a running OpenID provider, and have Cognito follow.

    Args:
        tenant: its slug, of a house whose people Lifeguard asks for a second factor.
        issuer: of the provider.
        domain: whose people it signs in; the connection is called like it.
    """
    connections.make(tenant, issuer, domain)
    owner = find(tenant)
    otherwise(proved(owner, domain), Connection.objects.get(tenant=owner, name=domain))
