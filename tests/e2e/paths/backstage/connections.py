"""Connections of tenants to identity providers that are running."""

from http import HTTPStatus
from types import SimpleNamespace
from typing import cast

import httpx

from federation.models import Connection, MfaTrust
from federation.selectors.arrivals import is_listed
from federation.selectors.service_provider import service_provider_of
from federation.services.connection_mapping import Arrivals, set_arrivals
from local.idp.people import ASSIGNED
from tenants.models import MfaPolicy, SignInPolicy, Tenant
from tests.e2e.paths.backstage.tenants import find
from tests.federation.arrivals import connect, connect_saml
from tests.federation.signin.conftest import MAPPING
from tests.support.connections import ACTOR
from tests.support.domains import otherwise, proved
from tests.support.oidc_idp import OidcIdp
from tests.support.saml_idp import SamlIdp
from tests.support.waiting import eventually


def make(tenant: str, issuer: str, name: str, *, asks: bool = True) -> None:
    """Connect a running OpenID provider, and have Cognito follow.

    Args:
        tenant: its slug.
        issuer: of the provider.
        name: what the connection is called.
        asks: whether the tenant requires a second factor, which Lifeguard asks for.
    """
    connected = find(tenant)
    made = connect(connected, cast(OidcIdp, SimpleNamespace(issuer=issuer)), name=name, mapping=MAPPING)
    _ask(connected, made, asks=asks)


def make_saml(tenant: str, idp: str, domain: str) -> None:
    """Have a domain lead to the demo's SAML provider, which signs people of that domain in from then on.

    A tenant has it once: Cognito takes an entity ID once in a pool.

    Args:
        tenant: its slug.
        idp: where the provider is.
        domain: a domain that nobody has yet.
    """
    owner = find(tenant)
    made = Connection.objects.filter(tenant=owner, kind="saml").first()
    if made is None:
        metadata = httpx.get(f"{idp}/metadata.xml").raise_for_status().text
        made = connect_saml(owner, cast(SamlIdp, SimpleNamespace(metadata=lambda: metadata)))
    _ask(owner, made, asks=False)
    otherwise(proved(owner, domain), made)
    us = service_provider_of(owner)
    told = {"acs": us.acs_url, "audience": us.entity_id, "domain": domain, "assigned": list(ASSIGNED)}
    form = {**told, "name_id": "email", "signed": "assertion"}
    assert httpx.post(f"{idp}/admin", data=form, headers={"Origin": idp}).status_code == HTTPStatus.SEE_OTHER


def ask(tenant: str) -> None:
    """Have Lifeguard ask everybody who comes to a tenant by a connection for a second factor."""
    owner = find(tenant)
    for each in Connection.objects.filter(tenant=owner):
        _ask(owner, each, asks=True)


def require_nothing(tenant: str) -> None:
    """Let people who come by a connection do without the second factor that Lifeguard asks for."""
    SignInPolicy.objects.filter(tenant=find(tenant)).update(mfa=MfaPolicy.OPTIONAL)


def _ask(owner: Tenant, connection: Connection, *, asks: bool) -> None:
    mfa = MfaPolicy.REQUIRED if asks else MfaPolicy.OPTIONAL
    SignInPolicy.objects.filter(tenant=owner).update(mfa=mfa)
    trust = MfaTrust.OWN if asks else MfaTrust.PROVIDER
    set_arrivals(owner, connection.pk, Arrivals(jit="on", mfa_trust=trust), actor=ACTOR)
    # The demo's worker may have been faster, and not be done yet.
    eventually(lambda: is_listed(connection))
