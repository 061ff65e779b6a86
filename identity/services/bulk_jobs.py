"""Bulk jobs: checking what was sent, starting, canceling, resuming. What workers do then is in `bulk_directory`."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import islice
from typing import TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from identity.models import LANES, BulkJob, BulkKind, BulkLane, BulkRow, BulkState, DirectoryUser, RowState, UserStatus
from identity.services.bulk_input import MOST_ROWS, Person
from identity.services.bulk_rules import refusal
from tenants.actor import Actor, ActorKind
from tenants.audit_actions import Action
from tenants.errors import Conflict, NotFound, ValidationFailed
from tenants.models import SyncKind, Tenant
from tenants.permissions import Permission
from tenants.services import audit
from tenants.services.outbox import request_sync

# A job holds a list of people. It is kept no longer than somebody may want to confirm it, or to see what came of it.
_DRAFT_LIVES = timedelta(days=1)
_OUTCOME_LIVES = timedelta(days=90)
_BATCH = 1000
_HEX = 16
Item = TypeVar("Item")


@transaction.atomic
def prepare_job(
    tenant: Tenant, kind: BulkKind, people: Iterable[Person], *, send_invitations: bool = False, actor: Actor
) -> BulkJob:
    """Keep and check what is to be done. Nothing happens to any user before the job is started.

    Args:
        tenant: whose directory.
        kind: what is to be done to each.
        people: the input, read while it is kept.
        send_invitations: whoever is created also gets an invitation.
        actor: who asks.

    Raises:
        ValidationFailed: there is nobody in the input, too many, or it cannot be read; `fields["file"]` says why.
    """
    job = _new_job(tenant, kind, send_invitations=send_invitations and kind == BulkKind.CREATE, actor=actor)
    checked = _Checker(job, actor)
    for batch in _batches(people):
        _keep(job, checked.rows(batch))
    return _counted(job)


@transaction.atomic
def prepare_job_for(tenant: Tenant, kind: BulkKind, users: QuerySet[DirectoryUser], *, actor: Actor) -> BulkJob:
    """As `prepare_job`, for users that were chosen in the list; whom `users` finds in this tenant alone.

    Raises:
        ValidationFailed: nobody was chosen, or too many were.
    """
    job = _new_job(tenant, kind, send_invitations=False, actor=actor)
    chosen = users.filter(tenant=tenant).exclude(status=UserStatus.DELETING).order_by("email", "pk")
    for number, batch in enumerate(_batches(chosen.iterator(chunk_size=_BATCH))):
        _keep(job, [_row_of(job, number * _BATCH + place, user, actor) for place, user in enumerate(batch, start=1)])
    return _counted(job)


@transaction.atomic
def start_job(tenant: Tenant, job_id: uuid.UUID, *, confirm: str = "", actor: Actor) -> BulkJob:
    """Let workers begin.

    Args:
        tenant: whose job.
        job_id: which.
        confirm: the phrase of `phrase_for` as the actor typed it, where users are deleted.
        actor: who starts it; the audit log names them for each user.

    Raises:
        NotFound: no such job in this tenant.
        Conflict: it was started already, or nothing of it can be done.
        ValidationFailed: users are to be deleted and the phrase is another.
    """
    job = lock_job(tenant, job_id)
    if job.state != BulkState.DRAFT:
        raise Conflict(_("This was started already."))
    if job.settled == job.total:
        raise Conflict(_("There is nothing here that can be done."))
    if job.kind == BulkKind.DELETE and confirm.strip() != phrase_for(job):
        message = _("This is not the text that was asked for.")
        raise ValidationFailed(message, fields={"confirm_name": message})
    now = timezone.now()
    BulkJob.objects.filter(pk=job.pk).update(state=BulkState.QUEUED, started_at=now, actor=as_document(actor))
    lanes = [BulkLane(tenant_id=job.tenant_id, job=job, number=number) for number in range(LANES)]
    BulkLane.objects.bulk_create(lanes)
    after = {"kind": job.kind, "users": job.total - job.settled, "invitations": job.send_invitations}
    audit.record(Action.BULK_STARTED, actor=actor, tenant=tenant, target=job, after=after)
    _wake(lanes)
    job.refresh_from_db()
    return job


@transaction.atomic
def cancel_job(tenant: Tenant, job_id: uuid.UUID, *, actor: Actor) -> None:
    """Let no worker begin with another user. What has begun is brought to its end.

    Raises:
        NotFound: no such job in this tenant.
        Conflict: it is not under way.
    """
    job = lock_job(tenant, job_id)
    if not job.can_cancel:
        raise Conflict(_("This is not under way."))
    BulkJob.objects.filter(pk=job.pk).update(state=BulkState.CANCELED, pause_reason="", finished_at=timezone.now())
    audit.record(Action.BULK_CANCELED, actor=actor, tenant=tenant, target=job, after={"settled": job.settled})


@transaction.atomic
def resume_job(tenant: Tenant, job_id: uuid.UUID, *, actor: Actor) -> None:
    """Let workers go on with a job that was canceled or paused, from where it stood, in the name of who resumes it.

    Raises:
        NotFound: no such job in this tenant.
        Conflict: it was neither, or nothing of it is left.
    """
    job = lock_job(tenant, job_id)
    if not job.can_resume:
        raise Conflict(_("There is nothing left of this that could be resumed."))
    BulkJob.objects.filter(pk=job.pk).update(
        state=BulkState.QUEUED, pause_reason="", finished_at=None, going_since=None, actor=as_document(actor)
    )
    audit.record(Action.BULK_RESUMED, actor=actor, tenant=tenant, target=job, after={"settled": job.settled})
    _wake(list(job.lanes.all()))


@transaction.atomic
def discard_job(tenant: Tenant, job_id: uuid.UUID) -> None:
    """Forget a job that nobody started, with the input that it was given.

    Raises:
        NotFound: no such job in this tenant.
        Conflict: it was started.
    """
    job = lock_job(tenant, job_id)
    if job.state != BulkState.DRAFT:
        raise Conflict(_("This was started already."))
    job.delete()


def purge_jobs() -> None:
    """Forget drafts that nobody confirmed within a day, and what ended 90 days ago; the audit log stays."""
    now = timezone.now()
    drafts = Q(state=BulkState.DRAFT, created_at__lt=now - _DRAFT_LIVES)
    over = (BulkState.DONE, BulkState.CANCELED, BulkState.PAUSED)
    ended = Q(state__in=over, finished_at__lt=now - _OUTCOME_LIVES)
    BulkJob.objects.filter(drafts | ended).delete()


def phrase_for(job: BulkJob) -> str:
    """Return what has to be typed before users are deleted."""
    return _("delete %(count)d") % {"count": job.total - job.settled}


def lock_job(tenant: Tenant, job_id: uuid.UUID) -> BulkJob:
    """Return a job of the tenant, locked.

    Raises:
        NotFound: no such job in this tenant.
    """
    job = BulkJob.objects.select_for_update().filter(tenant=tenant, pk=job_id).first()
    if job is None:
        raise NotFound
    return job


def as_document(actor: Actor) -> dict[str, object]:
    """Return an actor as the job keeps them."""
    return {
        "kind": actor.kind.value,
        "id": actor.id,
        "label": actor.label,
        "role": actor.role,
        "permissions": sorted(actor.permissions),
        "request_id": actor.request_id,
        "ip": actor.ip,
        "reason": actor.reason,
    }


def actor_of(job: BulkJob) -> Actor:
    """Return who asked for a job, as they were then."""
    kept = job.actor
    permissions = frozenset(Permission(value) for value in kept["permissions"])
    texts = {name: kept[name] for name in ("id", "label", "role", "request_id", "ip", "reason")}
    return Actor(kind=ActorKind(kept["kind"]), tenant_id=job.tenant_id, permissions=permissions, **texts)


class _Checker:
    """Turns people into rows, each with what can be said against it before anything is done."""

    def __init__(self, job: BulkJob, actor: Actor) -> None:
        self._job = job
        self._actor = actor
        self._kind = BulkKind(job.kind)
        self._lines: dict[str, int] = {}

    def rows(self, people: Sequence[Person]) -> list[BulkRow]:
        """Return the rows of some people, looked up together."""
        emails = [person.email for person in people if not person.error]
        found = DirectoryUser.objects.filter(tenant=self._job.tenant_id, email__in=emails)
        users = {user.email: user for user in found.exclude(status=UserStatus.DELETING)}
        return [self._row(person, users.get(person.email)) for person in people]

    def _row(self, person: Person, user: DirectoryUser | None) -> BulkRow:
        user_id = uuid.uuid4() if user is None else user.pk
        error = person.error or self._twin(person) or self._objection(person, user)
        return _row(self._job, person.line, person.email, person.name, user_id, error)

    def _twin(self, person: Person) -> str:
        first = self._lines.setdefault(person.email, person.line)
        return "" if first == person.line else _("The same address is on line %(line)d already.") % {"line": first}

    def _objection(self, person: Person, user: DirectoryUser | None) -> str:
        if self._kind == BulkKind.CREATE:
            return _("%(email)s is a user here already.") % {"email": person.email} if user else ""
        if user is None:
            return _("No user here has the address %(email)s.") % {"email": person.email}
        if self._kind == BulkKind.UPDATE and not person.name:
            return _("There is no name on this line.")
        return refusal(self._kind, user, actor=self._actor)


def _row_of(job: BulkJob, line: int, user: DirectoryUser, actor: Actor) -> BulkRow:
    return _row(job, line, user.email, user.name, user.pk, refusal(BulkKind(job.kind), user, actor=actor))


def _row(job: BulkJob, line: int, email: str, name: str, user_id: uuid.UUID, error: str) -> BulkRow:
    return BulkRow(
        tenant_id=job.tenant_id,
        job=job,
        # Ids are spread evenly; neighbours stay together, so that one listing finds many of them.
        lane=(user_id.int >> 124) * LANES // _HEX,
        line=line,
        email=email,
        name=name,
        user_id=user_id,
        state=RowState.FAILED if error else RowState.WAITING,
        error=error,
    )


def _new_job(tenant: Tenant, kind: BulkKind, *, send_invitations: bool, actor: Actor) -> BulkJob:
    return BulkJob.objects.create(tenant=tenant, kind=kind, send_invitations=send_invitations, actor=as_document(actor))


def _keep(job: BulkJob, rows: list[BulkRow]) -> None:
    BulkRow.objects.bulk_create(rows)
    job.total += len(rows)
    job.failed += sum(row.state == RowState.FAILED for row in rows)
    if job.total > MOST_ROWS:
        message = _("These are more than %(most)d users. Do it in several parts.") % {"most": MOST_ROWS}
        raise ValidationFailed(message, fields={"file": message})


def _counted(job: BulkJob) -> BulkJob:
    if not job.total:
        message = _("There is nobody in this.")
        raise ValidationFailed(message, fields={"file": message})
    job.save(update_fields=["total", "failed"])
    return job


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    rest = iter(items)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _wake(lanes: Iterable[BulkLane]) -> None:
    for lane in lanes:
        request_sync(SyncKind.BULK, lane.pk)
