"""The card of a user's page about identity providers. ``{% load ways_in %}``, ``{% ways_in person %}``."""

from typing import Any

from django import template

from federation.connections.linking import refusal_of_linked
from federation.models import FederatedIdentity
from federation.selectors.identities import identities_of
from identity.models import DirectoryUser
from tenants.permissions import Permission

register = template.Library()


@register.inclusion_tag("tenant/user_ways_in.html", takes_context=True)
def ways_in(context: dict[str, Any], person: DirectoryUser) -> dict[str, Any]:
    """Show by which connections a user comes, to somebody who may see connections."""
    actor, tenant = context["request"].actor, context["tenant"]
    identities = identities_of(person) if actor.allows(Permission.CONNECTIONS_READ) else []
    return {
        "tenant": tenant,
        "person": person,
        "identities": identities,
        "stopped": [each.pk for each in identities if _is_stopped(each, person)],
        # The services hold the rule (`identity.services.guards.require_may_manage`).
        "may_write": actor.allows(Permission.USERS_WRITE) and (not person.role or actor.allows(Permission.ROLES_WRITE)),
        "csrf_token": context.get("csrf_token"),
    }


def _is_stopped(identity: FederatedIdentity, person: DirectoryUser) -> bool:
    return bool(identity.is_linked and refusal_of_linked(person.role, gives_roles=identity.connection.gives_roles))
