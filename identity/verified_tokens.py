"""Access tokens that were verified before: the same bytes need not have their signature checked at each request."""

import hashlib
import math
import time
from typing import Generic, NamedTuple, TypeVar

from tenants.memory import Memory

Claims = TypeVar("Claims")

# A token's hash, and what it was verified for.
Key = tuple[bytes, str, str | None]


def key_for(token: str, *, issuer: str, audience: str | None) -> Key:
    """Return the name under which a token is remembered that was verified for an issuer and an audience."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest(), issuer, audience


class Verified(NamedTuple, Generic[Claims]):
    """What a token was found to say.

    Args:
        claims: that.
        key_id: the `kid` it is signed with, which the issuer may take back before the token's time is over.
        good_until: seconds since the epoch.
    """

    claims: Claims
    key_id: str
    good_until: float


class VerifiedTokens(Generic[Claims]):
    """The tokens that were used last. Of a token only its SHA-256 is kept, so that memory holds none to steal.

    It answers whether the bytes are genuine and in time, and nothing else: whoever asks goes on to ask whether the key
    and the session still stand.

    Args:
        most: how many are remembered; the one that was not used for the longest time goes first.
    """

    def __init__(self, most: int) -> None:
        # Each has an end of its own.
        self._kept: Memory[Key, Verified[Claims]] = Memory(most=most, seconds=math.inf)

    def find(self, key: Key) -> Verified[Claims] | None:
        """Return what a token was found to say."""
        found = self._kept.find(key)
        return found if found is not None and found.good_until > time.time() else None

    def forget_all(self) -> None:
        """Verify every token anew: somebody else says from now on which keys are good."""
        self._kept.forget_all()

    def keep(self, key: Key, verified: Verified[Claims]) -> None:
        """Remember a token that was verified."""
        self._kept.keep(key, verified)
