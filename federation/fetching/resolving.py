"""From a name to addresses, once, each of them checked."""

import queue
import socket
import threading
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Protocol

from federation.fetching.addresses import Address, Policy, is_public
from federation.fetching.sayings import refused
from federation.fetching.urls import Target, unusual


class Resolver(Protocol):
    """Finds the addresses of a name."""

    def __call__(self, host: str, seconds: float) -> Sequence[Address]:
        """Return the addresses of a name in the order in which to try them; none where there are none.

        Args:
            host: a name, never an address.
            seconds: how long it may take.

        Raises:
            TimeoutError: it took longer.
        """
        ...


def system(host: str, seconds: float) -> Sequence[Address]:
    """The resolver of the operating system. It cannot be interrupted, so that a thread is left behind with it."""
    answers: queue.SimpleQueue[Sequence[Address]] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            answers.put(())
        else:
            answers.put(tuple(dict.fromkeys(ip_address(item[4][0]) for item in found)))

    threading.Thread(target=look_up, name="resolve", daemon=True).start()
    try:
        return answers.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError from None


def checked(target: Target, *, resolver: Resolver, policy: Policy, seconds: float) -> Sequence[Address]:
    """Return the addresses of a target. One that is not public spoils all of them: who mixes them means no good.

    Args:
        target: what is to be asked.
        resolver: finds the addresses of its name.
        policy: where may be fetched from.
        seconds: how long finding them may take.

    Raises:
        FetchRefused: an address is not public and in no network that the policy names, or there is none.
        TimeoutError: finding them took too long.
    """
    addresses = [target.literal] if target.literal else list(resolver(target.host, seconds))
    named = [address for address in addresses if policy.is_allowed(address)]
    if addresses and len(named) == len(addresses):
        return addresses
    if not target.usual:
        raise unusual(target)
    if not addresses or not all(is_public(address) or address in named for address in addresses):
        raise refused("address_not_public") if target.literal else refused("host_not_public", host=target.host)
    return addresses
