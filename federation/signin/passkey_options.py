"""What a browser is given to use a passkey: Cognito's options, and made-up ones for who has none.

"Username enumeration" in WebAuthn level 3, section 14.6.2: a page that shows options only to people with a passkey says
who is there. Made-up options name a credential that nobody has, always the same one for an address. Pure.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Any

# Only what browsers need, so that nothing else tells the two kinds apart. In milliseconds.
_TIMEOUT = 180_000
_CHALLENGE_BYTES = 32
_TRANSPORTS = ["hybrid", "internal"]


def shown(options: Mapping[str, Any], *, verification: str) -> dict[str, Any]:
    """Return Cognito's options (PublicKeyCredentialRequestOptionsJSON) as pages show them.

    Args:
        options: what Cognito asked.
        verification: what the pool asks of passkeys, as in `UserVerification`.
    """
    allowed = [
        {"type": "public-key", "id": each["id"], "transports": each.get("transports") or _TRANSPORTS}
        for each in options.get("allowCredentials", [])
    ]
    return _options(options["challenge"], options["rpId"], allowed, verification)


def made_up(rp_id: str, subject: str, *, verification: str, key: bytes) -> dict[str, Any]:
    """Return options in that form that nobody can answer.

    Args:
        rp_id: the host that the pool's passkeys belong to.
        subject: whose; the credential is the same each time.
        verification: as in `shown`.
        key: what makes the credential unpredictable.
    """
    digest = hmac.new(key, b"lifeguard.decoy-passkey\x1f" + subject.encode(), hashlib.sha256).digest()
    # Platforms' credentials have 16, 20 or 32 bytes; keys in hardware more.
    length = (16, 20, 32)[digest[-1] % 3]
    allowed = [{"type": "public-key", "id": _text(digest[:length]), "transports": _TRANSPORTS}]
    return _options(_text(secrets.token_bytes(_CHALLENGE_BYTES)), rp_id, allowed, verification)


def _options(challenge: str, rp_id: str, allowed: list[dict[str, Any]], verification: str) -> dict[str, Any]:
    return {
        "challenge": challenge,
        "rpId": rp_id,
        "timeout": _TIMEOUT,
        "allowCredentials": allowed,
        "userVerification": verification,
    }


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
