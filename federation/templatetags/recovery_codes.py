"""A user's recovery codes. ``{% load recovery_codes %}``, ``{% recovery_codes_left person as left %}``."""

from django import template

from federation.services.recovery_codes import codes_left
from identity.models import DirectoryUser

register = template.Library()


@register.simple_tag
def recovery_codes_left(person: DirectoryUser) -> int:
    """Return how many codes are good yet."""
    return codes_left(person)
