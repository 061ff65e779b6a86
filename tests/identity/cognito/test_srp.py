"""SRP against an independent client (pycognito), and the checks that RFC 5054 demands."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycognito.aws_srp import AWSSRP

from identity.cognito.srp import PRIME, SrpError, SrpSession, claim_timestamp, device_verifier

PASSWORD = "Correct-horse-7"
POOL = "eu-west-1_AbCdEfGhI"
NOW = datetime(2026, 3, 7, 4, 5, 6, tzinfo=UTC)
# The oracle hashes the salt's digits as they come, so that it needs one without leading zeros.
salts = st.integers(min_value=1 << 120, max_value=(1 << 128) - 1).map(lambda number: f"{number:x}")


def claim_with(session: SrpSession, *, password: str = PASSWORD, srp_b: int = 5, salt: str = "ab12") -> str:
    claim = session.claim(
        pool_id=POOL,
        user_id="k1.u1",
        password=password,
        salt=salt,
        srp_b=f"{srp_b:x}",
        secret_block=base64.b64encode(b"block").decode(),
        now=NOW,
    )
    return claim.signature


@settings(deadline=None, max_examples=25)
@given(
    private=st.integers(min_value=1 << 255, max_value=(1 << 256) - 1),
    server_public=st.integers(min_value=2, max_value=PRIME - 1),
    salt=salts,
    password=st.text(min_size=1, max_size=40),
)
def test_claims_what_pycognito_claims(private: int, server_public: int, salt: str, password: str) -> None:
    session = SrpSession(private)
    oracle = AWSSRP("k1.u1", password, POOL, "client", client=object())
    oracle.small_a_value = private
    oracle.large_a_value = oracle.calculate_a()
    key = oracle.get_password_authentication_key("k1.u1", password, server_public, salt)
    message = b"AbCdEfGhI" + b"k1.u1" + b"block" + claim_timestamp(NOW).encode()
    expected = base64.b64encode(hmac.digest(bytes(key), message, hashlib.sha256)).decode()

    assert session.public == oracle.large_a_value
    assert claim_with(session, password=password, srp_b=server_public, salt=salt) == expected


@settings(deadline=None, max_examples=25)
@given(
    private=st.integers(min_value=1 << 255, max_value=(1 << 256) - 1),
    server_public=st.integers(min_value=2, max_value=PRIME - 1),
    salt=salts,
    password=st.text(min_size=1, max_size=40),
)
def test_a_device_claims_what_pycognito_claims(private: int, server_public: int, salt: str, password: str) -> None:
    oracle = AWSSRP(
        "k1.u1",
        "x",
        POOL,
        "client",
        client=object(),
        device_key="key",
        device_group_key="-group",
        device_password=password,
    )
    oracle.small_a_value = private
    oracle.large_a_value = oracle.calculate_a()
    key = oracle.get_device_authentication_key("-group", "key", password, server_public, salt)
    message = b"-groupkey" + b"block" + claim_timestamp(NOW).encode()
    claim = SrpSession(private).device_claim(
        group_key="-group",
        device_key="key",
        password=password,
        salt=salt,
        srp_b=f"{server_public:x}",
        secret_block=base64.b64encode(b"block").decode(),
        now=NOW,
    )
    assert claim.signature == base64.b64encode(hmac.digest(bytes(key), message, hashlib.sha256)).decode()


def test_the_verifier_of_a_device_is_that_of_its_password() -> None:
    """RFC 5054 section 2.5.3, with the numbers as Cognito has them: two's complement, in base64."""
    made = device_verifier("-group", "key", "secret")
    salt, verifier = base64.b64decode(made.salt), base64.b64decode(made.verifier)
    assert (salt[0] < 128, verifier[0] < 128) == (True, True)
    inner = hashlib.sha256(b"-groupkey:secret").digest()
    exponent = int.from_bytes(hashlib.sha256(salt + inner).digest(), "big")
    assert int.from_bytes(verifier, "big") == pow(2, exponent, PRIME)
    assert device_verifier("-group", "key", "secret").salt != made.salt


@pytest.mark.parametrize(
    ("password", "salt"),
    [("wrong", "ab12"), (PASSWORD, "ab13")],
)
def test_the_claim_depends_on_password_and_salt(password: str, salt: str) -> None:
    session = SrpSession.start()
    assert claim_with(session, password=password, salt=salt) != claim_with(session)


def test_a_salt_with_leading_zeros_is_the_same_number() -> None:
    session = SrpSession.start()
    assert claim_with(session, salt="00ab12") == claim_with(session, salt="ab12")


@pytest.mark.parametrize("server_public", [0, PRIME, 2 * PRIME])
def test_refuses_a_server_that_sends_a_multiple_of_the_prime(server_public: int) -> None:
    with pytest.raises(SrpError, match="multiple of the prime"):
        claim_with(SrpSession.start(), srp_b=server_public)


def test_two_sessions_differ_and_hide_their_secret() -> None:
    first, second = SrpSession.start(), SrpSession.start()
    assert first.public != second.public
    assert first.private.bit_length() == 256
    assert str(first.private) not in repr(first)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (NOW, "Sat Mar 7 04:05:06 UTC 2026"),
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), "Thu Dec 31 23:59:59 UTC 2026"),
    ],
)
def test_the_timestamp_is_english_with_an_unpadded_day(moment: datetime, expected: str) -> None:
    assert claim_timestamp(moment) == expected
