"""Keys that a token issuer publishes."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from identity.token_keys import PublicKey, read_key_set


def key_set(**keys: rsa.RSAPrivateKey) -> dict[str, Any]:
    """Return the JWK Set of some keys, each under its name."""
    jwks = {kid: RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) for kid, key in keys.items()}
    return {"keys": [{**jwk, "kid": kid, "use": "sig", "alg": "RS256"} for kid, jwk in jwks.items()]}


def public_keys_of(**keys: rsa.RSAPrivateKey) -> dict[str, PublicKey]:
    """Return the public part of some keys, as tokens are verified with."""
    return read_key_set(key_set(**keys))
