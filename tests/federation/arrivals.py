"""A person on the way by an identity provider: our pages, Cognito's domain, the provider, and back."""

from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import httpx
from django.http import HttpResponse
from django.utils import timezone

from federation.connections.mapping import GroupRule, Mapping
from federation.connections.settings import OidcSettings, SamlSettings
from federation.metadata import ParsedMetadata, parse
from federation.models import AuthEvent, AuthOutcome, AuthWay, Connection, FederatedSignIn
from federation.services.connections import save_mapping, save_settings
from identity.models import DirectoryUser
from identity.sync import engine
from tenants.models import Application, SyncKind, Tenant
from tests.federation.browser import Browser
from tests.support.connections import ACTOR, activated, oidc_connection, saml_connection, with_rules
from tests.support.oidc_idp import CLIENT_ID, CLIENT_SECRET, OidcIdp
from tests.support.saml_idp import SamlIdp

HTTP = httpx.Client(timeout=30, follow_redirects=False)


def apply(tenant: Tenant) -> None:
    """Do what is owed for the tenant."""
    engine.run(SyncKind.POOL, tenant.pool_id)
    engine.run(SyncKind.TENANT, tenant.pk)


def oidc_settings(idp: OidcIdp) -> OidcSettings:
    """Settings of a connection to a running provider."""
    return OidcSettings(
        issuer=idp.issuer,
        client_id=CLIENT_ID,
        scopes="openid email",
        authorize_url=f"{idp.issuer}/authorize",
        token_url=f"{idp.issuer}/token",
        userinfo_url=f"{idp.issuer}/userinfo",
        jwks_url=f"{idp.issuer}/jwks",
    )


def saml_settings(idp: SamlIdp) -> SamlSettings:
    """Settings of a connection to a SAML provider, from its metadata as the wizard reads it."""
    parsed = parse(idp.metadata().encode(), now=timezone.now())
    assert isinstance(parsed, ParsedMetadata)
    return SamlSettings(
        source="file",
        metadata=parsed.document,
        entity_id=parsed.entity_id,
        sso_url=parsed.sso_url,
        slo_url=parsed.slo_url,
        certificates=tuple(each.pem for each in parsed.certificates),
    )


def connect(tenant: Tenant, idp: OidcIdp, *, name: str = "Entra", mapping: Mapping | None = None) -> Connection:
    """Set an active connection to a running provider up, and let Cognito follow."""
    made = oidc_connection(tenant, name=name, settings=oidc_settings(idp), secret=CLIENT_SECRET)
    if mapping is not None:
        made = save_mapping(tenant, made.pk, mapping, change="Mapping", actor=ACTOR)
    made = activated(replace_tenant(made, tenant))
    apply(tenant)
    return made


def connect_saml(tenant: Tenant, idp: SamlIdp, *rules: GroupRule) -> Connection:
    """Set an active connection to a SAML provider up."""
    made = saml_connection(tenant)
    made = save_settings(tenant, made.pk, saml_settings(idp), change="Metadata", actor=ACTOR)
    made = activated(with_rules(made, *rules) if rules else made)
    apply(tenant)
    return made


def replace_tenant(connection: Connection, tenant: Tenant) -> Connection:
    """Return the connection with the tenant that the test has in hand."""
    connection.tenant = tenant
    return connection


class Traveller(Browser):
    """A browser that also goes to Cognito's domain and to the identity provider."""

    def __init__(self, application: Application) -> None:
        super().__init__(application)
        self.visited: list[str] = []

    def leave(self, tenant: Tenant, connection: Connection, **asked: str) -> str:
        """Choose a connection on the sign-in page; returns where that leads."""
        self.authorize(organization=tenant.slug, **asked)
        query = dict(parse_qsl(urlsplit(self.address).query))
        self.get(f"/{tenant.slug}/sign-in/by/{connection.pk}?request={query['request']}")
        assert self.page.status_code == 302, self.text
        return self.page["Location"]

    def travel(self, address: str) -> str:
        """Go on from Cognito until somebody sends the browser back to our callback; returns that address."""
        while urlsplit(address).path != "/federation/callback":
            self.visited.append(address)
            answer = HTTP.get(address)
            assert answer.status_code in (302, 303), answer.text
            address = answer.headers["location"]
        return address

    def arrive(self, address: str) -> HttpResponse:
        """Come back to us."""
        parts = urlsplit(address)
        return self.get(f"{parts.path}?{parts.query}")

    def come_by(self, tenant: Tenant, connection: Connection) -> HttpResponse:
        """The whole way."""
        return self.arrive(self.travel(self.leave(tenant, connection)))


def other_claims(idp: OidcIdp, **claims: object) -> None:
    """Let the provider say something else of its person, or that it is another."""
    idp.does = replace(idp.does, claims={**idp.does.claims, **claims})


def user_of(tenant: Tenant, email: str = "ada@acme.example") -> DirectoryUser:
    """The user with an address."""
    return DirectoryUser.objects.get(tenant=tenant, email=email)


def last(connection: Connection) -> FederatedSignIn:
    """The newest line of the connection's log."""
    return FederatedSignIn.objects.filter(connection=connection)[0]


def failure(tenant: Tenant) -> dict[str, object]:
    """What the tenant's log of sign-ins and the connection's say of the newest failure."""
    event = AuthEvent.objects.select_related("federated", "application", "user").filter(
        tenant=tenant, way=AuthWay.CONNECTION, outcome=AuthOutcome.FAILED
    )[0]
    assert event.federated is not None
    assert event.federated.code == event.reason
    application = event.application.name if event.application else ""
    user = {"user": str(event.user)} if event.user else {}
    return {"cause": event.reason, "detail": event.federated.detail, "application": application, **user}
