"""A local Cognito for a module's tests, and the demonstration identity providers for each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local_cognito.running import RunningCognito
from tests.support.demo_idp import DemoIdp


@pytest.fixture(scope="module")
def cognito(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCognito]:
    """What they sign people in to."""
    running = RunningCognito(tmp_path_factory.mktemp("cognito"))
    yield running
    running.stop()


@pytest.fixture
def saml(tmp_path: Path) -> Iterator[DemoIdp]:
    """Harbour."""
    running = DemoIdp("saml", tmp_path)
    yield running
    running.stop()


@pytest.fixture
def oidc(tmp_path: Path) -> Iterator[DemoIdp]:
    """Beacon."""
    running = DemoIdp("oidc", tmp_path)
    yield running
    running.stop()
