"""Users of a tenant as actors."""

from dataclasses import replace

from identity.models import DirectoryUser
from tenants.actor import Actor, ActorKind


def as_user(actor: Actor, user: DirectoryUser) -> Actor:
    """Return the actor once it is proven who they are. Signing in gives no permission in itself."""
    return replace(
        actor, kind=ActorKind.MEMBER, id=str(user.pk), label=user.email, role=user.role, tenant_id=user.tenant_id
    )
