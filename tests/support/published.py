"""Identity providers that publish themselves at a server of the test, and connections that read them there."""

import json
import uuid
from datetime import timedelta
from functools import cache

from django.utils import timezone

from federation.models import Connection, MetadataWatch
from federation.services import metadata_watch
from federation.services.connection_values import GivenMetadata, GivenOpenId, take_metadata, take_openid
from federation.services.connections import NewConnection, create_connection
from tenants.models import Tenant
from tests.support.certificates import base64_of, certificate
from tests.support.connections import ACTOR, MAPPING, SECRET, activated
from tests.support.metadata import ENTITY_ID, SSO, entity, role
from tests.support.web_servers import Server, http

METADATA = "/metadata"
WELL_KNOWN = "/.well-known/openid-configuration"
_DAY = timedelta(days=1)
_KEY = {"kty": "RSA", "kid": "1", "n": "v" * 342, "e": "AQAB"}


@cache
def signing(name: str, *, days: int = 400) -> str:
    """Return a certificate that is valid now and for so many days more, as metadata has it; the same for the same."""
    moment = timezone.now()
    return base64_of(certificate(name, not_before=moment - 30 * _DAY, not_after=moment + days * _DAY))


def publish(
    server: Server,
    *certificates: str,
    sso: tuple[str, str] = SSO,
    entity_id: str = ENTITY_ID,
    raw: str = "",
) -> None:
    """Have a server publish SAML metadata with these certificates, or just what is given."""
    document = raw or entity(role(certificates=certificates, sso=[sso]), entity_id=entity_id)
    server.answers[METADATA] = http("200 OK", document.encode())


def by_url(tenant: Tenant, server: Server, *, entity_id: str = "") -> Connection:
    """Return an active SAML connection that was made from what the server publishes."""
    new = NewConnection(name="Okta", kind="saml", guide="okta-saml", word="okta", mapping=MAPPING)
    made = create_connection(tenant, new, actor=ACTOR)
    given = GivenMetadata(source="url", url=f"http://127.0.0.1:{server.port}{METADATA}", entity_id=entity_id)
    take_metadata(tenant, made.pk, given, actor=ACTOR)
    made.refresh_from_db()
    return activated(made)


def publish_openid(server: Server, **changes: str) -> str:
    """Have a server publish itself as an OpenID provider; return its issuer."""
    origin = f"http://127.0.0.1:{server.port}"
    document = {
        "issuer": origin,
        "authorization_endpoint": f"{origin}/authorize",
        "token_endpoint": f"{origin}/token",
        "userinfo_endpoint": f"{origin}/userinfo",
        "jwks_uri": f"{origin}/keys",
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
    }
    server.answers[WELL_KNOWN] = http("200 OK", json.dumps(document | changes).encode())
    server.answers["/keys"] = http("200 OK", json.dumps({"keys": [_KEY]}).encode())
    return origin


def by_issuer(tenant: Tenant, server: Server) -> Connection:
    """Return an active OpenID connection to the server."""
    new = NewConnection(name="Entra", kind="oidc", guide="entra-oidc", word="entra", mapping=MAPPING)
    made = create_connection(tenant, new, actor=ACTOR)
    given = GivenOpenId(
        issuer=publish_openid(server),
        client_id="lifeguard",
        secret=SECRET,
        scopes="openid email",
        attributes_request_method="GET",
    )
    take_openid(tenant, made.pk, given, actor=ACTOR)
    made.refresh_from_db()
    return activated(made)


def look(connection: Connection) -> MetadataWatch:
    """Let the daily look at a connection be due, carry it out, and return what is kept of it."""
    metadata_watch.enrol()
    make_due(connection.pk)
    metadata_watch.check_metadata(connection.pk)
    return MetadataWatch.objects.get(connection=connection)


def make_due(connection_id: uuid.UUID) -> None:
    """Let the look at a connection be due."""
    MetadataWatch.objects.filter(connection=connection_id).update(next_check_at=timezone.now())
