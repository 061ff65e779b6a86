"""Public keys of token issuers: fetched once, kept, and fetched again when a token names one that is new."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from identity.authorities import public_authorities

# Made ready for one algorithm, so that it is not done again for each token.
PublicKey = jwt.PyJWK
KeyFetcher = Callable[[], Mapping[str, PublicKey]]

# A key that its issuer took back is refused after this long at the latest.
MAX_AGE_SECONDS = 10 * 60
# Tokens with invented key ids must not become a flood of fetches.
MIN_REFRESH_SECONDS = 5


class UnknownKey(Exception):
    """The issuer has no such key."""


class KeysUnavailable(Exception):
    """The issuer's key set cannot be fetched or read now."""


class KeyCache:
    """One issuer's keys by `kid`.

    Args:
        fetch: gets the whole key set; raises KeysUnavailable.
        min_refresh_seconds: how soon after a fetch an unknown key may cause another one.
        clock: seconds that only ever grow.
    """

    def __init__(
        self,
        fetch: KeyFetcher,
        *,
        min_refresh_seconds: float = MIN_REFRESH_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._min_refresh_seconds = min_refresh_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: Mapping[str, PublicKey] = {}
        self._fetched_at: float | None = None

    def get(self, kid: str) -> PublicKey:
        """Return the key named `kid`.

        Raises:
            UnknownKey: not in the key set, fetched anew unless that was done a moment ago.
            KeysUnavailable: the key set is needed and cannot be fetched.
        """
        with self._lock:
            if self._is_older_than(MAX_AGE_SECONDS) or (
                kid not in self._keys and self._is_older_than(self._min_refresh_seconds)
            ):
                self._keys, self._fetched_at = self._fetch(), self._clock()
            try:
                return self._keys[kid]
            except KeyError as error:
                raise UnknownKey(kid) from error

    def _is_older_than(self, seconds: float) -> bool:
        return self._fetched_at is None or self._clock() - self._fetched_at > seconds


def read_key_set(document: Mapping[str, Any]) -> dict[str, PublicKey]:
    """Return the RSA signature keys of a JWK Set (RFC 7517 section 5); keys of other kinds are not for us.

    Raises:
        KeysUnavailable: it is not a key set.
    """
    keys: dict[str, PublicKey] = {}
    try:
        for entry in document["keys"]:
            if entry.get("kty") == "RSA" and entry.get("use", "sig") == "sig" and entry.get("kid"):
                key = jwt.PyJWK(entry, algorithm="RS256")
                if isinstance(key.key, RSAPublicKey):
                    keys[entry["kid"]] = key
    except (KeyError, TypeError, AttributeError, jwt.PyJWTError) as error:
        raise KeysUnavailable("The answer is not a key set.") from error
    return keys


def cognito_key_fetcher(url: str) -> KeyFetcher:
    """Return what fetches a user pool's key set over HTTP."""

    def fetch() -> Mapping[str, PublicKey]:
        try:
            response = httpx.get(
                url, timeout=httpx.Timeout(5.0, connect=2.0), follow_redirects=False, verify=public_authorities()
            )
            response.raise_for_status()
            return read_key_set(response.json())
        except (httpx.HTTPError, ValueError) as error:
            raise KeysUnavailable(f"{url} cannot be read: {error}") from error

    return fetch
