"""Cells to call: one whose answers a botocore Stubber gives, and clean hooks around every test."""

import itertools
from collections.abc import Iterator

import pytest
from botocore.stub import Stubber

from identity.cognito import hooks as hooks_module
from identity.cognito.clients import client_for
from identity.cognito.endpoint import CellEndpoint
from identity.cognito.hooks import Hooks

_numbers = itertools.count()


@pytest.fixture(autouse=True)
def fresh_hooks(monkeypatch: pytest.MonkeyPatch) -> Hooks:
    """The hooks of a process that has just started, for this test alone."""
    fresh = Hooks()
    for name in ("budget", "capabilities", "observers"):
        monkeypatch.setattr(hooks_module.hooks, name, getattr(fresh, name))
    return hooks_module.hooks


@pytest.fixture
def endpoint() -> CellEndpoint:
    """A cell of its own for each test, so that no client is shared between tests. Nothing listens there."""
    return CellEndpoint(f"stub-{next(_numbers)}", "eu-west-1", endpoint_url="http://127.0.0.1:9")


@pytest.fixture
def stub(endpoint: CellEndpoint) -> Iterator[Stubber]:
    """Answers for the cell's client, checked against botocore's service model; all of them must be used."""
    with Stubber(client_for(endpoint)) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()
