"""Onboarding a tenant: everything that one needs, in one transaction; Cognito follows."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from identity.services.invitations import invite_user
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import ValidationFailed
from tenants.models import (
    Application,
    Branding,
    Cell,
    PoolKind,
    SignInPolicy,
    SyncKind,
    Tenant,
    TenantApplication,
    UserPool,
)
from tenants.permissions import TenantRole
from tenants.services import audit, placement
from tenants.services.native import refuse_shared_pools
from tenants.services.outbox import request_sync
from tenants.services.tenants import load_applications
from tenants.slugs import clean_slug
from tenants.text import clean_email, clean_line

Checked = TypeVar("Checked")


@dataclass(frozen=True, kw_only=True)
class TenantDraft:
    """What an operator asked for, before anything exists.

    Args:
        id: becomes the tenant's id, so that a form sent twice makes one tenant.
        name: the tenant's name, which its branding begins with.
        slug: names the tenant in addresses.
        cell_id: where it lives.
        isolation: a pool of its own, or a partition of a shared one.
        admin_email: the first owner, who gets an invitation.
        application_ids: the applications its users may sign in to.
    """

    id: uuid.UUID
    name: str
    slug: str
    cell_id: uuid.UUID
    isolation: PoolKind
    admin_email: str
    application_ids: tuple[uuid.UUID, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CheckedDraft:
    """A draft whose values can all be used, as they will be kept.

    Args:
        id, name, slug, isolation, admin_email: as in the draft, in the form they are kept in.
        cell: where the tenant will live.
        applications: what its users may sign in to.
        pool: the pool that exists and would be used now; None when one will be created.
    """

    id: uuid.UUID
    name: str
    slug: str
    isolation: PoolKind
    admin_email: str
    cell: Cell
    applications: tuple[Application, ...]
    pool: UserPool | None


def check_draft(draft: TenantDraft) -> CheckedDraft:
    """Check a draft against the rules and against what exists now.

    Raises:
        ValidationFailed: names every field that cannot be used.
    """
    faults: dict[str, str] = {}
    name = _attempt(faults, lambda: clean_line(draft.name, field="name", longest=100))
    slug = _attempt(faults, lambda: require_free_slug(draft.slug))
    admin_email = _attempt(faults, lambda: _admin_email(draft.admin_email))
    cell = _attempt(faults, lambda: _cell(draft.cell_id))
    applications = _attempt(faults, lambda: _applications(draft))
    if name is None or slug is None or admin_email is None or cell is None or applications is None:
        raise ValidationFailed(_("The tenant cannot be created like this."), fields=faults)
    pool = placement.likely_pool(cell, draft.isolation)
    if pool is None:
        placement.require_room(cell, draft.isolation)
    return CheckedDraft(
        id=draft.id,
        name=name,
        slug=slug,
        isolation=draft.isolation,
        admin_email=admin_email,
        cell=cell,
        applications=tuple(applications),
        pool=pool,
    )


def _applications(draft: TenantDraft) -> list[Application]:
    chosen = load_applications(draft.application_ids)
    refuse_shared_pools(draft.isolation, chosen)
    return chosen


def require_free_slug(value: str) -> str:
    """Return a slug as it is kept, if a new tenant could have it.

    Raises:
        ValidationFailed: the field `slug` has another shape, is reserved, or belongs to a tenant.
    """
    slug = clean_slug(value)
    if Tenant.objects.filter(slug=slug).exists():
        raise _slug_taken(slug)
    return slug


@transaction.atomic
def onboard_tenant(*, draft: TenantDraft, actor: Actor) -> Tenant:
    """Create a tenant, its place, its first owner and what is owed to Cognito for them.

    Sent twice with one draft, it creates one tenant and returns that: the cell is held meanwhile, and the draft's id is
    the tenant's.

    Raises:
        ValidationFailed: names every field that cannot be used, also when another tenant took the slug meanwhile.
    """
    placement.lock_cell(draft.cell_id)
    existing = Tenant.objects.filter(pk=draft.id).first()
    if existing is not None:
        return existing
    checked = check_draft(draft)
    tenant = _create_tenant(checked)
    TenantApplication.objects.bulk_create(
        [TenantApplication(tenant=tenant, application=application) for application in checked.applications]
    )
    facts = _facts(checked, tenant)
    for chain in (tenant, None):
        audit.record(Action.TENANT_ONBOARDED, actor=actor, tenant=chain, target=tenant, after=facts)
    request_sync(SyncKind.POOL, tenant.pool_id, actor=actor)
    request_sync(SyncKind.TENANT, tenant.pk, actor=actor)
    # Owes the invitation's mail as well.
    invite_user(tenant, email=checked.admin_email, name="", role=TenantRole.OWNER, actor=actor)
    return tenant


def _create_tenant(checked: CheckedDraft) -> Tenant:
    pool = placement.place(checked.cell, checked.isolation)
    tenant = Tenant(pk=checked.id, slug=checked.slug, name=checked.name, pool=pool)
    try:
        with transaction.atomic():
            tenant.save(force_insert=True)
    except IntegrityError as error:
        if not Tenant.objects.filter(slug=checked.slug).exists():
            raise
        raise _slug_taken(checked.slug) from error
    Branding.objects.create(tenant=tenant, display_name=tenant.name)
    SignInPolicy.objects.create(tenant=tenant)
    return tenant


def _facts(checked: CheckedDraft, tenant: Tenant) -> dict[str, object]:
    return {
        "name": tenant.name,
        "slug": tenant.slug,
        "key": tenant.key,
        "cell": checked.cell.name,
        "isolation": str(checked.isolation),
        "admin_email": checked.admin_email,
        "applications": [application.name for application in checked.applications],
    }


def _attempt(faults: dict[str, str], check: Callable[[], Checked]) -> Checked | None:
    try:
        return check()
    except ValidationFailed as error:
        faults.update(error.fields)
        return None


def _slug_taken(slug: str) -> ValidationFailed:
    message = _("“%(slug)s” belongs to another tenant. Choose another slug.") % {"slug": slug}
    return ValidationFailed(message, fields={"slug": message})


def _admin_email(value: str) -> str:
    try:
        return clean_email(value)
    except ValidationFailed as error:
        raise ValidationFailed(error.message, fields={"admin_email": error.message}) from error


def _cell(cell_id: uuid.UUID) -> Cell:
    cell = Cell.objects.filter(pk=cell_id).first()
    if cell is None:
        message = _("This cell does not exist. Choose one of the list.")
        raise ValidationFailed(message, fields={"cell": message})
    return cell
