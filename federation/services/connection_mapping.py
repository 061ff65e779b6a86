"""What the wizard's third step asks, as one change: what is taken over of people, and who is let in."""

import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from federation.connections.mapping import Mapping
from federation.models import Connection
from federation.services.connections import save_mapping, set_arrivals
from tenants.actor import Actor
from tenants.models import Tenant


@dataclass(frozen=True, kw_only=True)
class Arrivals:
    """Who is let in for the first time: a `JitMode`, and the `TenantRole` that they get (empty for none)."""

    jit: str
    default_role: str = ""


@transaction.atomic
def save_people(
    tenant: Tenant, connection_id: uuid.UUID, mapping: Mapping, arrivals: Arrivals, *, actor: Actor
) -> Connection:
    """Keep the mapping and the rules of arrival, or neither.

    Raises:
        NotFound, PermissionDenied, ValidationFailed: see `save_mapping` and `set_arrivals`.
    """
    change = _("Changed attributes and groups")
    save_mapping(tenant, connection_id, mapping, change=change, actor=actor)
    return set_arrivals(tenant, connection_id, jit=arrivals.jit, default_role=arrivals.default_role, actor=actor)
