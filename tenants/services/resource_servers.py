"""The operator's APIs and their scopes, and which of them an application may have tokens for."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import Conflict, NotFound, ValidationFailed
from tenants.models import Application, ApplicationResource, ResourceScope, ResourceServer
from tenants.services import audit
from tenants.services.applications import lock_application
from tenants.text import clean_line

LONGEST_NAME, LONGEST_IDENTIFIER, LONGEST_DESCRIPTION = 100, 255, 256
MOST_SERVERS, MOST_SCOPES = 200, 100
# Of what RFC 6749 section 3.3 allows, what needs no escaping anywhere.
_SCOPE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}")
# What OpenID Connect Core sections 5.4 and 11 name, ours, and Cognito's own.
_RESERVED = frozenset({"openid", "profile", "email", "address", "phone", "offline_access", "groups"})


@dataclass(frozen=True, kw_only=True)
class ResourceServerSettings:
    """What an operator says of an API.

    Args:
        name: what pages call it; unique.
        identifier: an absolute URI, by which clients ask for it and tokens are for it; fixed when it is added.
        scopes: names with what each allows. No two APIs have one of the same name.
    """

    name: str
    identifier: str
    scopes: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def add_resource_server(settings: ResourceServerSettings, *, actor: Actor) -> ResourceServer:
    """Add an API.

    Raises:
        ValidationFailed: something cannot be used, or is another API's.
        Conflict: there are too many.
    """
    if ResourceServer.objects.count() >= MOST_SERVERS:
        raise Conflict(_("There are %(most)d APIs; there can be no more.") % {"most": MOST_SERVERS})
    server = ResourceServer(identifier=_clean_identifier(settings.identifier))
    _save(server, settings)
    audit.record(Action.RESOURCE_SERVER_ADDED, actor=actor, target=server, after=_facts(server))
    return server


@transaction.atomic
def update_resource_server(server_id: uuid.UUID, settings: ResourceServerSettings, *, actor: Actor) -> ResourceServer:
    """Change an API's name and scopes. A scope that goes is in no token from now on.

    Raises:
        NotFound: no such API.
        ValidationFailed: something cannot be used, is another API's, or the identifier is not the one that it has.
    """
    server = _lock(server_id)
    if settings.identifier != server.identifier:
        raise _refused("identifier", _("An API's identifier cannot be changed. Add another API."))
    before = _facts(server)
    _save(server, settings)
    if (after := _facts(server)) != before:
        audit.record(Action.RESOURCE_SERVER_UPDATED, actor=actor, target=server, before=before, after=after)
    return server


@transaction.atomic
def remove_resource_server(server_id: uuid.UUID, *, confirm_name: str, actor: Actor) -> None:
    """Remove an API. No application gets tokens for it from now on.

    Raises:
        NotFound: no such API.
        ValidationFailed: another name was typed.
    """
    server = _lock(server_id)
    if confirm_name.strip() != server.name:
        raise _refused("confirm_name", _("This is not the API's name."))
    audit.record(Action.RESOURCE_SERVER_REMOVED, actor=actor, target=server, before=_facts(server))
    server.delete()


@transaction.atomic
def set_application_resources(
    application_id: uuid.UUID, chosen: Mapping[uuid.UUID, list[str]], *, actor: Actor
) -> None:
    """Choose the APIs that an application may have tokens for, and with which scopes.

    Args:
        application_id: which application.
        chosen: the ids of APIs, with names of their scopes; an API without any may be called without a scope.
        actor: who chooses.

    Raises:
        NotFound: no such application, or no such API.
        Conflict: it is Lifeguard's own.
        ValidationFailed: a scope is not one of the API's.
    """
    application = lock_application(application_id)
    before = resources_of(application)
    servers = {server.pk: server for server in ResourceServer.objects.filter(pk__in=chosen).order_by("pk")}
    if set(servers) != set(chosen):
        raise NotFound
    ApplicationResource.objects.filter(application=application).exclude(server__in=chosen).delete()
    for server_id, names in chosen.items():
        scopes = list(ResourceScope.objects.filter(server=server_id, name__in=names))
        if len(scopes) != len(set(names)):
            raise _refused("", _("This scope is none of the API's any more. Look at the page again."))
        row, _made = ApplicationResource.objects.get_or_create(application=application, server=servers[server_id])
        row.scopes.set(scopes)
    if (after := resources_of(application)) != before:
        audit.record(Action.APPLICATION_RESOURCES_SET, actor=actor, target=application, before=before, after=after)


def resources_of(application: Application) -> dict[str, list[str]]:
    """Return the identifiers of the APIs that an application may have tokens for, with names of scopes."""
    rows = ApplicationResource.objects.filter(application=application).select_related("server")
    return {
        row.server.identifier: [scope.name for scope in row.scopes.all()]
        for row in rows.order_by("server__identifier").prefetch_related("scopes")
    }


def _lock(server_id: uuid.UUID) -> ResourceServer:
    server = ResourceServer.objects.select_for_update().filter(pk=server_id).first()
    if server is None:
        raise NotFound
    return server


def _save(server: ResourceServer, settings: ResourceServerSettings) -> None:
    server.name = clean_line(settings.name, field="name", longest=LONGEST_NAME)
    scopes = _clean_scopes(server, settings.scopes)
    try:
        with transaction.atomic():
            server.save()
    except IntegrityError as error:
        field_name = "name" if ResourceServer.objects.filter(name=server.name).exists() else "identifier"
        raise _refused(field_name, _("Another API has this.")) from error
    server.scopes.exclude(name__in=scopes).delete()
    for name, description in scopes.items():
        ResourceScope.objects.update_or_create(name=name, defaults={"server": server, "description": description})


def _clean_identifier(value: str) -> str:
    """Return an identifier that is an absolute URI without a fragment (RFC 8707 section 2)."""
    identifier = value.strip()
    try:
        parts = urlsplit(identifier)
    except ValueError:
        parts = urlsplit("")
    # Without a question mark as well: section 2 advises against a query.
    plain = identifier.isascii() and identifier.isprintable() and not set(identifier) & set(' "<>\\^`{|}#?*')
    if not plain or len(identifier) > LONGEST_IDENTIFIER or not parts.scheme or not (parts.netloc or parts.path):
        message = _("Use an address such as https://api.example.com: at most %(longest)d ASCII characters, no spaces.")
        raise _refused("identifier", message % {"longest": LONGEST_IDENTIFIER})
    # Otherwise an application could be given tokens that the dashboard's own API takes.
    if Application.objects.filter(is_builtin=True, audience=identifier).exists():
        raise _refused("identifier", _("This is the dashboard's own API."))
    return identifier


def _clean_scopes(server: ResourceServer, scopes: Mapping[str, str]) -> dict[str, str]:
    if len(scopes) > MOST_SCOPES:
        raise _refused("scopes", _("Give at most %(most)d scopes.") % {"most": MOST_SCOPES})
    for name in scopes:
        if not _SCOPE_NAME.fullmatch(name):
            words = _("“%(name)s”: use up to 64 letters, digits and . _ : / - in a scope's name.")
            raise _refused("scopes", words % {"name": name[:80]})
        if name in _RESERVED or name.startswith("aws.cognito"):
            raise _refused("scopes", _("“%(name)s” has a meaning of its own. Choose another name.") % {"name": name})
    taken = ResourceScope.objects.filter(name__in=scopes).exclude(server=server.pk).first()
    if taken is not None:
        raise _refused("scopes", _("“%(name)s” is a scope of another API.") % {"name": taken.name})
    return {
        name: clean_line(description, field="scopes", longest=LONGEST_DESCRIPTION)
        for name, description in scopes.items()
    }


def _refused(field_name: str, message: str) -> ValidationFailed:
    return ValidationFailed(message, fields={field_name: message} if field_name else {})


def _facts(server: ResourceServer) -> dict[str, object]:
    scopes = dict(server.scopes.values_list("name", "description"))
    return {"name": server.name, "identifier": server.identifier, "scopes": scopes}
