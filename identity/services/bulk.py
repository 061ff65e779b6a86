"""One change to the users that were ticked in the list, and inviting several people."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from identity.models import BulkJob, BulkKind, BulkRow, DirectoryUser, RowState
from identity.services.bulk_directory import change_directory
from identity.services.bulk_jobs import phrase_for, prepare_job_for, start_job
from identity.services.invitations import invite_user
from tenants.actor import Actor
from tenants.errors import DomainError, ValidationFailed
from tenants.models import Tenant

# As many as a page of the list has, and a bit: more goes by a job that is looked over first.
MOST = 100


@dataclass
class BulkResult:
    """What came of it: the users that were changed, and for each of the others why not, as a sentence."""

    done: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@transaction.atomic
def change_users(tenant: Tenant, kind: BulkKind, user_ids: Collection[uuid.UUID], *, actor: Actor) -> BulkResult:
    """Disable, enable or delete some users, whom the caller has had confirmed. In Lifeguard at once; Cognito follows.

    What is refused for one does not stop the others; of users that are not this tenant's nothing is said.

    Raises:
        ValidationFailed: more than `MOST` were given, or none that there is.
    """
    wanted = set(user_ids)
    if len(wanted) > MOST:
        raise ValidationFailed(_("Choose at most %(most)d users at a time.") % {"most": MOST})
    job = prepare_job_for(tenant, kind, DirectoryUser.objects.filter(pk__in=wanted), actor=actor)
    if job.settled < job.total:
        job = confirm_job(tenant, job.pk, confirm=phrase_for(job), actor=actor)
    result = _result_of(job)
    if not result.done:
        job.delete()
    return result


@transaction.atomic
def confirm_job(tenant: Tenant, job_id: uuid.UUID, *, confirm: str = "", actor: Actor) -> BulkJob:
    """Start a job that was looked over; raises as `start_job` does.

    The directory's part of a small one is done at once, as it is for a single user: whoever is to be shut out is out,
    whether or not a worker is there.
    """
    job = start_job(tenant, job_id, confirm=confirm, actor=actor)
    waiting = list(BulkRow.objects.filter(job=job, state=RowState.WAITING)[: MOST + 1])
    if len(waiting) <= MOST:
        change_directory(job, waiting)
        job.refresh_from_db()
    return job


def _result_of(job: BulkJob) -> BulkResult:
    result = BulkResult()
    for row in BulkRow.objects.filter(job=job).order_by("line"):
        if row.state == RowState.FAILED:
            result.refused.append(row.error)
        else:
            result.done.append(row.email)
    return result


def invite_users(tenant: Tenant, people: str, *, actor: Actor) -> BulkResult:
    """Invite several people, none of whom gets a role.

    Args:
        tenant: whose directory.
        people: a line each: the e-mail address, then a comma and the name, if there is one.
        actor: who invites.

    Raises:
        ValidationFailed: there are no lines, or more than `MOST`.
    """
    lines = [line.strip() for line in people.splitlines() if line.strip()]
    if not 0 < len(lines) <= MOST:
        message = _("Give 1 to %(most)d lines.") % {"most": MOST}
        raise ValidationFailed(message, fields={"people": message})
    result = BulkResult()
    for line in lines:
        email, _comma, name = line.partition(",")
        try:
            result.done.append(invite_user(tenant, email=email, name=name, role="", actor=actor).email)
        except DomainError as error:
            reason = next(iter(error.fields.values()), error.message)
            result.refused.append(f"{email[:254]}: {reason}")
    return result
