"""What somebody with the AWS console does, past Lifeguard."""

from typing import TYPE_CHECKING

import boto3

from identity.cognito.endpoint import PoolRef

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


def client_of(pool: PoolRef) -> "CognitoIdentityProviderClient":
    """The SDK's own client for the pool's cell, with the credentials of the tests."""
    return boto3.client("cognito-idp", region_name=pool.endpoint.region, endpoint_url=pool.endpoint.endpoint_url)


def delete_client(pool: PoolRef, client_id: str) -> None:
    """Delete an app client."""
    client_of(pool).delete_user_pool_client(UserPoolId=pool.pool_id, ClientId=client_id)


def delete_domain(pool: PoolRef, domain: str) -> None:
    """Take a domain away from its pool."""
    client_of(pool).delete_user_pool_domain(UserPoolId=pool.pool_id, Domain=domain)


def delete_pool(pool: PoolRef) -> None:
    """Delete a pool, which must not be protected."""
    client_of(pool).delete_user_pool(UserPoolId=pool.pool_id)
