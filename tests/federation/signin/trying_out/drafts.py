"""Drafts of connections that a test of them tries out."""

from federation.connections.mapping import Mapping
from federation.models import (
    Connection,
)
from federation.services.connections import save_mapping
from tenants.models import Tenant
from tests.federation.arrivals import oidc_settings
from tests.support.connections import ACTOR, oidc_connection
from tests.support.oidc_idp import CLIENT_SECRET, OidcIdp

MAPPING = Mapping(email="email", name="name", groups="groups")


def draft(tenant: Tenant, idp: OidcIdp, *, secret: str = CLIENT_SECRET) -> Connection:
    """A complete draft of a connection to the provider."""
    made = oidc_connection(tenant, settings=oidc_settings(idp), secret=secret)
    made = save_mapping(tenant, made.pk, MAPPING, change="Mapping", actor=ACTOR)
    made.tenant = tenant
    return made
