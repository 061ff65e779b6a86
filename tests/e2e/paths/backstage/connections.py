"""Connections of tenants, whose people Lifeguard asks for a second factor of its own."""

from types import SimpleNamespace
from typing import cast

from federation.services.connection_mapping import Arrivals, set_arrivals
from tenants.models import MfaPolicy, SignInPolicy
from tests.e2e.paths.backstage.tenants import find
from tests.federation.arrivals import connect
from tests.federation.signin.conftest import MAPPING
from tests.support.connections import ACTOR
from tests.support.oidc_idp import OidcIdp


def make(tenant: str, issuer: str, name: str) -> None:
    """Connect a running OpenID provider, and have Cognito follow; the tenant requires a second factor.

    Args:
        tenant: its slug.
        issuer: of the provider.
        name: what the connection is called.
    """
    connected = find(tenant)
    SignInPolicy.objects.filter(tenant=connected).update(mfa=MfaPolicy.REQUIRED)
    made = connect(connected, cast(OidcIdp, SimpleNamespace(issuer=issuer)), name=name, mapping=MAPPING)
    set_arrivals(connected, made.pk, Arrivals(jit="on", mfa_trust="own"), actor=ACTOR)
