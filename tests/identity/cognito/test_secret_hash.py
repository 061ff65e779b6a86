"""SECRET_HASH against an independent client."""

from hypothesis import given
from hypothesis import strategies as st
from pycognito.aws_srp import AWSSRP

from identity.cognito.secret_hash import secret_hash

words = st.text(min_size=1, max_size=60)


@given(username=words, client_id=words, secret=words)
def test_hashes_as_pycognito_does(username: str, client_id: str, secret: str) -> None:
    assert secret_hash(username, client_id, secret) == AWSSRP.get_secret_hash(username, client_id, secret)
