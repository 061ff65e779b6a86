"""Asking the workers for something: a sync now, or what one would do."""

import uuid

from django.db import transaction

from identity.models import DirectoryUser, PlanOutcome, SyncPlan
from identity.selectors.own import own_keys
from identity.sync import dry_run
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import NotFound
from tenants.models import SyncKind, Tenant, UserPool
from tenants.services import audit
from tenants.services.outbox import request_sync

# What a dry run can look at.
_SHOWABLE = {SyncKind.POOL, SyncKind.TENANT, SyncKind.USER}


@transaction.atomic
def request_own_sync(tenant: Tenant, *, actor: Actor) -> None:
    """Compare what is this tenant's own with Cognito now; a shared pool itself is the operator's to ask for."""
    for kind, key in own_keys(tenant):
        request_sync(kind, key, actor=actor)
    audit.record(Action.SYNC_REQUESTED, actor=actor, tenant=tenant, target=tenant)


@transaction.atomic
def show_own_plan(tenant: Tenant, *, actor: Actor) -> list[SyncPlan]:
    """Ask what a sync of what is this tenant's own would do; a worker fills the plans in. Nothing is written."""
    audit.record(Action.PLAN_REQUESTED, actor=actor, tenant=tenant, target=tenant)
    return [_shown(kind, key, actor) for kind, key in own_keys(tenant)]


@transaction.atomic
def show_tenant_plan(tenant_id: uuid.UUID, *, actor: Actor) -> list[SyncPlan]:
    """Ask what a sync of a tenant and its pool, shared or not, would do.

    Raises:
        NotFound: no such tenant.
    """
    tenant = Tenant.objects.filter(pk=tenant_id).first()
    if tenant is None:
        raise NotFound
    audit.record(Action.PLAN_REQUESTED, actor=actor, tenant=tenant, target=tenant)
    return [_shown(SyncKind.POOL, tenant.pool_id, actor), _shown(SyncKind.TENANT, tenant.pk, actor)]


@transaction.atomic
def show_plan(kind: str, key: uuid.UUID, *, actor: Actor) -> SyncPlan:
    """Ask what a sync of one key would do.

    Raises:
        NotFound: nothing is reconciled by such a key.
    """
    if kind not in _SHOWABLE or not _exists(SyncKind(kind), key):
        raise NotFound
    plan = _shown(SyncKind(kind), key, actor)
    audit.record(Action.PLAN_REQUESTED, actor=actor, target=plan)
    return plan


def _shown(kind: SyncKind, key: uuid.UUID, actor: Actor) -> SyncPlan:
    """A new request, or the one that waits already: asking twice costs one look."""
    waiting = SyncPlan.objects.filter(scope=kind, key=key, outcome=PlanOutcome.REQUESTED)
    return waiting.order_by("-started_at").first() or dry_run.request(kind, key, actor=actor)


def _exists(kind: SyncKind, key: uuid.UUID) -> bool:
    match kind:
        case SyncKind.POOL:
            return UserPool.objects.filter(pk=key).exists()
        case SyncKind.TENANT:
            return Tenant.objects.filter(pk=key).exists()
        case _:
            return DirectoryUser.objects.filter(pk=key).exists()
