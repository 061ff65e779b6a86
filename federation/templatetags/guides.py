"""The filter that shows texts of the guides. ``{% load guides %}``, ``{{ step.text|marks }}``."""

from django import template
from django.utils.safestring import SafeString

from federation.guides import to_html

register = template.Library()


@register.filter
def marks(text: str) -> SafeString:
    """A guide's text as HTML: labels are ``<strong>``, what is typed is ``<code>``, all else is escaped."""
    return to_html(text)
