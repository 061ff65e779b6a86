"""The function that writes Cognito's own messages in the pools of a cell."""

import uuid

from django.db import transaction
from django.utils.translation import gettext as _

from identity.services.pool_settings import NotConfirmed
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import NotFound, ValidationFailed
from tenants.message_function import function_fault
from tenants.models import Cell, SyncKind, UserPool
from tenants.pool_options import MESSAGE_TRIGGER
from tenants.services import audit
from tenants.services.outbox_batch import request_many


@transaction.atomic
def set_message_function(cell_id: uuid.UUID, arn: str, *, confirmed: bool, actor: Actor) -> Cell:
    """Name the function that every pool of a cell has which names none itself, and have Cognito follow.

    Args:
        cell_id: the cell.
        arn: of the Lambda function; empty for none.
        confirmed: whether the actor has seen what the change does.
        actor: who changes it.

    Raises:
        NotFound: no such cell.
        ValidationFailed: it is no function that this cell's pools can have.
        NotConfirmed: it is changed, and `confirmed` is not given.
    """
    # Nobody adds a pool meanwhile: a row that refers to the cell waits for this lock. So each pool is either among
    # those that are owed below, or made by somebody whose worker reads the new function.
    cell = Cell.objects.select_for_update().filter(pk=cell_id).first()
    if cell is None:
        raise NotFound
    if fault := function_fault(arn, cell):
        raise ValidationFailed(_("The function was not saved."), fields={"message_function_arn": fault})
    if arn == cell.message_function_arn:
        return cell
    if not confirmed:
        raise NotConfirmed([_consequence(cell, arn)])
    before, cell.message_function_arn = cell.message_function_arn, arn
    cell.save(update_fields=["message_function_arn"])
    audit.record(
        Action.CELL_MESSAGE_FUNCTION_SET,
        actor=actor,
        target=cell,
        before={"message_function_arn": before},
        after={"message_function_arn": arn},
    )
    # All of them: one whose own function is being taken out this very moment has the cell's next.
    request_many(SyncKind.POOL, list(cell.pools.values_list("pk", flat=True)), actor=actor)
    return cell


def following_pools(cell: Cell) -> int:
    """Return how many pools of a cell name no function for Cognito's messages themselves."""
    own = UserPool.objects.filter(cell=cell, settings__triggers__has_key=MESSAGE_TRIGGER)
    return cell.pools.count() - own.count()


def _consequence(cell: Cell, arn: str) -> str:
    counts = {"following": following_pools(cell), "all": cell.pools.count()}
    if not arn:
        return (
            _(
                "Cognito's messages are in its own words again, in one language and without a brand, in every user "
                "pool of the cell that names no function itself: %(following)d of %(all)d now."
            )
            % counts
        )
    return (
        _(
            "Cognito calls this function before every code that it sends, in every user pool of the cell that names "
            "none itself: %(following)d of %(all)d now, and each that is opened later. One that fails, is slower than "
            "5 seconds or does not allow cognito-idp.amazonaws.com to call it fails what people are doing in all of "
            "them: nobody gets a code to sign in, for a new password or for a new address."
        )
        % counts
    )
