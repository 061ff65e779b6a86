"""Whether who asked for a bulk job may still change users: read before each chunk, as it is at each request.

Whoever is disabled is out, and so is what they set going. The end of an operator's visit for support takes nothing
away: the tenant knows of the job by then, and can cancel it.
"""

import uuid
from dataclasses import replace

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from identity.models import BulkJob, BulkState, DirectoryUser
from identity.services.bulk_jobs import actor_of
from tenants.actor import Actor, ActorKind, system
from tenants.audit_actions import Action
from tenants.errors import PermissionDenied
from tenants.models import Account
from tenants.permissions import SUPPORT_PERMISSIONS, TENANT_PERMISSIONS, OperatorRole, Permission, TenantRole
from tenants.services import audit


class MayNoLonger(PermissionDenied):
    """Who asked for a job may not go on with it; the message says why, as a sentence."""


def actor_now(job: BulkJob) -> Actor:
    """Return who asked for a job, with what of their permissions they still have.

    Args:
        job: with its tenant loaded.

    Raises:
        MayNoLonger: they may not change users of the tenant any more.
    """
    actor = actor_of(job)
    match actor.kind:
        case ActorKind.MEMBER:
            held = _member_permissions(actor, job.tenant_id)
        case ActorKind.OPERATOR:
            held = _operator_permissions(actor)
        case _:
            return actor
    actor = replace(actor, permissions=actor.permissions & held)
    if not actor.allows(Permission.USERS_WRITE):
        raise MayNoLonger(_("%(who)s, who asked for this, may not change users any more.") % {"who": actor.label})
    return actor


@transaction.atomic
def pause_job(job: BulkJob, why: str) -> None:
    """Let no worker begin with another user until somebody resumes the job; only the first worker to say so does."""
    going = BulkJob.objects.filter(pk=job.pk, state__in=(BulkState.QUEUED, BulkState.RUNNING))
    if going.update(state=BulkState.PAUSED, pause_reason=why, finished_at=timezone.now()):
        after = {"reason": why, "settled": job.settled}
        audit.record(Action.BULK_PAUSED, actor=system("sync"), tenant=job.tenant, target=job, after=after)


def _member_permissions(actor: Actor, tenant_id: uuid.UUID) -> frozenset[Permission]:
    who = {"who": actor.label}
    user = DirectoryUser.objects.select_related("tenant").filter(pk=actor.id, tenant=tenant_id).first()
    if user is None or not user.may_sign_in:
        raise MayNoLonger(_("%(who)s, who asked for this, is disabled or deleted.") % who)
    if not user.tenant.is_active:
        raise MayNoLonger(_("The tenant is closed, and so is its dashboard to %(who)s, who asked for this.") % who)
    return TENANT_PERMISSIONS[TenantRole(user.role)] if user.role else frozenset()


def _operator_permissions(actor: Actor) -> frozenset[Permission]:
    account = Account.objects.filter(pk=actor.id, is_active=True).exclude(operator_role="").first()
    if account is None:
        raise MayNoLonger(_("%(who)s, who asked for this, is no longer an operator.") % {"who": actor.label})
    return SUPPORT_PERMISSIONS[OperatorRole(account.operator_role)]
