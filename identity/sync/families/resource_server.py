"""The resource server of an application's API: what its scopes belong to."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from identity.cognito import resource_servers
from identity.cognito.resource_servers import ResourceServer
from identity.models import Family
from identity.sync.changes import Change
from identity.sync.family import Fact, ResourceFamily, Site, Step
from identity.sync.native import NativeApplication

_NAME, _SCOPES = "Name", "Scopes"


def desired(applications: Sequence[NativeApplication]) -> list[ResourceServer]:
    """Return the resource servers of a tenant's applications, in their order. Pure.

    Applications with one audience, such as the web and the mobile application of one API, share one: with the scopes of
    all of them, and the name of the first.
    """
    servers: dict[str, ResourceServer] = {}
    for application in applications:
        if application.scopes:
            fresh = ResourceServer(application.audience, application.name, {})
            known = servers.get(application.audience, fresh)
            servers[application.audience] = replace(known, scopes={**dict(application.scopes), **known.scopes})
    return list(servers.values())


def retired(identifier: str) -> Step:
    """Return how to delete a resource server that is not wanted any more. Pure."""
    return Step(ResourceServerFamily(), identifier, ResourceServer(identifier, identifier, {}), present=False)


class ResourceServerFamily(ResourceFamily[ResourceServer, ResourceServer]):
    """A resource server. Its identifier is unique in the pool, so that a create cannot happen twice."""

    family: ClassVar[Family] = Family.RESOURCE_SERVER

    def facts(self, spec: ResourceServer) -> tuple[Fact, ...]:
        """See `ResourceFamily`."""
        return (Fact("Scopes", ", ".join(sorted(spec.scopes))),)

    def wanted(self, spec: ResourceServer) -> Mapping[str, Any]:
        """See `ResourceFamily`."""
        return {_NAME: spec.name, _SCOPES: _lines(spec)}

    def observe(self, site: Site, spec: ResourceServer) -> ResourceServer | None:
        """Describe the resource server."""
        return resource_servers.describe(site.pool_ref, spec.identifier, priority=site.priority)

    def diff(self, spec: ResourceServer, live: ResourceServer) -> list[Change]:
        """See `ResourceFamily`."""
        changes = [Change(_NAME, live.name, spec.name)] if live.name != spec.name else []
        if dict(live.scopes) != dict(spec.scopes):
            changes.append(Change(_SCOPES, _lines(live), _lines(spec)))
        return changes

    def create(self, site: Site, spec: ResourceServer) -> ResourceServer:
        """Create the resource server with its scopes."""
        return resource_servers.create(site.pool_ref, spec, priority=site.priority)

    def update(
        self, site: Site, spec: ResourceServer, live: ResourceServer, changes: Sequence[Change]
    ) -> ResourceServer:
        """Write the name, the scopes, or both; the other is sent as it is."""
        fields = {change.field for change in changes}
        merged = replace(
            live,
            name=spec.name if _NAME in fields else live.name,
            scopes=spec.scopes if _SCOPES in fields else live.scopes,
        )
        return resource_servers.update(site.pool_ref, merged, priority=site.priority)

    def delete(self, site: Site, spec: ResourceServer, live: ResourceServer) -> None:
        """Delete it; the clients that named its scopes have been changed or deleted before."""
        resource_servers.delete(site.pool_ref, live.identifier, priority=site.priority)

    def remote_id(self, live: ResourceServer) -> str:
        """See `ResourceFamily`."""
        return live.identifier


def _lines(server: ResourceServer) -> list[str]:
    return [f"{name}: {text}" for name, text in sorted(server.scopes.items())]
