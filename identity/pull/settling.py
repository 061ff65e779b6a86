"""Carrying out a judgement: what is Cognito's is taken over, and what is ours is put back or reported."""

from django.db import IntegrityError, transaction

from identity.models import DirectoryUser, Resolution, UserConflict
from identity.pull.addresses import usable_address
from identity.pull.judging import Difference, Judgement, Value
from identity.pull.ownership import Field
from identity.services.factors import note_factors
from identity.services.groups import request_groups_of
from identity.services.user_sessions import end_user_sessions
from identity.sync.drift_mode import drift_mode
from tenants.actor import Actor, system
from tenants.audit_actions import Action
from tenants.models import DriftMode, SyncKind
from tenants.services import audit
from tenants.services.outbox import request_sync


def pull_actor() -> Actor:
    """Return who acts when something comes back from Cognito."""
    return system("pull")


def settle(row: DirectoryUser, judgement: Judgement) -> None:
    """Carry a judgement out on a locked row. The caller saves the plain columns, of many rows at once."""
    for difference in judgement.taken:
        _take_over(row, difference)
    if judgement.modified_at is not None:
        row.cognito_modified_at = judgement.modified_at
    if judgement.returned:
        row.missing_since = None
        audit.record(Action.USER_REAPPEARED, actor=pull_actor(), tenant=row.tenant, target=row)
        request_groups_of(row)
    if judgement.conflicts:
        _defend(row, judgement)


def _take_over(row: DirectoryUser, difference: Difference) -> None:
    field, ours = difference.field, difference.ours
    if field is Field.EMAIL:
        take_address(row, str(difference.theirs))
        return
    setattr(row, field.value, difference.theirs)
    if field is Field.SUB and ours:
        # Somebody deleted this user and made another under the same name: what they proved to us no longer counts.
        end_user_sessions(row)
        note_factors(row, ())
    if (field is Field.SUB and ours) or field is Field.NAME:
        remember(row, difference, Resolution.TAKEN)
        _record(Action.USER_CHANGE_TAKEN, row, difference)


def take_address(row: DirectoryUser, address: str) -> None:
    """Take Cognito's address over, unless it cannot be one or is another user's here; the user's page says which."""
    difference = Difference(Field.EMAIL, row.email, address)
    if (not address or usable_address(address)) and _keep_address(row, usable_address(address)):
        remember(row, difference, Resolution.TAKEN)
        _record(Action.USER_CHANGE_TAKEN, row, difference)
    else:
        remember(row, difference, Resolution.NOT_TAKEN)


def _keep_address(row: DirectoryUser, address: str) -> bool:
    before, row.email = row.email, address
    try:
        with transaction.atomic():
            row.save(update_fields=["email", "updated_at"])
    except IntegrityError:
        row.email = before
        return False
    return True


def _defend(row: DirectoryUser, judgement: Judgement) -> None:
    repairs = drift_mode(row.tenant) is DriftMode.REPAIR
    for difference in judgement.conflicts:
        remember(row, difference, Resolution.RESTORED if repairs else Resolution.LEFT)
        _record(Action.USER_CONFLICT, row, difference)
    if repairs:
        request_sync(SyncKind.USER, row.pk)


def remember(row: DirectoryUser, difference: Difference, resolution: Resolution) -> None:
    """Keep a difference, for the user's page."""
    UserConflict.objects.create(
        tenant_id=row.tenant_id,
        user=row,
        field=difference.field.value,
        ours=_text(difference.ours),
        theirs=_text(difference.theirs),
        resolution=resolution,
    )


def _record(action: Action, row: DirectoryUser, difference: Difference) -> None:
    name = difference.field.value
    audit.record(
        action,
        actor=pull_actor(),
        tenant=row.tenant,
        target=row,
        before={name: difference.ours},
        after={name: difference.theirs},
    )


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value[:254]
