"""An application's role catalogue: which roles its tokens say, and whom of a tenant's users they are of."""

import re
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import Conflict, NotFound, ValidationFailed
from tenants.models import Application, ApplicationRole
from tenants.permissions import TenantRole
from tenants.services import audit
from tenants.services.applications import lock_application
from tenants.text import clean_line

LONGEST_DESCRIPTION, MOST_ROLES, MOST_GROUPS = 256, 50, 50
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}")


@dataclass(frozen=True, kw_only=True)
class RoleSettings:
    """A role of an application, and who has it.

    Args:
        name: what tokens say in `roles`; unique within the application.
        description: for people; may be empty.
        tenant_roles: whoever has one of these in their tenant (`TenantRole`).
        group_names: whoever is in a group of their tenant that is called so, exactly.
        everybody: everybody who may sign in to the application.
    """

    name: str
    description: str = ""
    tenant_roles: tuple[str, ...] = ()
    group_names: tuple[str, ...] = ()
    everybody: bool = False


@transaction.atomic
def add_application_role(application_id: uuid.UUID, settings: RoleSettings, *, actor: Actor) -> ApplicationRole:
    """Add a role. With the first one, tokens no longer say the role that somebody has in their tenant.

    Raises:
        NotFound: no such application.
        Conflict: it is Lifeguard's own, or has too many.
        ValidationFailed: something cannot be used.
    """
    application = lock_application(application_id)
    if ApplicationRole.objects.filter(application=application).count() >= MOST_ROLES:
        raise Conflict(_("An application can have %(most)d roles.") % {"most": MOST_ROLES})
    role = ApplicationRole(application=application)
    _save(role, settings)
    _record(Action.APPLICATION_ROLE_ADDED, application, actor, after=_facts(role))
    return role


@transaction.atomic
def update_application_role(
    application_id: uuid.UUID, role_id: uuid.UUID, settings: RoleSettings, *, actor: Actor
) -> ApplicationRole:
    """Change a role. It holds for tokens from now on.

    Raises: as `add_application_role`; NotFound too where the application has no such role.
    """
    application = lock_application(application_id)
    role = get_application_role(application, role_id)
    before = _facts(role)
    _save(role, settings)
    if (after := _facts(role)) != before:
        _record(Action.APPLICATION_ROLE_CHANGED, application, actor, before=before, after=after)
    return role


@transaction.atomic
def remove_application_role(application_id: uuid.UUID, role_id: uuid.UUID, *, actor: Actor) -> None:
    """Remove a role. Without any, tokens say the role that somebody has in their tenant.

    Raises:
        NotFound: no such application, or it has no such role.
        Conflict: it is Lifeguard's own.
    """
    application = lock_application(application_id)
    role = get_application_role(application, role_id)
    _record(Action.APPLICATION_ROLE_REMOVED, application, actor, before=_facts(role))
    role.delete()


def get_application_role(application: Application, role_id: uuid.UUID) -> ApplicationRole:
    """Return a role of an application's.

    Raises:
        NotFound: it has no such role.
    """
    role = ApplicationRole.objects.filter(application=application, pk=role_id).first()
    if role is None:
        raise NotFound
    return role


def held_roles(catalogue: Iterable[ApplicationRole], *, tenant_role: str, groups: Collection[str]) -> tuple[str, ...]:
    """Return the names of the roles that somebody has by a catalogue. Pure.

    Args:
        catalogue: the application's roles.
        tenant_role: theirs in their tenant; empty for none.
        groups: the names of their groups there.
    """
    return tuple(
        role.name
        for role in catalogue
        if role.everybody or (tenant_role and tenant_role in role.tenant_roles) or set(role.group_names) & set(groups)
    )


def _save(role: ApplicationRole, settings: RoleSettings) -> None:
    if not _NAME.fullmatch(settings.name):
        raise _refused("name", _("Use up to 64 letters, digits and . _ : / - beginning with a letter or a digit."))
    if set(settings.tenant_roles) - set(TenantRole.values):
        raise _refused("tenant_roles", _("Choose among the roles."))
    wrong = next((name for name in settings.group_names if not 0 < len(name) <= 64 or not name.isprintable()), None)
    if wrong is not None or len(settings.group_names) > MOST_GROUPS:
        raise _refused("group_names", _("Give at most %(most)d names of groups, one per line.") % {"most": MOST_GROUPS})
    if not (settings.everybody or settings.tenant_roles or settings.group_names):
        raise _refused("everybody", _("Choose who has it: everybody, a role, or a group."))
    role.name = settings.name
    described = settings.description.strip()
    role.description = clean_line(described, field="description", longest=LONGEST_DESCRIPTION) if described else ""
    role.tenant_roles = [value for value in TenantRole.values if value in settings.tenant_roles]
    role.group_names = sorted(set(settings.group_names))
    role.everybody = settings.everybody
    try:
        with transaction.atomic():
            role.save()
    except IntegrityError as error:
        raise _refused("name", _("The application has a role of this name.")) from error


def _record(
    action: Action,
    application: Application,
    actor: Actor,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    audit.record(action, actor=actor, target=application, before=before, after=after)


def _facts(role: ApplicationRole) -> dict[str, object]:
    names = ("name", "description", "tenant_roles", "group_names", "everybody")
    return {name: getattr(role, name) for name in names}


def _refused(field: str, message: str) -> ValidationFailed:
    return ValidationFailed(message, fields={field: message})
