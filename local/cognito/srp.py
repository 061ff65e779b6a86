"""The server's side of Cognito's SRP (SRP-6a over the 3072-bit group, with Cognito's own key derivation).

The group is RFC 3526's number 15 with generator 2. Numbers are hashed as two's-complement big-endian bytes, as
Java's ``BigInteger.toByteArray`` gives them. The pool's name in hashes is what follows the underscore of its id.
"""

import base64
import functools
import hashlib
import hmac
import secrets
from dataclasses import dataclass

_N = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
_G = 2
_KEY_INFO = b"Caldera Derived Key\x01"
_KEY_BYTES = 16
_PRIVATE_BITS = 256  # at least 256 bits, RFC 5054 section 3.1
_WINDOW_BITS = 6


def number_bytes(number: int) -> bytes:
    """A non-negative number in the fewest two's-complement bytes: a zero byte first where the top bit is set."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _hash_number(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")


_K = _hash_number(number_bytes(_N), number_bytes(_G))


@functools.cache
def _powers() -> list[list[int]]:
    """Row i, column j: g to the power of j * 2^(6i), for exponents of 256 bits."""
    rows, base = [], _G
    for _ in range(-(-_PRIVATE_BITS // _WINDOW_BITS)):
        row = [1]
        for _ in range(1 << _WINDOW_BITS):
            row.append(row[-1] * base % _N)
        base = row.pop()
        rows.append(row)
    return rows


def _generator_power(exponent: int) -> int:
    """g^exponent mod N for an exponent of at most 256 bits, six times faster than `pow`: every user created needs one.

    The base never changes, so its powers are kept and one multiplication does for six bits (fixed-base windowing,
    Handbook of Applied Cryptography, algorithm 14.109). It takes a time that depends on the exponent, which would be
    wrong in a service that strangers can reach.
    """
    result = 1
    for row in _powers():
        result = result * row[exponent & ((1 << _WINDOW_BITS) - 1)] % _N
        exponent >>= _WINDOW_BITS
    return result


def pool_name(pool_id: str) -> str:
    """What follows the underscore of a pool's id."""
    return pool_id.split("_", 1)[1]


def make_verifier(pool_id: str, username: str, password: str, salt: int) -> int:
    """The verifier g^x mod N, from which the password cannot be had back."""
    identity = hashlib.sha256(f"{pool_name(pool_id)}{username}:{password}".encode()).digest()
    return _generator_power(_hash_number(number_bytes(salt), identity))


def new_salt() -> int:
    """A random 128-bit salt."""
    return secrets.randbits(128)


@dataclass(frozen=True)
class Exchange:
    """The server's secret and public half of one exchange."""

    private: int
    public: int


def start_exchange(verifier: int) -> Exchange:
    """Choose b and compute B = k*v + g^b mod N (RFC 5054 section 2.5.3)."""
    private = secrets.randbits(_PRIVATE_BITS)
    return Exchange(private, (_K * verifier + _generator_power(private)) % _N)


def read_public(text: str) -> int | None:
    """The client's A from hexadecimal, or None where it is no number or A mod N = 0 (RFC 5054 section 2.5.4)."""
    try:
        number = int(text, 16)
    except ValueError:
        return None
    return number if number > 0 and number % _N else None


def session_key(client_public: int, exchange: Exchange, verifier: int) -> bytes | None:
    """The key both sides share, or None where the scrambling parameter u is zero."""
    u = _hash_number(number_bytes(client_public), number_bytes(exchange.public))
    if u == 0:
        return None
    shared = pow(client_public * pow(verifier, u, _N), exchange.private, _N)
    pseudorandom = hmac.digest(number_bytes(u), number_bytes(shared), hashlib.sha256)
    return hmac.digest(pseudorandom, _KEY_INFO, hashlib.sha256)[:_KEY_BYTES]


def claim_signature(key: bytes, pool_id: str, username: str, secret_block: bytes, timestamp: str) -> str:
    """PASSWORD_CLAIM_SIGNATURE as a client that knows the password computes it."""
    message = pool_name(pool_id).encode() + username.encode() + secret_block + timestamp.encode()
    return base64.b64encode(hmac.digest(key, message, hashlib.sha256)).decode()


def device_signature(key: bytes, group_key: str, device_key: str, secret_block: bytes, timestamp: str) -> str:
    """PASSWORD_CLAIM_SIGNATURE of a device, whose group takes the pool's place and whose key the user's.

    So does amazon-cognito-identity-js (AuthenticationHelper.generateHashDevice, CognitoUser.getDeviceResponse).
    """
    message = group_key.encode() + device_key.encode() + secret_block + timestamp.encode()
    return base64.b64encode(hmac.digest(key, message, hashlib.sha256)).decode()


def is_element(number: int) -> bool:
    """Whether a number may be a verifier: in the group, and neither of those that tell nothing of a password."""
    return 1 < number < _N - 1


def decode_block(text: str) -> bytes:
    """The secret block from Base64; text that is none of ours never reached here."""
    return base64.b64decode(text)
