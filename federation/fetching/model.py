"""What comes back from fetching an address, or why nothing does."""

from dataclasses import dataclass

from tenants.errors import DomainError


@dataclass(frozen=True)
class Fetched:
    """An answer with status 200.

    Args:
        url: the address that answered, after redirects.
        content: the body, decompressed.
        content_type: what the server calls it; a hint for messages, never to be trusted.
    """

    url: str
    content: bytes
    content_type: str


class FetchError(DomainError):
    """Nothing was fetched.

    Args:
        code: stable name; docs/sso-metadata.md has the table.
        message: what happened, as whole sentences; nothing of what the server answered.
        remedy: what to do about it, and where.
    """

    status = 422

    def __init__(self, code: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.code = code
        self.remedy = remedy


class FetchRefused(FetchError):
    """The address is one that we do not ask, and nothing was sent to it. Trying again does not help."""


class FetchFailed(FetchError):
    """The address was asked, and gave no usable answer. Trying again later may help."""
