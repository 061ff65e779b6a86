"""What comes back from fetching an address, or why nothing does."""

from dataclasses import dataclass

from federation.sayings import NotUsable


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


class FetchError(NotUsable):
    """Nothing was fetched. Nothing is said of what a server answered."""


class FetchRefused(FetchError):
    """The address is one that we do not ask, and nothing was sent to it. Trying again does not help."""


class FetchFailed(FetchError):
    """The address was asked, and gave no usable answer. Trying again later may help."""
