"""Making, rotating and publishing the keys that sign tokens."""

import secrets
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import connection, transaction
from django.utils import timezone

from federation.models import KeyState, SigningKey
from identity.token_keys import PublicKey, read_key_set

ROTATE_AFTER = timedelta(days=90)
# Every token signed with a retired key must have expired before the key leaves the key set. ID and access tokens live
# for minutes; a day also covers the ID token that comes back as the hint of a logout request.
PUBLISH_RETIRED_FOR = timedelta(days=1)
_RSA_BITS = 2048  # NIST SP 800-57: good until 2030, and what every OpenID Connect library takes.


class NoSigningKey(Exception):
    """There is no active key: `manage.py setup` was not run."""


@transaction.atomic
def ensure_signing_keys() -> None:
    """Make sure that one key signs and one waits for its turn; does nothing where that is so."""
    _lock()
    if not SigningKey.objects.filter(state=KeyState.ACTIVE).exists():
        _create(KeyState.ACTIVE)
    if not SigningKey.objects.filter(state=KeyState.NEXT).exists():
        _create(KeyState.NEXT)


@transaction.atomic
def rotate_signing_keys(*, now: datetime, force: bool = False) -> bool:
    """Let the next key sign, where the active one is old; remove retired ones that no valid token needs.

    Args:
        now: the time.
        force: rotate whatever the active key's age.

    Returns:
        Whether another key signs from now on.
    """
    ensure_signing_keys()
    SigningKey.objects.filter(state=KeyState.RETIRED, retired_at__lt=now - PUBLISH_RETIRED_FOR).delete()
    active = SigningKey.objects.select_for_update().get(state=KeyState.ACTIVE)
    if not force and active.activated_at and active.activated_at > now - ROTATE_AFTER:
        return False
    active.state, active.retired_at = KeyState.RETIRED, now
    active.save(update_fields=["state", "retired_at"])
    following = SigningKey.objects.select_for_update().get(state=KeyState.NEXT)
    following.state, following.activated_at = KeyState.ACTIVE, now
    following.save(update_fields=["state", "activated_at"])
    _create(KeyState.NEXT)
    return True


def key_set() -> dict[str, Any]:
    """Return the JWK Set that is published (RFC 7517): the next key, the active one, and the retired ones."""
    rows = SigningKey.objects.values_list("kid", "public_jwk")
    return {"keys": [{**jwk, "kid": kid, "use": "sig", "alg": "RS256"} for kid, jwk in rows]}


def public_keys() -> dict[str, PublicKey]:
    """Return the published keys by `kid`, for verifying our own tokens."""
    return read_key_set(key_set())


def active_key() -> tuple[str, rsa.RSAPrivateKey]:
    """Return the id and the private key to sign with.

    Raises:
        NoSigningKey: there is none yet.
    """
    row = SigningKey.objects.filter(state=KeyState.ACTIVE).first()
    if row is None:
        raise NoSigningKey("No signing key: run `manage.py setup`.")
    return row.kid, _private_key(row.private_key_pem)


@lru_cache(maxsize=4)
def _private_key(pem: str) -> rsa.RSAPrivateKey:
    """Parsing checks the key's primes, which costs more than signing with it."""
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("A signing key is an RSA key.")
    return key


def _create(state: KeyState) -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=_RSA_BITS)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key(), as_dict=True)
    key = SigningKey(
        kid=secrets.token_hex(8),
        state=state,
        public_jwk={name: jwk[name] for name in ("kty", "n", "e")},
        activated_at=timezone.now() if state == KeyState.ACTIVE else None,
    )
    key.seal_private_key(pem.decode())
    key.save(force_insert=True)


def _lock() -> None:
    """One at a time until commit: two processes that start at once must not both make the first key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('federation.signing_keys', 7))")
