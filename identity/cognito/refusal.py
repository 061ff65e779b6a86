"""A terminal error before it happens: its kind, and what to tell a person."""

from dataclasses import dataclass

from identity.cognito.errors import Terminal


@dataclass(frozen=True, slots=True)
class Refusal:
    """A rule for an error that repeating does not cure."""

    error: type[Terminal]
    reason: str
    remedy: str

    def raised_by(self, operation: str, message: str, *, code: str, request_id: str | None = None) -> Terminal:
        """The error that this rule prescribes for what happened."""
        return self.error(
            message,
            code=code,
            operation=operation,
            reason=self.reason,
            remedy=self.remedy,
            request_id=request_id,
        )
