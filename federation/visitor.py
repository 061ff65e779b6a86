"""Who stands before the sign-in pages: nobody we know yet, at some address, or a user who just proved who they are."""

from dataclasses import replace

from django.http import HttpRequest

from identity.models import DirectoryUser
from tenants.actor import ANONYMOUS, Actor, ActorKind
from tenants.http import client_ip


def visitor(request: HttpRequest) -> Actor:
    """Return the actor of a request to the sign-in host, for the audit log."""
    return replace(ANONYMOUS, request_id=getattr(request, "request_id", ""), ip=client_ip(request))


def as_user(actor: Actor, user: DirectoryUser) -> Actor:
    """Return the actor once it is proven who they are. Signing in gives no permission in itself."""
    return replace(
        actor, kind=ActorKind.MEMBER, id=str(user.pk), label=user.email, role=user.role, tenant_id=user.tenant_id
    )
