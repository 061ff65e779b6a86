"""Taking over a resource that was found by its name."""

import logging
from collections.abc import Sequence

from identity.sync.family import Site
from tenants.actor import system
from tenants.audit_actions import Action
from tenants.services import audit

logger = logging.getLogger(__name__)


def audit_adoption(site: Site, remote_id: str, twins: Sequence[str]) -> None:
    """Record, in the transaction that keeps its id, that a resource was adopted.

    The pool's write lease allows one creator at a time, so that there should be no `twins`. If there are, the oldest is
    kept, and the audit log and the log name the others for somebody to delete by hand: they may hold users.
    """
    if twins:
        logger.error("%s exists more than once; delete by hand: %s", site.tracked.row, ", ".join(twins))
    audit.record(
        Action.RESOURCE_ADOPTED,
        actor=system("sync"),
        tenant=site.tenant,
        target=site.tracked.row,
        after={"id": remote_id, "twins": list(twins)},
    )
