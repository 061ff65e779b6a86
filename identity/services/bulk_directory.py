"""The directory's part of a bulk job: some of its users are changed, with audit and outbox rows, in one transaction.

Cognito follows afterwards (`identity.sync.bulk`), as it does after any other change.
"""

import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from identity.models import BulkJob, BulkKind, BulkRow, BulkState, DirectoryUser, RowState, UserStatus
from identity.services.bulk_rules import refusal, status_after
from identity.services.bulk_standing import actor_now
from identity.services.guards import lock_owners
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.models import Account, Invitation, SyncKind, Tenant
from tenants.services.audit_batch import Happening, record_many
from tenants.services.outbox_batch import request_many

_ACTIONS = {
    BulkKind.CREATE: Action.USER_CREATED,
    BulkKind.UPDATE: Action.USER_RENAMED,
    BulkKind.DISABLE: Action.USER_DISABLED,
    BulkKind.ENABLE: Action.USER_ENABLED,
    BulkKind.DELETE: Action.USER_DELETED,
}


@dataclass
class _Outcome:
    """What became of rows: those that Cognito is owed now, those with nothing left to do, and what was refused."""

    changed: list[tuple[BulkRow, Happening]] = field(default_factory=list)
    nothing: list[BulkRow] = field(default_factory=list)
    refused: list[BulkRow] = field(default_factory=list)

    def refuse(self, row: BulkRow, why: str) -> None:
        """Keep the reason."""
        row.state, row.error = RowState.FAILED, why
        self.refused.append(row)


@transaction.atomic
def change_directory(job: BulkJob, rows: Sequence[BulkRow], *, token: uuid.UUID | None = None) -> list[BulkRow]:
    """Make the job's change to the users of some waiting rows, and owe it to Cognito.

    Args:
        job: with its tenant loaded.
        rows: of that job, in state WAITING.
        token: takes the outbox rows of users who are new on at once (`outbox_batch.request_many`).

    Returns:
        The rows whose change Cognito is owed now.

    Raises:
        MayNoLonger: who asked for the job may not change users any more; nothing was changed.
    """
    kind, actor = BulkKind(job.kind), actor_now(job)
    outcome = _create(job, rows) if kind == BulkKind.CREATE else _change(job, kind, rows, actor)
    happenings = [happening for _row, happening in outcome.changed]
    record_many(_ACTIONS[kind], happenings, actor=actor, tenant=job.tenant)
    working = [row for row, _happening in outcome.changed]
    if working:
        request_many(SyncKind.USER, [row.user_id for row in working], token=token)
    _keep(job, outcome, working)
    return working


def _keep(job: BulkJob, outcome: _Outcome, working: Sequence[BulkRow]) -> None:
    rows = BulkRow.objects.filter(job=job)
    rows.filter(pk__in=[row.pk for row in working]).update(state=RowState.WORKING)
    rows.filter(pk__in=[row.pk for row in outcome.nothing]).update(state=RowState.DONE)
    BulkRow.objects.bulk_update(outcome.refused, ["state", "error"])
    count_rows(job, done=len(outcome.nothing), failed=len(outcome.refused))


def count_rows(job: BulkJob, *, done: int, failed: int) -> None:
    """Add to the job's counts. The last write of its transaction: workers at the same job wait here for each other."""
    if done or failed:
        BulkJob.objects.filter(pk=job.pk).update(done=F("done") + done, failed=F("failed") + failed)


def _create(job: BulkJob, rows: Sequence[BulkRow]) -> _Outcome:
    outcome = _Outcome()
    people = {
        row.pk: DirectoryUser(
            id=row.user_id,
            tenant=job.tenant,
            email=row.email,
            name=row.name,
            status=UserStatus.CREATED,
            awaits_password=True,
            # The database has defaults for these; rows of plain values are inserted at a fraction of the cost.
            cognito_status="",
            cognito_username="",
        )
        for row in rows
    }
    # Whose address was taken since the input was checked is passed over here, and found missing afterwards.
    DirectoryUser.objects.bulk_create(people.values(), ignore_conflicts=True)
    made = set(DirectoryUser.objects.filter(pk__in=[user.pk for user in people.values()]).values_list("pk", flat=True))
    for row in rows:
        user = people[row.pk]
        if user.pk in made:
            after = {"name": user.name, "invited": job.send_invitations}
            outcome.changed.append((row, Happening(user, after=after)))
        else:
            outcome.refuse(row, _("%(email)s is a user here already.") % {"email": row.email})
    return outcome


def _change(job: BulkJob, kind: BulkKind, rows: Sequence[BulkRow], actor: Actor) -> _Outcome:
    outcome = _Outcome()
    # Before the users' own rows, as the services for one user do it: nobody waits for each other.
    owners = lock_owners(job.tenant)
    users = _lock(job.tenant, [row.user_id for row in rows])
    by_status: dict[UserStatus, list[DirectoryUser]] = {}
    for row in rows:
        user = users.get(row.user_id)
        if user is None:
            outcome.refuse(row, _("No user here has the address %(email)s.") % {"email": row.email})
        elif why := refusal(kind, user, actor=actor, owners=owners):
            outcome.refuse(row, why)
        elif happening := _happening(kind, user, row):
            outcome.changed.append((row, happening))
            by_status.setdefault(UserStatus(user.status), []).append(user)
            _follow(owners, user)
        else:
            outcome.nothing.append(row)
    changed = [user for group in by_status.values() for user in group]
    if kind == BulkKind.UPDATE:
        DirectoryUser.objects.bulk_update(changed, ["name"])
    for status, group in by_status.items():
        _having(group).update(status=status, updated_at=timezone.now())
    _SIDE_EFFECTS.get(kind, _no_side_effect)(job.tenant, changed)
    return outcome


def _happening(kind: BulkKind, user: DirectoryUser, row: BulkRow) -> Happening | None:
    """Change the object, and return how; None where it is so already."""
    if kind == BulkKind.UPDATE:
        before, user.name = user.name, row.name
        return Happening(user, {"name": before}, {"name": user.name}) if before != user.name else None
    status = status_after(kind, user)
    if status == user.status:
        return None
    happening = Happening(user, {"status": user.status}, {"status": status.value})
    user.status = status
    return happening


def _follow(owners: Sequence[DirectoryUser], user: DirectoryUser) -> None:
    """Let the next decision see what this one did to an owner."""
    for owner in owners:
        if owner.pk == user.pk:
            owner.status = user.status


def _lock(tenant: Tenant, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, DirectoryUser]:
    users = DirectoryUser.objects.select_for_update(of=("self",)).filter(tenant=tenant, pk__in=ids)
    return {user.pk: user for user in users.exclude(status=UserStatus.DELETING).order_by("pk")}


def _having(users: Collection[DirectoryUser]) -> QuerySet[DirectoryUser]:
    return DirectoryUser.objects.filter(pk__in=[user.pk for user in users])


def _shut_out(tenant: Tenant, users: Collection[DirectoryUser]) -> None:
    """What goes with disabling: open invitations are void, and sessions with all that descends from them are over."""
    _withdraw(tenant, users)
    ids = [user.pk for user in users]
    _having(users).update(signed_out_at=timezone.now())
    for account in Account.objects.filter(subject__in=ids):
        if account.subject is not None:
            Account.objects.end_member_sessions(account.subject)


def _withdraw(tenant: Tenant, users: Collection[DirectoryUser]) -> None:
    still_open = Q(accepted_at__isnull=True, revoked_at__isnull=True)
    mine = Invitation.objects.filter(still_open, tenant=tenant, user_id__in=[user.pk for user in users])
    mine.update(revoked_at=timezone.now())


def _no_side_effect(tenant: Tenant, users: Collection[DirectoryUser]) -> None:
    """Enabling and renaming change nothing else."""


_SIDE_EFFECTS: dict[BulkKind, Callable[[Tenant, Collection[DirectoryUser]], None]] = {
    BulkKind.DISABLE: _shut_out,
    BulkKind.DELETE: _withdraw,
}


def waiting_rows(job: BulkJob, lane: int, limit: int) -> list[BulkRow]:
    """Return the next rows of a lane that nothing was done for; neighbours by id, so that a listing finds several."""
    return list(BulkRow.objects.filter(job=job, lane=lane, state=RowState.WAITING).order_by("user_id")[:limit])


def begin(job: BulkJob) -> None:
    """Say that a worker is at it, and count the rate from here."""
    queued = BulkJob.objects.filter(pk=job.pk, state=BulkState.QUEUED)
    queued.update(state=BulkState.RUNNING, going_since=timezone.now(), settled_before=F("done") + F("failed"))
