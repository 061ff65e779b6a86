"""Bulk changes of users: every tenant has had some, and large ones have one under way and one to be confirmed."""

import random
import uuid
from collections.abc import Iterator
from datetime import timedelta

from identity.models import BulkJob, BulkKind, BulkLane, BulkRow, BulkState, RowState
from identity.models.bulk import LANES
from identity.services.bulk_jobs import as_document
from local.demo.fleet.load import copy_rows
from local.demo.fleet.owed import Standing, outbox_row
from local.demo.fleet.places import Place
from local.demo.fleet.shape import EPOCH, FleetShape, ids
from local.demo.fleet.words import mailbox, person
from tenants.actor import Actor, ActorKind
from tenants.models import OutboxEntry, SyncKind
from tenants.permissions import TENANT_PERMISSIONS, TenantRole

_LARGE = 500
_MOST_JOBS, _MOST_ROWS = 6, 5000
_EARLIER = (*[BulkState.DONE] * 9, BulkState.CANCELED)
_REFUSED = "Nobody here has this e-mail address."


def write_jobs(shape: FleetShape, places: list[Place]) -> int:
    """Write jobs with a row for each of their users, and return how many jobs there are."""
    dice = shape.dice("jobs")
    keys = ids(dice)
    jobs = [job for place in places for job in _jobs(place, keys, dice)]
    lanes = [
        BulkLane(id=next(keys), tenant=job.tenant, job=job, number=number)
        for job in jobs
        if job.state == BulkState.RUNNING
        for number in range(LANES)
    ]
    copy_rows(BulkJob, jobs)
    copy_rows(BulkRow, (row for job in jobs for row in _rows(job, keys, dice)))
    copy_rows(BulkLane, lanes)
    copy_rows(OutboxEntry, (outbox_row(SyncKind.BULK, lane.pk, Standing.PENDING, EPOCH) for lane in lanes))
    return len(jobs)


def _jobs(place: Place, keys: Iterator[uuid.UUID], dice: random.Random) -> Iterator[BulkJob]:
    """A tenant's jobs, the newest first: the larger it is, the more."""
    now = {0: BulkState.RUNNING, 1: BulkState.DRAFT} if place.users >= _LARGE else {}
    admin = as_document(_admin(place, next(keys), dice))
    total = min(max(3, place.users // 10), _MOST_ROWS)
    for number in range(1 + min(_MOST_JOBS - 1, place.users // 100)):
        state = now.get(number) or dice.choice(_EARLIER)
        settled = {BulkState.DONE: total, BulkState.DRAFT: 0}.get(state, total // 2)
        failed = settled // 50
        began = EPOCH - timedelta(days=20 * number, seconds=dice.randrange(24 * 3600))
        started = began + timedelta(minutes=1) if state != BulkState.DRAFT else None
        is_over = state in {BulkState.DONE, BulkState.CANCELED}
        yield BulkJob(
            id=next(keys),
            tenant=place.tenant,
            kind=dice.choice(list(BulkKind)),
            state=state,
            actor=admin,
            total=total,
            done=settled - failed,
            failed=failed,
            created_at=began,
            started_at=started,
            finished_at=started + timedelta(seconds=1 + total // 50) if started and is_over else None,
            going_since=started,
        )


def _admin(place: Place, key: uuid.UUID, dice: random.Random) -> Actor:
    return Actor(
        kind=ActorKind.MEMBER,
        id=str(key),
        label=f"{mailbox(person(dice), 0)}@{place.tenant.slug}.example",
        role=TenantRole.OWNER,
        tenant_id=place.tenant.pk,
        permissions=TENANT_PERMISSIONS[TenantRole.OWNER],
    )


def _rows(job: BulkJob, keys: Iterator[uuid.UUID], dice: random.Random) -> Iterator[BulkRow]:
    for line in range(job.total):
        name = person(dice)
        state = RowState.FAILED if line < job.failed else RowState.DONE if line < job.settled else RowState.WAITING
        yield BulkRow(
            tenant=job.tenant,
            job=job,
            lane=line % LANES,
            line=line + 2,
            email=f"{mailbox(name, line)}@{job.tenant.slug}.example",
            name=name,
            user_id=next(keys),
            state=state,
            error=_REFUSED if state is RowState.FAILED else "",
        )
