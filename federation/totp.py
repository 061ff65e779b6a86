"""Codes as authenticator apps make them (RFC 6238 with SHA-1, six digits, 30 seconds). Pure."""

import base64
import hmac
import secrets

STEP_SECONDS = 30
# RFC 4226 section 4 recommends 160 bits, as long as the hash.
_SECRET_BYTES = 20


def new_secret() -> str:
    """Return a random secret in base32, without padding."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def code_at(secret: str, step: int) -> str:
    """Return the code of one time step (RFC 4226 section 5.3).

    Args:
        secret: in base32.
        step: seconds since the epoch, divided by `STEP_SECONDS`.
    """
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


def step_of(secret: str, code: str, *, now: float) -> int | None:
    """Return the time step whose code this is: the present one or a neighbour, for clocks that differ (section 5.2).

    Args:
        secret: in base32.
        code: six digits.
        now: seconds since the epoch.
    """
    present = int(now) // STEP_SECONDS
    # All are compared, so that how long it takes says nothing.
    right = [step for step in (present - 1, present, present + 1) if hmac.compare_digest(code_at(secret, step), code)]
    return right[0] if right else None
