"""What a reconcile of each kind of key does: read the rows, then converge (docs/architecture.md, "A change").

A key whose row is gone owes nothing any more.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from identity.models import AppClient, DirectoryUser, Family, SyncedResource, UserStatus
from identity.sync import inventory
from identity.sync.attempt import Attempt
from identity.sync.converge import converge
from identity.sync.errors import NotYet
from identity.sync.look_again import LET_OTHERS_IN
from identity.sync.ready_ways import note_ready_ways
from identity.sync.removal import forget_tenant, is_written_to
from identity.sync.work import pool_work, tenant_work, user_work
from identity.sync.write_lease import pool_writer
from tenants.models import Invitation, OutboxEntry, SyncKind, Tenant, UserPool
from tenants.models.outbox import WAITING
from tenants.services import outbox

# A pool that is done asks for its tenants; this is for the case that something came in between.
_WAIT_FOR_POOL = timedelta(seconds=15)
# Acceptance holds its claim for a minute at the most (identity.services.acceptance).
_WAIT_FOR_ACCEPTANCE = timedelta(seconds=60)


def reconcile_pool(attempt: Attempt) -> None:
    """Bring a pool, its MFA settings and its domain into sync, then wake the tenants that waited for it.

    The schedule's comparison also looks for what others made in the pool.
    """
    pool = UserPool.objects.select_related("cell").filter(pk=attempt.key).first()
    if pool is None:
        return
    with pool_writer(attempt, pool) as guard:
        # Another worker may have created it before we got the lease.
        pool.refresh_from_db(fields=["cognito_id"])
        work = pool_work(pool)
        try:
            converge(attempt, work, guard=guard)
        finally:
            note_ready_ways(pool)
    if work.removes_all:
        _pool_is_gone(pool)
        return
    if attempt.scheduled:
        inventory.take(pool)
    _request_waiting_tenants(pool)


def _pool_is_gone(pool: UserPool) -> None:
    """Forget its id, and let its tenant's removal go on."""
    with transaction.atomic():
        UserPool.objects.filter(pk=pool.pk).update(cognito_id="")
        for tenant_id in pool.tenants.values_list("pk", flat=True):
            outbox.request_sync(SyncKind.TENANT, tenant_id)


def _request_waiting_tenants(pool: UserPool) -> None:
    """Those that are not set up yet, and those that failed: what was in their way may have been the pool."""
    served = AppClient.objects.filter(pool=pool, purpose=AppClient.SIGN_IN).values("tenant")
    owed = OutboxEntry.objects.filter(kind=SyncKind.TENANT, done_gen__lt=F("wanted_gen"))
    failed = owed.exclude(last_error_code__in=("", WAITING)).values("key")
    waiting = pool.tenants.filter(~Q(pk__in=served) | Q(pk__in=failed))
    with transaction.atomic():
        for tenant_id in waiting.values_list("pk", flat=True):
            outbox.request_sync(SyncKind.TENANT, tenant_id)


def reconcile_tenant(attempt: Attempt) -> None:
    """Bring what a tenant has in its pool into sync.

    Raises:
        NotYet: its pool is not there yet; it is asked for.
    """
    tenant = Tenant.objects.select_related("pool__cell", "policy").filter(pk=attempt.key).first()
    if tenant is None:
        return
    if tenant.is_due_for_removal():
        _remove(attempt, tenant)
        return
    if not tenant.pool.is_provisioned:
        _request_pool(tenant.pool)
        raise NotYet("Waits for the user pool.", delay=_WAIT_FOR_POOL)
    with pool_writer(attempt, tenant.pool) as guard:
        try:
            converge(attempt, tenant_work(tenant), guard=guard)
        finally:
            note_ready_ways(tenant.pool, tenant)


def _remove(attempt: Attempt, tenant: Tenant) -> None:
    """Remove what Cognito has of a tenant, then its rows. Its own key stays owed until that is done.

    Raises:
        NotYet: some of it is still there.
    """
    if is_written_to(tenant):
        raise NotYet("Waits for who is still writing users of the tenant.", delay=LET_OTHERS_IN)
    if tenant.pool.is_shared:
        if tenant.pool.is_provisioned:
            with pool_writer(attempt, tenant.pool) as guard:
                converge(attempt, tenant_work(tenant), guard=guard)
    elif tenant.pool.is_provisioned or _may_come_to_be(tenant.pool):
        _request_pool(tenant.pool)
        raise NotYet("Waits for the deletion of the user pool.", delay=_WAIT_FOR_POOL)
    forget_tenant(tenant.pk)


def _may_come_to_be(pool: UserPool) -> bool:
    """Say whether a create of the pool was sent of which nothing is known yet."""
    records = SyncedResource.objects.filter(scope=SyncKind.POOL, key=pool.pk, family=Family.POOL)
    return records.filter(create_started_at__isnull=False).exists()


def _request_pool(pool: UserPool) -> None:
    with transaction.atomic():
        if not outbox.is_owed(SyncKind.POOL, pool.pk):
            outbox.request_sync(SyncKind.POOL, pool.pk)


def reconcile_user(attempt: Attempt) -> None:
    """Bring a user into sync; a deleted one's row goes when Cognito has them no more.

    Users need no lease on their pool: what is written for one touches nothing that another's writer reads.

    Raises:
        NotYet: the pool is not there yet, or the user may be just coming into Cognito.
    """
    user = DirectoryUser.objects.select_related("tenant__pool__cell").filter(pk=attempt.key).first()
    if user is None:
        return
    if not user.is_in_cognito:
        # They come into Cognito when they accept, with the password that they choose then.
        return
    if user.tenant.is_due_for_removal():
        # They go with their tenant; nobody may come back in between.
        return
    pool = user.tenant.pool
    if pool.is_provisioned:
        converge(attempt, user_work(user), guard=attempt)
    elif user.status != UserStatus.DELETING:
        raise NotYet("Waits for the user pool.", delay=_WAIT_FOR_POOL)
    if user.status == UserStatus.DELETING:
        _forget(user)


def _forget(user: DirectoryUser) -> None:
    """Drop the row, unless a request is accepting the user's invitation: it may be about to create them in Cognito."""
    if Invitation.objects.filter(tenant=user.tenant, user_id=user.pk, claimed_until__gt=Now()).exists():
        raise NotYet("Their invitation was being accepted; looks again.", delay=_WAIT_FOR_ACCEPTANCE)
    with transaction.atomic():
        SyncedResource.objects.filter(scope=SyncKind.USER, key=user.pk).delete()
        DirectoryUser.objects.filter(pk=user.pk, status=UserStatus.DELETING).delete()
