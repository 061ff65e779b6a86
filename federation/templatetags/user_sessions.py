"""The card of a user's page about their sessions. ``{% load user_sessions %}``, ``{% user_sessions person %}``."""

from typing import Any

from django import template

from federation.selectors.browser_sessions import open_sessions
from identity.models import DirectoryUser
from tenants.permissions import Permission
from tenants.selectors import longest_access_token_minutes

register = template.Library()


@register.inclusion_tag("tenant/user_sessions.html", takes_context=True)
def user_sessions(context: dict[str, Any], person: DirectoryUser) -> dict[str, Any]:
    """Show where a user is signed in."""
    actor = context["request"].actor
    return {
        "tenant": context["tenant"],
        "person": person,
        "sessions": open_sessions(person),
        "token_minutes": longest_access_token_minutes(context["tenant"]),
        # The services hold the rule (`identity.services.guards.require_may_manage`).
        "may_write": actor.allows(Permission.USERS_WRITE) and (not person.role or actor.allows(Permission.ROLES_WRITE)),
        "csrf_token": context.get("csrf_token"),
    }
