"""Time-based one-time passwords (RFC 6238: SHA-1, six digits, 30 seconds)."""

import base64
import hashlib
import hmac
import secrets
import struct
import time

from local.cognito.model import Doc

_STEP_SECONDS = 30
_SECRET_BYTES = 32  # 52 base32 characters


def new_secret() -> str:
    """A random secret in base32 without padding, as SecretCode is shown."""
    return base64.b32encode(secrets.token_bytes(_SECRET_BYTES)).decode().rstrip("=")


def _code(secret: str, step: int) -> str:
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", step), hashlib.sha1)
    offset = digest[-1] & 0x0F
    number = struct.unpack_from(">I", digest, offset)[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def accept_code(totp: Doc, code: str) -> bool:
    """Whether `code` is right now, one step early or one late, and newer than the last code accepted.

    Records the step in ``totp["last_step"]``: a code works once (RFC 6238 section 5.2). The time is real time, the
    authenticator's, even where a test has moved the service's clock.
    """
    current = int(time.time()) // _STEP_SECONDS
    for step in (current - 1, current, current + 1):
        if step > totp.get("last_step", -1) and hmac.compare_digest(
            _code(totp["secret"], step).encode(), code.encode()
        ):
            totp["last_step"] = step
            return True
    return False
