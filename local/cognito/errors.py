"""The one exception that operations raise: an AWS error with its code and HTTP status."""


class ServiceError(Exception):
    """An error answer of the service.

    Args:
        code: the exception shape's name as botocore knows it, e.g. ``ResourceNotFoundException``.
        message: what the caller reads.
        status: the HTTP status; Cognito answers 400 for everything but its own faults.
        keep_changes: True where the refusal itself changes state, e.g. a counted wrong password; the
            transaction is then committed instead of rolled back.
    """

    def __init__(self, code: str, message: str, *, status: int = 400, keep_changes: bool = False) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.keep_changes = keep_changes


def invalid(message: str) -> ServiceError:
    """InvalidParameterException, the overloaded refusal (B:InvalidParameterException)."""
    return ServiceError("InvalidParameterException", message)


def not_found(message: str) -> ServiceError:
    """ResourceNotFoundException: pool, client, group, provider, domain or resource server is not there."""
    return ServiceError("ResourceNotFoundException", message)


def not_authorized(message: str, *, keep_changes: bool = False) -> ServiceError:
    """NotAuthorizedException: a wrong secret, password, session or token."""
    return ServiceError("NotAuthorizedException", message, keep_changes=keep_changes)
