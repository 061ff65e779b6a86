"""Why a reconcile stops, besides what `identity.cognito.errors` says."""

from datetime import timedelta


class NotYet(Exception):
    """Something else has to happen first, and will without anybody's doing.

    Args:
        why: what is waited for, as a sentence.
        delay: when to look again.
    """

    def __init__(self, why: str, *, delay: timedelta) -> None:
        super().__init__(why)
        self.why = why
        self.delay = delay


class Blocked(Exception):
    """Nothing more can be done until a person acts.

    Args:
        code: the trouble, for a program.
        reason: what is wrong, as a sentence.
        remedy: what to do about it, as a sentence.
    """

    def __init__(self, code: str, reason: str, *, remedy: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.remedy = remedy


class Incomplete(Blocked):
    """All that can be done of a resource is done, and the rest waits for a person; what comes after it goes on.

    Args:
        code, reason, remedy: see `Blocked`.
        wrote: whether anything was written before.
    """

    def __init__(self, code: str, reason: str, *, remedy: str, wrote: bool) -> None:
        super().__init__(code, reason, remedy=remedy)
        self.wrote = wrote


class NotTaken(Exception):
    """Cognito accepted a write and its settings still differ afterwards."""
