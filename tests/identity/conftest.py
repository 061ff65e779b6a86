"""A cell on the running local Cognito, with a pool and an app client of its own for each test."""

import itertools
from collections.abc import Callable, Iterator

import pytest

from identity.auth import AppClientRef, SignedIn, create_user_with_password, sign_in_with_password
from identity.cognito import app_clients, pools
from identity.cognito.calls import Priority
from identity.cognito.client_spec import AppClientSpec
from identity.cognito.endpoint import CellEndpoint, PoolRef
from identity.cognito.pool_spec import MfaMode, MfaSpec, PoolSpec, mfa_settings
from tests.support.cognito import LocalCognito
from tests.support.stack_plugin import Stack

_numbers = itertools.count(1)


@pytest.fixture
def cell(stack: Stack) -> CellEndpoint:
    """The cell of the running local Cognito."""
    return CellEndpoint("local", "eu-west-1", endpoint_url=stack.addresses.cognito_url)


@pytest.fixture
def control(stack: Stack) -> Iterator[LocalCognito]:
    """The local Cognito, seen from beside; no fault outlives the test."""
    control = LocalCognito(stack.addresses.cognito_url)
    yield control
    control.clear_faults()


@pytest.fixture
def make_pool(cell: CellEndpoint) -> Callable[..., PoolRef]:
    """Make a pool; without arguments a shared one with TOTP optional."""

    def make(*, mfa: MfaMode = MfaMode.OPTIONAL, email_alias: bool = False, remembers_devices: bool = False) -> PoolRef:
        spec = PoolSpec(
            f"lg-test-{next(_numbers)}",
            email_alias=email_alias,
            deletion_protection=False,
            remembers_devices=remembers_devices,
        )
        described = pools.create_pool(cell, spec, priority=Priority.CONFIGURATION)
        pool = PoolRef(cell, described.pool_id)
        pools.set_mfa_config(pool, mfa_settings(MfaSpec(mfa)), priority=Priority.CONFIGURATION)
        return pool

    return make


@pytest.fixture
def pool_ref(make_pool: Callable[..., PoolRef]) -> PoolRef:
    """A shared pool with TOTP optional."""
    return make_pool()


def make_client(pool: PoolRef, name: str = "key-web") -> AppClientRef:
    """An app client of `pool` that allows SRP."""
    client = app_clients.create_client(pool, AppClientSpec(name), priority=Priority.CONFIGURATION)
    assert client.secret is not None
    return AppClientRef(pool.endpoint, pool.pool_id, client.client_id, client.secret)


@pytest.fixture
def app_client(pool_ref: PoolRef) -> AppClientRef:
    """An app client of the pool `pool_ref`."""
    return make_client(pool_ref)


@pytest.fixture
def signed_in(app_client: AppClientRef) -> SignedIn:
    """Somebody signed in at the test's pool."""
    create_user_with_password(app_client.pool, "key.ann", "ann@acme.example", "Correct-horse-7-battery")
    result = sign_in_with_password(app_client, "key.ann", "Correct-horse-7-battery")
    assert isinstance(result, SignedIn)
    return result
