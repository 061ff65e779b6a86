"""Setting a connection up: what is entered, each change as a version. Putting it to use is in `connection_states`."""

import uuid
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from federation.connections import names
from federation.connections.mapping import Mapping
from federation.connections.mapping_rules import mapping_problems
from federation.connections.settings import SamlSettings, Settings, empty_settings
from federation.models import Connection, ConnectionKind
from federation.selectors.connections import connections_of
from federation.services.connection_certificates import request_certificates
from federation.services.connection_rules import (
    facts,
    lock_connection,
    refuse_same_directory,
    request_provider_sync,
    require_complete,
    require_may_configure,
)
from federation.services.connection_versions import add_version
from identity.models import Group
from identity.services.guards import require_may_grant
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import Conflict, ValidationFailed
from tenants.models import Tenant
from tenants.models.pool_settings import options_of
from tenants.services import audit
from tenants.text import clean_line

LONGEST_NAME = 60
# Drafts too: whoever needs more has forgotten to delete some.
MOST_CONNECTIONS = 50
# Of a value of ProviderDetails (StringType in botocore's service model).
LONGEST_METADATA = 131_072
_LONGEST_SECRET = 4096


@dataclass(frozen=True, kw_only=True)
class NewConnection:
    """What a connection begins with.

    Args:
        name: what people call it; also on the button of the sign-in page.
        kind: a `ConnectionKind`.
        guide: the slug of its guide.
        word: the guide's word for the product, which becomes a part of the name in Cognito.
        mapping: what the guide recommends.
    """

    name: str
    kind: str
    guide: str
    word: str
    mapping: Mapping = field(default_factory=Mapping)


@transaction.atomic
def create_connection(tenant: Tenant, new: NewConnection, *, actor: Actor) -> Connection:
    """Begin a connection: a draft, of which Cognito learns nothing yet.

    Raises:
        ValidationFailed: the name cannot be used, or another connection has it.
        Conflict: a social provider in a shared pool, a second one of its kind, or too many connections.
    """
    # One at a time, so that two do not take one name in Cognito.
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)
    _refuse_kind(tenant, new.kind)
    if connections_of(tenant).count() >= MOST_CONNECTIONS:
        raise Conflict(_("There can be %(most)d connections. Delete one first.") % {"most": MOST_CONNECTIONS})
    connection = Connection(tenant=tenant, kind=new.kind, guide=new.guide, provider_name=_provider_name(tenant, new))
    connection.name = clean_line(new.name, field="name", longest=LONGEST_NAME)
    _save_named(connection)
    add_version(connection, empty_settings(new.kind), "", new.mapping, change=_("Began"), actor=actor)
    request_certificates(connection)
    audit.record(Action.CONNECTION_CREATED, actor=actor, tenant=tenant, target=connection, after=facts(connection))
    return connection


@transaction.atomic
def save_settings(
    tenant: Tenant,
    connection_id: uuid.UUID,
    settings: Settings,
    *,
    secret: str | None = None,
    change: str,
    actor: Actor,
) -> Connection:
    """Keep settings as a new version; what is as it was makes none.

    Args:
        tenant: whose.
        connection_id: which.
        settings: all of them, of the connection's kind. A draft may be incomplete.
        secret: a new client secret (or Apple's private key); None leaves the one that is stored.
        change: what was done, in words.
        actor: who.

    Raises:
        NotFound: the tenant has no such connection.
        PermissionDenied: it lets owners in or gives roles, and the actor may not give roles.
        ValidationFailed: something cannot be used; field `client_secret`, where a stored one would go elsewhere.
        Conflict: the tenant has another connection to this directory, which could not both work.
    """
    connection = lock_connection(tenant, connection_id)
    if type(settings) is not type(empty_settings(connection.kind)):
        raise TypeError(f"{type(settings).__name__} are not the settings of a {connection.kind} connection")
    current = connection.current
    kept = current.secret if secret is None else _clean_secret(secret)
    if settings == connection.settings and kept == current.secret:
        return connection
    require_may_configure(connection, actor=actor)
    if secret is None and current.has_secret and settings.destination != connection.settings.destination:
        # Otherwise whoever may change an address here could have the secret sent to an address of their own.
        message = _("Addresses of the identity provider changed: enter the client secret again.")
        raise ValidationFailed(message, fields={"client_secret": message})
    _require_usable(connection, settings, kept)
    before = facts(connection)
    add_version(connection, settings, kept, connection.mapping, change=change, actor=actor)
    _note(connection, Action.CONNECTION_CONFIGURED, before, actor=actor)
    return connection


@transaction.atomic
def save_mapping(
    tenant: Tenant, connection_id: uuid.UUID, mapping: Mapping, *, change: str, actor: Actor
) -> Connection:
    """Keep a mapping as a new version; one that is as it was makes none.

    Raises:
        NotFound: the tenant has no such connection.
        PermissionDenied: it gives roles, and the actor may not.
        ValidationFailed: it would fail at Cognito or at sign-in, or names what is not there; by field.
    """
    connection = lock_connection(tenant, connection_id)
    if mapping == connection.mapping:
        return connection
    require_may_configure(connection, actor=actor)
    for rule in mapping.rules:
        require_may_grant(rule.role, actor=actor)
    groups = set(Group.objects.filter(tenant=tenant).values_list("name", flat=True))
    own = options_of(tenant.pool).custom_attributes
    if problems := mapping_problems(mapping, attributes=own, groups=groups):
        raise ValidationFailed(_("The mapping was not saved."), fields=problems)
    before = facts(connection)
    current = connection.current
    add_version(connection, connection.settings, current.secret, mapping, change=change, actor=actor)
    _note(connection, Action.CONNECTION_MAPPED, before, actor=actor)
    return connection


@transaction.atomic
def rename_connection(tenant: Tenant, connection_id: uuid.UUID, *, name: str, actor: Actor) -> Connection:
    """Call a connection otherwise; its name in Cognito stays.

    Raises:
        NotFound: the tenant has no such connection.
        ValidationFailed: the name cannot be used, or another connection has it.
    """
    connection = lock_connection(tenant, connection_id)
    before = connection.name
    connection.name = clean_line(name, field="name", longest=LONGEST_NAME)
    if connection.name != before:
        _save_named(connection)
        told = {"before": {"name": before}, "after": {"name": connection.name}}
        audit.record(Action.CONNECTION_RENAMED, actor=actor, tenant=tenant, target=connection, **told)
    return connection


def set_step(tenant: Tenant, connection_id: uuid.UUID, step: str) -> None:
    """Remember where the wizard was left. It is a bookmark and no change, so that no log has it."""
    Connection.objects.filter(tenant=tenant, pk=connection_id).update(step=step)


def _refuse_kind(tenant: Tenant, kind: str) -> None:
    if kind not in ConnectionKind.values:
        raise ValidationFailed(_("Choose one of the kinds offered."), fields={"kind": _("Choose one.")})
    if not names.is_social(kind):
        return
    label = ConnectionKind(kind).label
    if tenant.pool.is_shared:
        message = _(
            "%(name)s needs a user pool of your own: Cognito has one such provider in a pool, with a fixed name. Ask "
            "your provider for a dedicated pool, or connect %(name)s as a generic OpenID provider, where it is one."
        )
        raise Conflict(message % {"name": label})
    if connections_of(tenant).filter(kind=kind).exists():
        raise Conflict(_("There is a connection to %(name)s, and Cognito takes one in a pool.") % {"name": label})


def _provider_name(tenant: Tenant, new: NewConnection) -> str:
    if names.is_social(new.kind):
        return names.SOCIAL_NAMES[new.kind]
    taken = set(Connection.everything.filter(tenant=tenant).values_list("provider_name", flat=True))
    return names.provider_name(tenant.key, new.word, taken)


def _save_named(connection: Connection) -> None:
    try:
        with transaction.atomic():
            connection.save()
    except IntegrityError as error:
        message = _("There is a connection of this name.")
        raise ValidationFailed(message, fields={"name": message}) from error


def _require_usable(connection: Connection, settings: Settings, secret: str) -> None:
    if isinstance(settings, SamlSettings):
        if len(settings.metadata) > LONGEST_METADATA:
            message = _("Cognito takes metadata of up to %(most)d characters.") % {"most": LONGEST_METADATA}
            raise ValidationFailed(message, fields={"metadata": message})
        refuse_same_directory(connection, settings.entity_id)
    if connection.is_in_cognito:
        require_complete(connection, settings, secret)


def _clean_secret(secret: str) -> str:
    text = secret.strip()
    if len(text) > _LONGEST_SECRET or not all(char.isprintable() or char == "\n" for char in text):
        message = _("This is no secret: use at most %(most)d printable characters.") % {"most": _LONGEST_SECRET}
        raise ValidationFailed(message, fields={"client_secret": message})
    return text


def _note(connection: Connection, action: Action, before: dict[str, object], *, actor: Actor) -> None:
    audit.record(
        action, actor=actor, tenant=connection.tenant, target=connection, before=before, after=facts(connection)
    )
    if connection.is_in_cognito:
        request_provider_sync(connection)
