"""The client's side of Cognito's Secure Remote Password protocol. Pure, but for the random numbers it starts with.

SRP-6a (RFC 5054 section 2.6) over the 3072-bit group of RFC 3526 section 4 with SHA-256. What is Cognito's own is
not in its documents but in AWS's published client, amazon-cognito-identity-js: numbers are hashed in two's complement
with a sign bit, the identity is the pool's name and the user id joined, and the proof is an HMAC over a key from HKDF.
A device proves itself in the same way, with a password that the client makes up and of which Cognito has the verifier.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PRIME = int(
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
GENERATOR = 2

# RFC 5054 section 2.5.3 asks for at least 256 bits.
_PRIVATE_BITS = 256
# RFC 5054 section 2.5.3 leaves the salt's length open; this is that of AWS's client.
_SALT_BYTES = 16
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class SrpError(ValueError):
    """The server's part of the exchange is not acceptable (RFC 5054 section 2.5.4)."""


@dataclass(frozen=True, slots=True)
class PasswordClaim:
    """The answer to PASSWORD_VERIFIER: the signature (base64), and the timestamp that it covers."""

    signature: str
    timestamp: str


@dataclass(frozen=True, slots=True)
class DeviceVerifier:
    """What Cognito keeps of a device's password: ``DeviceSecretVerifierConfig`` of ConfirmDevice, both in base64."""

    salt: str
    verifier: str


def device_verifier(group_key: str, device_key: str, password: str) -> DeviceVerifier:
    """What Cognito checks a device's proof by, with a random salt.

    Arguments:
        group_key, device_key: of ``NewDeviceMetadata``.
        password: made up for this device; Cognito never has it.
    """
    salt = secrets.randbits(8 * _SALT_BYTES)
    verifier = power_of_generator(_secret(group_key + device_key, password, salt))
    return DeviceVerifier(_base64(_padded(salt)), _base64(_padded(verifier)))


@dataclass(frozen=True)
class SrpSession:
    """One exchange: the private number, and with it everything the client needs to remember."""

    private: int = field(repr=False)

    @classmethod
    def start(cls) -> "SrpSession":
        """A new exchange with a random private number."""
        return cls(secrets.randbits(_PRIVATE_BITS) | 1 << (_PRIVATE_BITS - 1))

    @cached_property
    def public(self) -> int:
        """A: what the client tells the server."""
        return power_of_generator(self.private)

    @property
    def srp_a(self) -> str:
        """A in hexadecimal, the authentication parameter ``SRP_A``."""
        return f"{self.public:x}"

    def claim(
        self,
        *,
        pool_id: str,
        user_id: str,
        password: str,
        salt: str,
        srp_b: str,
        secret_block: str,
        now: datetime,
    ) -> PasswordClaim:
        """Answer the challenge PASSWORD_VERIFIER.

        Arguments:
            pool_id: with its Region, as in ``eu-west-1_AbCdEfGhI``.
            user_id: ``USER_ID_FOR_SRP`` of the challenge, which is not the alias that the user typed.
            salt, srp_b: ``SALT`` and ``SRP_B`` of the challenge, in hexadecimal.
            secret_block: ``SECRET_BLOCK`` of the challenge, in base64.
            now: the time to claim, in UTC.

        Raises:
            SrpError: the server's public number is a multiple of the prime, or its combination with ours is zero.
        """
        return self._claim(pool_id.split("_", 1)[1] + user_id, password, salt, srp_b, secret_block, now)

    def device_claim(
        self,
        *,
        group_key: str,
        device_key: str,
        password: str,
        salt: str,
        srp_b: str,
        secret_block: str,
        now: datetime,
    ) -> PasswordClaim:
        """Answer the challenge DEVICE_PASSWORD_VERIFIER.

        Arguments:
            group_key, device_key: as Cognito named them when the device was new.
            password: that ``device_verifier`` was made of.
            salt, srp_b, secret_block, now: see ``claim``.

        Raises:
            SrpError: see ``claim``.
        """
        return self._claim(group_key + device_key, password, salt, srp_b, secret_block, now)

    def _claim(
        self, identity: str, password: str, salt: str, srp_b: str, secret_block: str, now: datetime
    ) -> PasswordClaim:
        key = self._key(identity, password, int(salt, 16), int(srp_b, 16))
        timestamp = claim_timestamp(now)
        message = identity.encode() + base64.b64decode(secret_block) + timestamp.encode()
        signature = hmac.digest(key, message, hashlib.sha256)
        return PasswordClaim(_base64(signature), timestamp)

    def _key(self, identity: str, password: str, salt: int, server_public: int) -> bytes:
        """The 16 bytes that both sides derive from the password without sending it."""
        if server_public % PRIME == 0:
            raise SrpError("The server's public number is a multiple of the prime.")
        scrambler = _hash(_padded(self.public) + _padded(server_public))
        if scrambler == 0:
            raise SrpError("The scrambling parameter is zero.")
        multiplier = _hash(_padded(PRIME) + _padded(GENERATOR))
        secret = _secret(identity, password, salt)
        base = (server_public - multiplier * power_of_generator(secret)) % PRIME
        shared = pow(base, self.private + scrambler * secret, PRIME)
        return HKDF(SHA256(), length=16, salt=_padded(scrambler), info=b"Caldera Derived Key").derive(_padded(shared))


def power_of_generator(exponent: int) -> int:
    """The generator to the power of a number that is not negative, modulo the prime.

    One multiplication for each hexadecimal digit, of powers that are the same for everybody (Handbook of Applied
    Cryptography, 14.6.3): a quarter of the time of Python's ``pow``, which has to square its way up.
    """
    result = 1
    for powers in _powers(max(_PRIVATE_BITS, exponent.bit_length()) // 4 + 1):
        result = result * powers[exponent & 15] % PRIME
        exponent >>= 4
    return result


@cache
def _powers(digits: int) -> tuple[tuple[int, ...], ...]:
    """For each hexadecimal digit, the lowest first: the generator to the power of each value that it can have there."""
    places, unit = [], GENERATOR
    for _digit in range(digits):
        powers = [1]
        for _value in range(15):
            powers.append(powers[-1] * unit % PRIME)
        places.append(tuple(powers))
        unit = powers[15] * unit % PRIME
    return tuple(places)


def claim_timestamp(now: datetime) -> str:
    """``now`` (in UTC) as Cognito wants it: English names, the day without a leading zero, whatever the locale."""
    return f"{_WEEKDAYS[now.weekday()]} {_MONTHS[now.month - 1]} {now.day} {now:%H:%M:%S} UTC {now.year}"


def _secret(identity: str, password: str, salt: int) -> int:
    """x: what the password amounts to."""
    return _hash(_padded(salt) + hashlib.sha256(f"{identity}:{password}".encode()).digest())


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _padded(number: int) -> bytes:
    """``number`` big-endian in two's complement: a leading zero byte where the highest bit would read as a sign."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _hash(data: bytes) -> int:
    return int.from_bytes(hashlib.sha256(data).digest(), "big")
