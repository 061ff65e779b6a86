"""How far ahead each priority may go, and how long it waits. Data; docs/adr/0009 has the reasoning.

All times are seconds. A bucket's *debt* is how long it would take, at the bucket's rate, to work off all that was
granted. A call may go when the debt is at most its lane's credit, so that a lane with more credit overtakes the others:
what it takes is added to the debt, and those with less credit wait for it to be worked off.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from identity.cognito.calls import Priority


@dataclass(frozen=True, slots=True)
class Lane:
    """One priority.

    Attributes:
        credit: the debt at which a call of this lane may still go at once.
        patience: what a caller waits before it is told to come back later.
    """

    credit: float
    patience: float


# A slot is promised for this long ahead at most: a promise cannot be taken back for somebody who is more important.
# Whoever would wait longer gets a place in the queue instead, and asks again when its turn has come.
FIRM = 0.2
# Somebody whose turn had come may find slots taken by a more important lane in between, and is not sent back for a few.
FIRM_IN_TURN = 0.3
_CREDIT: Mapping[Priority, float] = {
    # More than the debt that configuration and bulk together can leave (their credit and `FIRM_IN_TURN`).
    Priority.SIGN_IN: 0.5,
    Priority.KILL_SWITCH: 0.3,
    Priority.CONFIGURATION: 0.15,
    Priority.BULK: 0.1,
}
# AWS answers throttled requests for about a second's worth more than the rate; what we know nothing about begins as if
# all lanes but sign-in had used up what they may.
UNKNOWN_DEBT = max(_CREDIT.values())
# A person waits at the sign-in page; after this it says that the service is busy.
_SIGN_IN_PATIENCE = 2.0
# A worker holds a lease meanwhile, and has other work to do.
_WORKER_PATIENCE = 5.0
# A call takes 7 seconds at most (2 to connect, 5 to read), and has to end within the lease of who makes it.
_CALL_SECONDS = 7.5


def lanes(lease_seconds: float) -> Mapping[Priority, Lane]:
    """Return the lanes where workers hold leases of `lease_seconds`, within which a call and its wait have to end."""
    patience = min(_WORKER_PATIENCE, lease_seconds - _CALL_SECONDS)
    return {
        priority: Lane(credit, _SIGN_IN_PATIENCE if priority is Priority.SIGN_IN else patience)
        for priority, credit in _CREDIT.items()
    }
