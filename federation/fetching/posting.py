"""Sending a form to an address that somebody entered, by the same rules as fetching from one."""

import ssl
import time
from collections.abc import Mapping
from urllib.parse import urlencode

from django.conf import settings

from federation.fetching.addresses import Policy
from federation.fetching.connecting import Clock, Deadline
from federation.fetching.fetcher import Asking
from federation.fetching.resolving import Resolver, system
from federation.fetching.urls import taken_apart
from identity.authorities import public_authorities

# Only a status is waited for. Whoever is slower is asked again, and holds no worker up meanwhile.
SECONDS = 3
_HEADERS = {
    "User-Agent": "Lifeguard",
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "Content-Type": "application/x-www-form-urlencoded",
}


def post_form(
    url: str,
    fields: Mapping[str, str],
    *,
    resolver: Resolver = system,
    policy: Policy | None = None,
    tls: ssl.SSLContext | None = None,
    clock: Clock = time.monotonic,
) -> int:
    """Send a form and return the status of the answer. Nothing else of it is read, and no redirect is followed.

    Args:
        url: the address.
        fields: of the form.
        resolver: finds the addresses of a name.
        policy: where may be sent to; by default what the installation says.
        tls: which certificates are good; by default those of public authorities.
        clock: tells the time, in seconds from whenever.

    Raises:
        FetchRefused: the address is none that we ask; nothing was sent.
        FetchFailed: it gave no answer.
    """
    rules = policy or Policy(allowed=settings.FETCH_ALLOWED_NETWORKS)
    asking = Asking(0, resolver, rules, tls or public_authorities(), Deadline(SECONDS, clock))
    target = taken_apart(url, rules)
    with asking.answer(target, "POST", _HEADERS, urlencode(fields).encode()) as response:
        return response.status_code
