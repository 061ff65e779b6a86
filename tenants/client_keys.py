"""The public keys by which an application proves who it is (`private_key_jwt`): read and judged. Pure.

OpenID Connect Core section 9, RFC 7517.
"""

import json
from collections.abc import Mapping
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.utils.translation import gettext as _

from tenants.errors import ValidationFailed

MOST_KEYS = 5
LONGEST_TEXT = 20_000
# What each kind of key may sign with.
ALGORITHMS = {"RSA": ("RS256", "PS256"), "EC": ("ES256",)}
_KEPT = ("kty", "kid", "alg", "n", "e", "crv", "x", "y")
# Members of private and of symmetric keys (RFC 7518 section 6).
_PRIVATE = frozenset(("d", "p", "q", "dp", "dq", "qi", "oth", "k"))
_LEAST_BITS, _LONGEST_ID = 2048, 200


class PrivateKeyGiven(ValidationFailed):
    """What was given must not be shown again, in a page that somebody leaves open."""


def parse_keys(text: str) -> list[dict[str, str]]:
    """Return the public keys of a JSON Web Key Set, or of a single key, without anything that we have no use for.

    Args:
        text: JSON; nothing but white space means no keys.

    Raises:
        PrivateKeyGiven: there is a private or a shared key among them.
        ValidationFailed: field `public_keys`; what else is wrong with them.
    """
    if not text.strip():
        return []
    if len(text) > LONGEST_TEXT:
        raise _refused(_("This is too long for a key set."))
    # As PEM (RFC 7468 section 10).
    if "PRIVATE KEY-----" in text:
        raise _private()
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        raise _refused(
            _("This is not JSON. Paste the JSON Web Key Set (JWKS) with the application's public keys.")
        ) from None
    found = value.get("keys", [value]) if isinstance(value, dict) else None
    if not isinstance(found, list) or not found or not all(isinstance(each, dict) for each in found):
        raise _refused(_("This is no JSON Web Key Set: it has no list of “keys”."))
    if len(found) > MOST_KEYS:
        raise _refused(_("There can be %(most)d keys.") % {"most": MOST_KEYS})
    keys = [_public(each) for each in found]
    if len({key.get("kid", "") for key in keys}) < len(keys):
        raise _refused(_("Each of several keys needs a “kid” of its own, by which they are told apart."))
    return keys


def _public(key: Mapping[str, Any]) -> dict[str, str]:
    if _PRIVATE & set(key):
        raise _private()
    kept = {name: value for name in _KEPT if (value := key.get(name)) not in (None, "")}
    if not all(isinstance(value, str) for value in kept.values()) or len(kept.get("kid", "")) > _LONGEST_ID:
        raise _refused(_("One of the keys is damaged."))
    kind = kept.get("kty", "")
    if kind not in ALGORITHMS or key.get("use", "sig") != "sig" or kept.get("alg", "") not in ("", *ALGORITHMS[kind]):
        raise _refused(_("Use keys for signatures with RS256, PS256 or ES256."))
    _require_strong(kept)
    return kept


def _require_strong(key: Mapping[str, str]) -> None:
    try:
        loaded = jwt.PyJWK.from_dict(dict(key)).key
    except (jwt.PyJWTError, ValueError, TypeError):
        raise _refused(_("One of the keys is damaged.")) from None
    if isinstance(loaded, rsa.RSAPublicKey) and loaded.key_size < _LEAST_BITS:
        raise _refused(_("An RSA key needs %(bits)d bits at least.") % {"bits": _LEAST_BITS})
    if isinstance(loaded, ec.EllipticCurvePublicKey) and loaded.curve.name != "secp256r1":
        raise _refused(_("A key on a curve has to be on P-256."))


def _private() -> PrivateKeyGiven:
    message = _("This is a private key, or a shared one. It was not stored. Paste the public keys alone.")
    return PrivateKeyGiven(message, fields={"public_keys": message})


def _refused(message: str) -> ValidationFailed:
    return ValidationFailed(message, fields={"public_keys": message})
