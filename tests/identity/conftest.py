"""A cell on the running local Cognito, with a pool and an app client of its own for each test."""

import itertools
import json
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from identity.auth import AppClientRef
from identity.cognito import app_clients, pools
from identity.cognito.calls import Priority
from identity.cognito.client_spec import AppClientSpec
from identity.cognito.endpoint import CellEndpoint, PoolRef
from identity.cognito.pool_spec import MfaMode, MfaSpec, PoolSpec
from tests.support.stack_plugin import Stack

_numbers = itertools.count(1)


@dataclass(frozen=True)
class CognitoControl:
    """The local Cognito's control address (`local/cognito/control.py`)."""

    url: str

    def fault(self, operation: str, kind: str, pool: PoolRef, times: int = 1) -> None:
        """Let the next calls of `operation` on `pool` fail."""
        order = {"operation": operation, "kind": kind, "pool_id": pool.pool_id, "times": times}
        self._send("POST", "/_local/faults", order)

    def clear_faults(self) -> None:
        """Forget all faults and release what is held."""
        self._send("DELETE", "/_local/faults")

    def advance(self, seconds: float) -> None:
        """Move Cognito's clock on."""
        self._send("POST", "/_local/clock", {"advance": seconds})

    def calls(self) -> list[dict[str, Any]]:
        """The journal of Cognito calls."""
        answer = self._send("GET", "/_local/calls")
        found: list[dict[str, Any]] = answer["calls"]
        return found

    def _send(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.url + path, data=data, method=method, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request) as answer:
            content: dict[str, Any] = json.load(answer)
        return content


@pytest.fixture
def cell(stack: Stack) -> CellEndpoint:
    """The cell of the running local Cognito."""
    return CellEndpoint("local", "eu-west-1", endpoint_url=stack.addresses.cognito_url)


@pytest.fixture
def control(stack: Stack) -> Iterator[CognitoControl]:
    """Faults and the clock of the local Cognito; no fault outlives the test."""
    control = CognitoControl(stack.addresses.cognito_url)
    yield control
    control.clear_faults()


@pytest.fixture
def make_pool(cell: CellEndpoint) -> Callable[..., PoolRef]:
    """Make a pool; without arguments a shared one with TOTP optional."""

    def make(*, mfa: MfaMode = MfaMode.OPTIONAL, email_alias: bool = False) -> PoolRef:
        spec = PoolSpec(f"lg-test-{next(_numbers)}", email_alias=email_alias, deletion_protection=False)
        described = pools.create_pool(cell, spec, priority=Priority.CONFIGURATION)
        pool = PoolRef(cell, described.pool_id)
        pools.set_mfa_config(pool, MfaSpec(mfa), priority=Priority.CONFIGURATION)
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
