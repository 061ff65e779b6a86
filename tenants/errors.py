"""What can go wrong in a use case, said once: the core raises these, the edge translates them (`config.errors`)."""

from collections.abc import Mapping


class DomainError(Exception):
    """A request that cannot be carried out, in words for the person who made it.

    Args:
        message: what happened and what to do about it, as a whole sentence.
        fields: messages by form field, where the trouble is with a field.
    """

    code = "invalid"
    status = 400

    def __init__(self, message: str, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = dict(fields or {})


class ValidationFailed(DomainError):
    """Input that breaks a rule; `fields` says where."""

    code = "validation_failed"
    status = 422


class NotFound(DomainError):
    """Nothing there for this actor. Also what a foreign tenant's object answers, so that nobody learns it exists."""

    code = "not_found"
    status = 404

    def __init__(self, message: str = "There is nothing at this address.") -> None:
        super().__init__(message)


class PermissionDenied(DomainError):
    """The actor may see this place but not do this."""

    code = "permission_denied"
    status = 403


class Conflict(DomainError):
    """The present state of things does not allow it."""

    code = "conflict"
    status = 409


class Unavailable(DomainError):
    """A part we depend on does not answer now; trying again later may help."""

    code = "unavailable"
    status = 503
