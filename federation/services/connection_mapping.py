"""What the wizard's third step asks, as one change: what is taken over of people, and who is let in."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from federation.connections.mapping import Mapping
from federation.models import Connection, JitMode, Linking, MfaTrust
from federation.services.connection_rules import lock_connection, require_may_configure
from federation.services.connection_versions import ARRIVALS, add_version, plain
from federation.services.connections import save_mapping
from identity.services.guards import require_may_grant
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import PermissionDenied, ValidationFailed
from tenants.models import Tenant
from tenants.permissions import Permission, TenantRole
from tenants.services import audit

_MOST_VALUES, _LONGEST = 20, 256


@dataclass(frozen=True, kw_only=True)
class Arrivals:
    """Who is let in.

    Args:
        jit: a `JitMode`: who comes for the first time.
        default_role: the `TenantRole` that they get; empty for none.
        linking: a `Linking`: who is connected that signs in otherwise already.
        mfa_trust: a `MfaTrust`: by what they meet the tenant's policy for second factors.
        mfa_values: of the claim with their methods, those that say so; empty for the usual ones.
    """

    jit: str
    default_role: str = ""
    linking: str = Linking.NEVER
    mfa_trust: str = MfaTrust.PROVIDER
    mfa_values: Sequence[str] = ()


@transaction.atomic
def save_people(
    tenant: Tenant, connection_id: uuid.UUID, mapping: Mapping, arrivals: Arrivals, *, actor: Actor
) -> Connection:
    """Keep the mapping and the rules of arrival as one version, or neither.

    Raises:
        NotFound, PermissionDenied, ValidationFailed: see `save_mapping` and `set_arrivals`.
    """
    connection = lock_connection(tenant, connection_id)
    if mapping == connection.mapping:
        return set_arrivals(tenant, connection_id, arrivals, actor=actor)
    _change(connection, arrivals, mapping, actor=actor)
    return save_mapping(tenant, connection_id, mapping, change=_("Changed attributes and groups"), actor=actor)


@transaction.atomic
def set_arrivals(tenant: Tenant, connection_id: uuid.UUID, arrivals: Arrivals, *, actor: Actor) -> Connection:
    """Choose who is let in, and with what role, as a new version. It counts from the next sign-in.

    Who is connected already stays so. What is as it was makes no version.

    Raises:
        NotFound: the tenant has no such connection.
        PermissionDenied: it would give a role, or connect people with one, and the actor may not give roles; or it does
            so already.
        ValidationFailed: there is no such mode, role or rule.
    """
    connection = lock_connection(tenant, connection_id)
    if _change(connection, arrivals, connection.mapping, actor=actor):
        secret, change = connection.current.secret, _("Changed who is let in")
        add_version(connection, connection.settings, secret, connection.mapping, change=change, actor=actor)
    return connection


def _change(connection: Connection, arrivals: Arrivals, mapping: Mapping, *, actor: Actor) -> bool:
    """Write who is let in, and say whether that is another answer than before."""
    _require_known(arrivals)
    _require_told(arrivals, mapping)
    before = {name: plain(getattr(connection, name)) for name in ARRIVALS}
    after = {name: plain(value) for name, value in asdict(arrivals).items()}
    if after == before:
        return False
    require_may_configure(connection, actor=actor)
    require_may_grant(arrivals.default_role, actor=actor)
    _require_may_link(arrivals.linking, actor=actor)
    for field, value in after.items():
        setattr(connection, field, value)
    connection.save(update_fields=[*after, "updated_at"])
    told = {"before": before, "after": after}
    audit.record(Action.CONNECTION_ARRIVALS_SET, actor=actor, tenant=connection.tenant, target=connection, **told)
    return True


def _require_known(arrivals: Arrivals) -> None:
    offered = {
        "jit": (arrivals.jit, JitMode.values),
        "default_role": (arrivals.default_role, ["", *TenantRole.values]),
        "linking": (arrivals.linking, Linking.values),
        "mfa_trust": (arrivals.mfa_trust, MfaTrust.values),
    }
    unknown = {field: str(_("Choose one.")) for field, (value, values) in offered.items() if value not in values}
    if unknown:
        raise ValidationFailed(_("Choose one of the answers offered."), fields=unknown)


def _require_told(arrivals: Arrivals, mapping: Mapping) -> None:
    """What the identity provider says can be trusted only where it is asked what it says."""
    problems: dict[str, str] = {}
    if arrivals.mfa_trust == MfaTrust.CLAIM and not mapping.methods:
        problems["methods"] = _("Say which attribute or claim tells how a person signed in there.")
    if len(arrivals.mfa_values) > _MOST_VALUES or any(not 0 < len(each) <= _LONGEST for each in arrivals.mfa_values):
        problems["mfa_values"] = _("At most 20 values, each of at most 256 characters.")
    if problems:
        raise ValidationFailed(_("Say what is to be trusted."), fields=problems)


def _require_may_link(linking: str, *, actor: Actor) -> None:
    """Whoever sets a connection up signs in as everybody whom it is connected with, if they want to."""
    if linking == Linking.TEAM and not actor.allows(Permission.ROLES_WRITE):
        raise PermissionDenied(_("Only an owner can have people connected who have a role in this dashboard."))
