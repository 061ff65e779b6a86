"""What an administrator brings from the identity provider: read, looked up, and kept as a connection's settings.

The network is asked before anything is locked: no remote call happens inside a transaction.
"""

import uuid
from dataclasses import dataclass, replace

from django.utils import timezone
from django.utils.translation import gettext as _

from federation.connections.settings import OidcSettings, SamlSettings, SocialSettings
from federation.fetching import fetch
from federation.metadata import Choice, ParsedMetadata, build, parse
from federation.metadata.source import MOST_BYTES
from federation.models import Connection
from federation.oidc_discovery import Discovered, discover
from federation.sayings import Severity
from federation.selectors.connections import get_connection
from federation.selectors.metadata_watch import watched
from federation.services.connection_rules import require_may_configure
from federation.services.connections import save_settings
from tenants.actor import Actor
from tenants.errors import Conflict, PermissionDenied
from tenants.models import Tenant


@dataclass(frozen=True, kw_only=True)
class GivenMetadata:
    """Metadata in one of the ways in which it can be given.

    Args:
        source: "url", "file", "paste" or "fields", as `SamlSettings` has it.
        url: where it is, for "url".
        data: the document, for "file" and "paste"; for "url" it is fetched.
        entity_id: which identity provider is meant, where the document has several; for "fields" it is its entity ID.
        sso_url: for "fields".
        slo_url: for "fields"; may be empty.
        certificates: for "fields", as PEM or the base64 between its lines.
    """

    source: str
    url: str = ""
    data: bytes = b""
    entity_id: str = ""
    sso_url: str = ""
    slo_url: str = ""
    certificates: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class GivenOpenId:
    """What an OpenID provider's administrator brings.

    Args:
        issuer: as it was entered; the provider's own spelling is kept.
        client_id: what it knows us by.
        secret: the client secret; None leaves the stored one, which is refused where it would go elsewhere.
        scopes: separated by spaces.
        attributes_request_method: "GET" or "POST".
    """

    issuer: str
    client_id: str
    secret: str | None
    scopes: str
    attributes_request_method: str


def take_metadata(
    tenant: Tenant, connection_id: uuid.UUID, given: GivenMetadata, *, actor: Actor
) -> ParsedMetadata | Choice:
    """Read metadata and keep it as the connection's settings, unless there are errors in it or something to choose.

    Raises:
        NotFound: the tenant has no such connection.
        Conflict: the connection is not SAML, or the tenant has another one to this directory.
        PermissionDenied: see `save_settings`.
        MetadataError, FetchError: nothing could be read; with the remedy.
        ValidationFailed: Cognito would not take it.
    """
    connection = _own(tenant, connection_id, SamlSettings, actor=actor)
    before = connection.settings
    found = _read(given)
    if isinstance(found, Choice) or found.errors or not isinstance(before, SamlSettings):
        return found
    after = _with_metadata(before, found, source=given.source, url=given.url if given.source == "url" else "")
    save_settings(tenant, connection_id, after, change=str(_change(given.source)), actor=actor)
    return found


def take_published(tenant: Tenant, connection_id: uuid.UUID, *, seen: str, actor: Actor) -> None:
    """Keep what the identity provider publishes, as the daily look found it, as the connection's settings.

    Args:
        tenant: whose.
        connection_id: which.
        seen: the digest of what the actor looked at (`Watched.digest`).
        actor: who.

    Raises:
        NotFound: the tenant has no such connection.
        Conflict: what is published is not what the actor looked at, or is in use already.
        PermissionDenied, ValidationFailed: see `save_settings`.
    """
    connection = _own(tenant, connection_id, SamlSettings, actor=actor)
    before = connection.settings
    watch = watched([connection]).get(connection.pk)
    found = watch.published if watch and watch.digest == seen else None
    if found is None or found.errors or not isinstance(before, SamlSettings):
        raise Conflict(_("This is not what is published now. Look at the connection again."))
    after = _with_metadata(before, found, source=before.source, url=before.metadata_url)
    change = _("Took over what the identity provider publishes")
    save_settings(tenant, connection_id, after, change=change, actor=actor)


def understood_metadata(settings: SamlSettings) -> ParsedMetadata | None:
    """Return what a connection's metadata says today: a certificate may have expired since. None without metadata."""
    if not settings.metadata:
        return None
    found = parse(settings.metadata.encode(), now=timezone.now())
    if not isinstance(found, ParsedMetadata):
        return None
    if not settings.sign_requests:
        return found
    # It gets what it asks for.
    return replace(found, findings=tuple(each for each in found.findings if each.code != "wants_signed_requests"))


def take_openid(tenant: Tenant, connection_id: uuid.UUID, given: GivenOpenId, *, actor: Actor) -> Discovered:
    """Look an OpenID provider up by its issuer and keep what it says, unless there are errors in it.

    Raises:
        NotFound: the tenant has no such connection.
        Conflict: the connection is not OpenID Connect.
        PermissionDenied: see `save_settings`.
        DiscoveryError, FetchError: there is no usable discovery document; with the remedy.
        ValidationFailed: field `client_secret`, where it must be entered again.
    """
    connection = _own(tenant, connection_id, OidcSettings, actor=actor)
    before = connection.settings
    found = discover(given.issuer.strip())
    if any(finding.severity is Severity.ERROR for finding in found.findings) or not isinstance(before, OidcSettings):
        return found
    after = replace(
        before,
        issuer=found.issuer,
        client_id=given.client_id.strip(),
        scopes=" ".join(given.scopes.split()),
        authorize_url=found.authorize_url,
        token_url=found.token_url,
        userinfo_url=found.userinfo_url,
        jwks_url=found.jwks_url,
        attributes_request_method=given.attributes_request_method,
    )
    change = _("Entered the values of the OpenID provider")
    save_settings(tenant, connection_id, after, secret=given.secret, change=change, actor=actor)
    return found


def take_social(
    tenant: Tenant, connection_id: uuid.UUID, settings: SocialSettings, *, secret: str | None, actor: Actor
) -> Connection:
    """Keep the values of a social provider.

    Args:
        tenant: whose.
        connection_id: which.
        settings: all of them.
        secret: the client secret, or Apple's private key; None leaves the stored one.
        actor: who.

    Raises:
        NotFound: the tenant has no such connection.
        Conflict: the connection is of another kind.
        PermissionDenied, ValidationFailed: see `save_settings`.
    """
    _own(tenant, connection_id, SocialSettings, actor=actor)
    change = _("Entered the values of the social provider")
    return save_settings(tenant, connection_id, settings, secret=secret, change=change, actor=actor)


def configuring_refused(connection: Connection, *, actor: Actor) -> str:
    """Return why an actor may not change a connection though they may change others; empty where they may."""
    try:
        require_may_configure(connection, actor=actor)
    except PermissionDenied as error:
        return error.message
    return ""


def _read(given: GivenMetadata) -> ParsedMetadata | Choice:
    now = timezone.now()
    if given.source == "fields":
        return build(given.entity_id, given.sso_url, given.slo_url, given.certificates, now=now)
    data = fetch(given.url, limit_bytes=MOST_BYTES).content if given.source == "url" else given.data
    return parse(data, entity_id=given.entity_id, now=now)


def _with_metadata(before: SamlSettings, found: ParsedMetadata, *, source: str, url: str) -> SamlSettings:
    return replace(
        before,
        source=source,
        metadata_url=url,
        metadata=found.document,
        entity_id=found.entity_id,
        sso_url=found.sso_url,
        slo_url=found.slo_url,
        certificates=tuple(certificate.pem for certificate in found.certificates),
    )


def _own(tenant: Tenant, connection_id: uuid.UUID, kind: type[object], *, actor: Actor) -> Connection:
    """Return the connection before the network is asked in its name."""
    connection = get_connection(tenant, connection_id)
    if not isinstance(connection.settings, kind):
        raise Conflict(_("This connection is of another kind, which never changes. Make another connection."))
    require_may_configure(connection, actor=actor)
    return connection


def _change(source: str) -> str:
    return {
        "url": _("Read the metadata from its address"),
        "file": _("Read the metadata from a file"),
        "paste": _("Read pasted metadata"),
        "fields": _("Entered the identity provider's values field by field"),
    }[source]
