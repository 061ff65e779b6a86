"""Connections as a wizard makes them, without its pages."""

import functools
import time
from dataclasses import replace

from django.utils import timezone

from federation.connections.mapping import GroupRule, Mapping
from federation.connections.settings import OidcSettings, SamlSettings, SocialSettings
from federation.metadata import Certificate
from federation.metadata.certificates import read
from federation.models import Connection, FederatedIdentity
from federation.services.connection_states import activate
from federation.services.connections import NewConnection, create_connection, save_mapping, save_settings
from identity.models import DirectoryUser
from local.cognito.signing_certificate import make_certificate
from tenants.actor import Actor, system
from tenants.models import Tenant

ACTOR = system("test")
ENTITY_ID = "https://idp.example/saml"
MAPPING = Mapping(email="email", name="name", groups="groups")
# The local Cognito looks for a certificate, and into it only when a response comes.
_METADATA = """<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{entity_id}"><IDPSSODescriptor
protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor use="signing"><KeyInfo
xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>AAAA</X509Certificate></X509Data></KeyInfo>
</KeyDescriptor><SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
Location="https://idp.example/sso"/></IDPSSODescriptor></EntityDescriptor>"""
OIDC = OidcSettings(
    issuer="https://idp.example",
    client_id="lifeguard",
    authorize_url="https://idp.example/authorize",
    token_url="https://idp.example/token",
    userinfo_url="https://idp.example/userinfo",
    jwks_url="https://idp.example/jwks",
)
SECRET = "a-client-secret"


def saml_settings(entity_id: str = ENTITY_ID) -> SamlSettings:
    """Return complete settings."""
    return SamlSettings(
        source="paste",
        metadata=_METADATA.format(entity_id=entity_id),
        entity_id=entity_id,
        sso_url="https://idp.example/sso",
    )


def saml_connection(tenant: Tenant, *, name: str = "Okta", entity_id: str = ENTITY_ID) -> Connection:
    """Make a complete draft of a SAML connection."""
    new = NewConnection(name=name, kind="saml", guide="okta-saml", word="okta", mapping=MAPPING)
    made = create_connection(tenant, new, actor=ACTOR)
    return save_settings(tenant, made.pk, saml_settings(entity_id), change="Metadata", actor=ACTOR)


def oidc_connection(
    tenant: Tenant, *, name: str = "Entra", settings: OidcSettings = OIDC, secret: str = SECRET
) -> Connection:
    """Make a complete draft of an OpenID connection."""
    new = NewConnection(name=name, kind="oidc", guide="entra-oidc", word="entra", mapping=MAPPING)
    made = create_connection(tenant, new, actor=ACTOR)
    return save_settings(tenant, made.pk, settings, secret=secret, change="Client", actor=ACTOR)


def google_connection(tenant: Tenant, *, name: str = "Google", client_id: str = "lifeguard", secret: str) -> Connection:
    """Make a complete draft of a connection to Google, for a dedicated pool."""
    mapping = Mapping(email="email", name="name")
    new = NewConnection(name=name, kind="google", guide="google-social", word="google", mapping=mapping)
    made = create_connection(tenant, new, actor=ACTOR)
    settings = SocialSettings(client_id=client_id, scopes="openid email")
    made = save_settings(tenant, made.pk, settings, secret=secret, change="Client", actor=ACTOR)
    made.tenant = tenant
    return made


def activated(connection: Connection) -> Connection:
    """Activate a draft without a test."""
    return activate(connection.tenant, connection.pk, reason="A test of the product", actor=ACTOR)


def with_rules(connection: Connection, *rules: GroupRule, actor: Actor = ACTOR) -> Connection:
    """Give a connection rules for groups."""
    mapping = replace(connection.mapping, rules=rules)
    return save_mapping(connection.tenant, connection.pk, mapping, change="Rules", actor=actor)


@functools.cache
def a_certificate(name: str = "us-east-1_Sample") -> str:
    """A certificate such as Cognito has, as PEM."""
    found = read(str(make_certificate(name, time.time())["certificate"]))
    assert isinstance(found, Certificate)
    return found.pem


def come_by(connection: Connection, user: DirectoryUser) -> None:
    """Let a user come by a connection, and not any more by another subject of it."""
    now = timezone.now()
    for subject, unlinked_at in (("there", None), ("gone", now)):
        FederatedIdentity.objects.create(
            tenant=user.tenant,
            connection=connection,
            subject=subject,
            user=user,
            linked_at=now,
            unlinked_at=unlinked_at,
        )
