"""How long access tokens go on. ``{% load access_tokens %}``, ``{% longest_token_minutes tenant as minutes %}``."""

from django import template

from tenants.models import Tenant
from tenants.selectors import longest_access_token_minutes

register = template.Library()


@register.simple_tag
def longest_token_minutes(tenant: Tenant) -> int:
    """Return for how long an access token that a tenant's applications have been given can go on, in minutes."""
    return longest_access_token_minutes(tenant)
