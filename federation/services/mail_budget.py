"""How many mails somebody nobody knows can have us send: a page that is open to all must not flood a mailbox."""

import hashlib
import time

from django.core.cache import cache

# More than anybody needs who looks for a mail, and far fewer than would be a nuisance.
PER_ADDRESS, PER_CLIENT = 5, 30
_WINDOW_SECONDS = 60 * 60


def spend_mail(email: str, client_ip: str | None) -> bool:
    """Count one mail, and say whether it may go out.

    Counted for each address, and for each client, in fixed hours. The counters are in Redis, as all budgets are.

    Args:
        email: where the mail would go.
        client_ip: who asks for it.

    Raises:
        redis.exceptions.RedisError: nothing can be counted now.
    """
    to_address = _count("address", email.strip().lower())
    by_client = _count("client", client_ip or "")
    return to_address <= PER_ADDRESS and by_client <= PER_CLIENT


def _count(kind: str, subject: str) -> int:
    # The hour is part of the key, so that no counter runs out between these two calls.
    hour = int(time.time()) // _WINDOW_SECONDS
    key = f"lifeguard.mail.{kind}.{hour}.{hashlib.sha256(subject.encode()).hexdigest()}"
    cache.add(key, 0, timeout=2 * _WINDOW_SECONDS)
    return cache.incr(key)
