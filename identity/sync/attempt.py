"""One attempt at reconciling a key."""

import uuid
from dataclasses import dataclass

from tenants.models import SyncKind
from tenants.services import outbox


@dataclass(frozen=True)
class Attempt:
    """What a handler is given: the key, and the right to work on it."""

    lease: outbox.Lease

    @property
    def kind(self) -> SyncKind:
        """What the key names."""
        return self.lease.kind

    @property
    def key(self) -> uuid.UUID:
        """Which one is to be reconciled."""
        return self.lease.key

    @property
    def scheduled(self) -> bool:
        """Say whether only the schedule asked for it, so that nobody waits and every quota's others go first."""
        return self.lease.scheduled

    def before_write(self) -> None:
        """Hold the lease for another full term. Call it before each write: no two workers write for one key.

        Raises:
            LeaseLost: another worker has taken the key over. Let it through: nothing more may be written.
        """
        outbox.renew_lease(self.lease)
