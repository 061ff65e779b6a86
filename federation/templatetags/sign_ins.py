"""The card of a user's page about their attempts to sign in. ``{% load sign_ins %}``, ``{% sign_ins person %}``."""

from typing import Any

from django import template

from federation.auth_reasons import in_words
from federation.devices import device_of
from federation.selectors.auth_events import recent_attempts
from identity.models import DirectoryUser
from tenants.permissions import Permission

register = template.Library()

_SHOWN = 8


@register.inclusion_tag("tenant/user_sign_ins.html", takes_context=True)
def sign_ins(context: dict[str, Any], person: DirectoryUser) -> dict[str, Any]:
    """Show the newest attempts to sign in as a user, to somebody who may see logs."""
    may_read = context["request"].actor.allows(Permission.AUDIT_READ)
    attempts = recent_attempts(person, _SHOWN) if may_read else []
    return {
        "tenant": context["tenant"],
        "person": person,
        "may_read": may_read,
        "lines": [(event, in_words(event.reason), device_of(event.user_agent)) for event in attempts],
    }
