"""Reconciling one key: lease, reconcile, settle or postpone."""

import logging
import uuid

from identity.models import ResourceState, SyncedResource
from identity.sync import failures, metrics, registry
from identity.sync.attempt import Attempt
from identity.sync.failures import Failure
from tenants.models import OutboxEntry, SyncKind
from tenants.services import outbox

logger = logging.getLogger(__name__)


def run(kind: SyncKind, key: uuid.UUID) -> None:
    """Bring (kind, key) to what PostgreSQL says, if that is owed, due, and nobody else is at it.

    Never raises for what goes wrong with the key: the outbox row keeps the reason and the time of the next attempt.
    """
    lease = outbox.take_lease(kind, key)
    if lease is None:
        return
    with metrics.observed(lease) as observation:
        try:
            observation.ended_with(_reconcile(lease))
        except outbox.LeaseLost:
            observation.lost_lease()
            logger.warning("Another worker took %s %s over; this one stops.", kind, key)


def _reconcile(lease: outbox.Lease) -> Failure | None:
    """Carry it out; returns the failure that it was put off with, if any."""
    try:
        registry.handler_of(lease.kind)(Attempt(lease))
    except outbox.LeaseLost:
        raise
    except Exception as error:  # noqa: BLE001  # Whatever happened, the row must be put off with its reason.
        return _postpone(lease, error)
    outbox.settle(lease)
    return None


def _postpone(lease: outbox.Lease, error: Exception) -> Failure:
    failure = failures.classify(error, attempts=lease.attempts)
    if failures.is_unexpected(error):
        logger.error("Reconciling %s %s failed.", lease.kind, lease.key, exc_info=error)
    else:
        logger.info("Reconciling %s %s is put off: %s", lease.kind, lease.key, failure.message)
    outbox.postpone(
        lease,
        delay=failures.pause(failure, lease.attempts),
        code=failure.code,
        error=failure.message,
        remedy=failure.remedy,
    )
    _show_next_attempt(lease)
    return failure


def _show_next_attempt(lease: outbox.Lease) -> None:
    """Copy the time of the next attempt to the resources that are not in sync, where pages look for it."""
    next_attempt = OutboxEntry.objects.filter(pk=lease.entry_id).values_list("next_attempt_at", flat=True).first()
    resources = SyncedResource.objects.filter(scope=lease.kind, key=lease.key)
    settled = (ResourceState.IN_SYNC, ResourceState.DRIFTED)
    resources.exclude(state__in=settled).update(next_attempt_at=next_attempt)
