"""Codes of authenticator apps, by the test vectors of RFC 6238 and beside a library."""

import base64

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.connections.trust import vouches
from federation.totp import STEP_SECONDS, code_at, new_secret, step_of

SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    # Appendix B, the last six of its eight digits.
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_vectors_of_the_rfc(seconds: int, code: str) -> None:
    assert code_at(SECRET, seconds // STEP_SECONDS) == code


@given(step=st.integers(1, 10**9))
def test_a_code_is_good_for_its_step_and_its_neighbours(step: int) -> None:
    secret, now = new_secret(), step * STEP_SECONDS + 7
    code = pyotp.TOTP(secret).at(now)
    assert step_of(secret, code, now=now) in {step - 1, step}
    assert step_of(secret, code, now=now + STEP_SECONDS) is not None
    far = {code_at(secret, near) for near in (step + 9, step + 10, step + 11)}
    assert (step_of(secret, code, now=now + 10 * STEP_SECONDS) is None) == (code not in far)


def test_what_an_identity_provider_says_counts_by_its_values() -> None:
    assert vouches(["pwd", "mfa"], ())
    assert vouches(["http://schemas.microsoft.com/claims/multipleauthn"], ())
    assert not vouches(["pwd", "MFA"], ())
    assert not vouches([], ())
    # Values of the connection's own take the place of the usual ones.
    assert vouches(["hwk"], ("hwk",))
    assert not vouches(["mfa"], ("hwk",))
