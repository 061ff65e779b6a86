"""Django's cache in Redis, with a client that is made once."""

from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import Redis


class _KeptClient(RedisCacheClient):
    """Makes its client once, and not for each call: that takes longer than the call. Ours knows one server.

    A client is safe to use from several threads (redis-py documentation, "Advanced features"); Django has one of these
    a thread besides.
    """

    _made: Redis | None = None

    def get_client(self, key: Any = None, *, write: bool = False) -> Redis:
        """Return the client."""
        if self._made is None:
            self._made = super().get_client(key, write=write)
        return self._made


class KeptRedisCache(RedisCache):
    """`django.core.cache.backends.redis.RedisCache` over it."""

    def __init__(self, server: Any, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _KeptClient
