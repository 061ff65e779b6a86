"""How it stands with telling an application of sign-outs. ``{% load sign_outs %}``, ``{% sign_outs application %}``."""

from typing import Any

from django import template

from federation.selectors.logout_notices import standing
from tenants.models import Application

register = template.Library()


@register.inclusion_tag("fleet/applications/sign_outs.html")
def sign_outs(application: Application) -> dict[str, Any]:
    """Show when it was last told, and what it did not take."""
    return {"standing": standing(application)}
