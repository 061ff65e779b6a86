"""Users of a tenant as actors."""

from dataclasses import replace
from typing import Protocol
from uuid import UUID

from django.http import HttpRequest

from identity.models import DirectoryUser
from tenants.actor import Actor, ActorKind
from tenants.http import client_ip
from tenants.permissions import TENANT_PERMISSIONS, TenantRole


class Member(Protocol):
    """What of a user makes them an actor."""

    @property
    def pk(self) -> UUID: ...
    @property
    def email(self) -> str: ...
    @property
    def role(self) -> str: ...
    @property
    def tenant_id(self) -> UUID: ...


def member_actor(request: HttpRequest, user: Member) -> Actor:
    """Return a user who has a role, with the permissions that the role has, in the dashboard and in the API alike."""
    return Actor(
        kind=ActorKind.MEMBER,
        id=str(user.pk),
        label=user.email,
        role=user.role,
        tenant_id=user.tenant_id,
        permissions=TENANT_PERMISSIONS[TenantRole(user.role)],
        request_id=getattr(request, "request_id", ""),
        ip=client_ip(request),
    )


def as_user(actor: Actor, user: DirectoryUser) -> Actor:
    """Return the actor once it is proven who they are. Signing in gives no permission in itself."""
    return replace(
        actor, kind=ActorKind.MEMBER, id=str(user.pk), label=user.email, role=user.role, tenant_id=user.tenant_id
    )
