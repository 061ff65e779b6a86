"""Judging a provider's keys (JSON Web Key Set, RFC 7517). Pure."""

import base64
import binascii
from collections.abc import Mapping

from federation.oidc_discovery.sayings import finding
from federation.sayings import Finding

# Members of a JSON Web Key that are private, or secret where it is symmetric (RFC 7518, sections 6.2.2, 6.3.2, 6.4).
_PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}
_GOOD_BITS = 2048


def judged(document: Mapping[str, object]) -> list[Finding]:
    """Return what is to be said about a set of keys.

    Args:
        document: what is at a provider's `jwks_uri`.
    """
    listed = document.get("keys")
    if not isinstance(listed, list):
        return [finding("keys_invalid")]
    keys = [key for key in listed if isinstance(key, dict)]
    said = [finding("private_key_published")] if any(_PRIVATE & key.keys() for key in keys) else []
    usable = [key for key in keys if _signs_rs256(key)]
    named = [key for key in usable if isinstance(key.get("kid"), str) and key["kid"]]
    if not usable:
        return [*said, finding("no_usable_key")]
    if not named:
        return [*said, finding("key_without_id")]
    if len(named) < len(usable):
        said.append(finding("keys_without_id_beside"))
    weak = [bits for bits in map(_bits, named) if bits < _GOOD_BITS]
    return [*said, finding("key_weak", bits=min(weak))] if weak else said


def _signs_rs256(key: Mapping[str, object]) -> bool:
    """A key without `use` or `alg` is for anything that its kind can do (RFC 7517, sections 4.2 and 4.4)."""
    return (
        key.get("kty") == "RSA"
        and key.get("use", "sig") == "sig"
        and key.get("alg", "RS256") == "RS256"
        and _bits(key) > 0
    )


def _bits(key: Mapping[str, object]) -> int:
    """Return the length of an RSA key's modulus; 0 where it cannot be read."""
    modulus = key.get("n")
    if not isinstance(modulus, str) or not modulus.isascii():
        return 0
    try:
        octets = base64.b64decode(modulus + "=" * (-len(modulus) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        return 0
    return int.from_bytes(octets, "big").bit_length()
