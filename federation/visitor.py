"""Who stands before the sign-in pages: nobody we know yet, at some address, or a user who just proved who they are."""

from dataclasses import replace

from django.http import HttpRequest

from identity.actors import as_user
from tenants.actor import ANONYMOUS, Actor
from tenants.http import client_ip

# What `BrowserSession` keeps of it.
_LONGEST_AGENT = 300

__all__ = ["as_user", "visitor"]


def visitor(request: HttpRequest) -> Actor:
    """Return the actor of a request to the sign-in host, for the audit log."""
    # PostgreSQL has no NUL, which no header has; other signs that cannot be printed tell nobody anything.
    agent = "".join(sign for sign in request.headers.get("User-Agent", "") if sign.isprintable())
    return replace(
        ANONYMOUS,
        request_id=getattr(request, "request_id", ""),
        ip=client_ip(request),
        user_agent=agent[:_LONGEST_AGENT],
    )
