"""Who stands before the sign-in pages: nobody we know yet, at some address, or a user who just proved who they are."""

from dataclasses import replace

from django.http import HttpRequest

from identity.actors import as_user
from tenants.actor import ANONYMOUS, Actor
from tenants.http import client_ip

__all__ = ["as_user", "visitor"]


def visitor(request: HttpRequest) -> Actor:
    """Return the actor of a request to the sign-in host, for the audit log."""
    return replace(ANONYMOUS, request_id=getattr(request, "request_id", ""), ip=client_ip(request))
