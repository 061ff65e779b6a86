"""What a browser is given for the keys that Lifeguard keeps: sealed in the attempt, and good once."""

import json
import time
from dataclasses import replace
from typing import Any

from federation.selectors.own_keys import keys_of, known, party_for
from federation.services.attempts import Held
from federation.services.own_keys import handle_of
from federation.webauthn import CHALLENGE_SECONDS, KeyRejected, creation_options, request_options
from identity.models import DirectoryUser
from tenants.models import Tenant


def with_request(tenant: Tenant, user: DirectoryUser, held: Held) -> Held:
    """Return what an attempt holds with a new challenge for the keys that somebody has."""
    keys = keys_of(user)
    return _with(held, request_options(party_for(tenant, keys), [known(key) for key in keys]))


def with_creation(tenant: Tenant, user: DirectoryUser, held: Held) -> Held:
    """Return what an attempt holds with a new challenge to make a key."""
    keys = keys_of(user)
    account = user.email or user.name or user.username
    party = party_for(tenant, keys)
    options = creation_options(party, handle=handle_of(user), account=account, known=[known(key) for key in keys])
    return _with(held, options)


def options_in(held: Held) -> dict[str, Any]:
    """Return what the browser was given.

    Raises:
        KeyRejected: it took too long.
    """
    if held.key_until < time.time():
        raise KeyRejected("the challenge is too old")
    options: dict[str, Any] = json.loads(held.passkey)
    return options


def _with(held: Held, options: dict[str, Any]) -> Held:
    until = int(time.time()) + CHALLENGE_SECONDS
    return replace(held, passkey=json.dumps(options), key_until=until, totp_secret="")
