"""Cognito's own tokens, from the running local Cognito: whose they are, and that they are not ours."""

from collections.abc import Callable

import pytest

from identity.auth.types import AppClientRef, SignedIn
from identity.cognito.endpoint import PoolRef
from identity.cognito_tokens import CognitoUse, cognito_jwks_url, verify_cognito_token
from identity.jwt_checks import TokenInvalid
from identity.token_keys import KeysUnavailable
from tenants.models import UserPool
from tests.factories import CellFactory, UserPoolFactory
from tests.support.stack_plugin import Stack


@pytest.fixture
def pool(stack: Stack, pool_ref: PoolRef, db: None) -> UserPool:
    """The row of the test's pool."""
    cell = CellFactory.create(endpoint_url=stack.addresses.cognito_url, region="eu-west-1")
    created: UserPool = UserPoolFactory.create(cell=cell, cognito_id=pool_ref.pool_id)
    return created


def test_cognitos_tokens(pool: UserPool, signed_in: SignedIn, app_client: AppClientRef) -> None:
    for use, token in ((CognitoUse.ACCESS, signed_in.access_token), (CognitoUse.ID, signed_in.id_token)):
        claims = verify_cognito_token(token.get_secret_value(), pool=pool, use=use, client_id=app_client.client_id)
        assert (claims.subject, claims.username) == (signed_in.subject, "key.ann")
        other = CognitoUse.ID if use is CognitoUse.ACCESS else CognitoUse.ACCESS
        with pytest.raises(TokenInvalid):
            verify_cognito_token(token.get_secret_value(), pool=pool, use=other, client_id=app_client.client_id)
        with pytest.raises(TokenInvalid):
            verify_cognito_token(token.get_secret_value(), pool=pool, use=use, client_id="another-client")


def test_cognitos_tokens_of_another_pool(
    pool: UserPool, signed_in: SignedIn, app_client: AppClientRef, make_pool: Callable[..., PoolRef]
) -> None:
    other: UserPool = UserPoolFactory.create(cell=pool.cell, cognito_id=make_pool().pool_id)
    with pytest.raises(TokenInvalid):
        verify_cognito_token(
            signed_in.access_token.get_secret_value(), pool=other, use=CognitoUse.ACCESS, client_id=app_client.client_id
        )


def test_a_pool_whose_keys_cannot_be_fetched(signed_in: SignedIn, db: None) -> None:
    cell = CellFactory.create(endpoint_url="http://127.0.0.1:9", region="us-east-1")
    away: UserPool = UserPoolFactory.create(cell=cell, cognito_id="us-east-1_away")
    with pytest.raises(KeysUnavailable):
        verify_cognito_token(signed_in.access_token.get_secret_value(), pool=away, use=CognitoUse.ACCESS, client_id="x")


@pytest.mark.parametrize(
    ("region", "endpoint", "expected"),
    [
        ("eu-west-1", "", "https://cognito-idp.eu-west-1.amazonaws.com/p/.well-known/jwks.json"),
        ("cn-north-1", "", "https://cognito-idp.cn-north-1.amazonaws.com.cn/p/.well-known/jwks.json"),
        ("eu-west-1", "http://localhost:4566/", "http://localhost:4566/p/.well-known/jwks.json"),
    ],
)
def test_where_a_pools_keys_are(region: str, endpoint: str, expected: str, db: None) -> None:
    cell = CellFactory.create(region=region, endpoint_url=endpoint)
    assert cognito_jwks_url(UserPoolFactory.create(cell=cell, cognito_id="p")) == expected
