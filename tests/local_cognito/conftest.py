"""A running local Cognito for the session, pools and clients for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

from tests.local_cognito.mailbox import Mailbox
from tests.local_cognito.running import RunningCognito
from tests.support.oidc_idp import OidcIdp


@pytest.fixture(scope="session")
def mailbox() -> Iterator[Mailbox]:
    """An SMTP server that keeps letters."""
    box = Mailbox()
    yield box
    box.stop()


@pytest.fixture(scope="session")
def cognito(tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox) -> Iterator[RunningCognito]:
    """One service for all tests; each test makes its own pools."""
    running = RunningCognito(tmp_path_factory.mktemp("cognito"), mailbox.address)
    yield running
    assert running.stop() == 0


@pytest.fixture
def own_cognito(tmp_path: Path) -> Iterator[RunningCognito]:
    """A service of the test's own, for tests that kill it or move its clock."""
    running = RunningCognito(tmp_path / "cognito")
    yield running
    if running.process.poll() is None:
        running.stop()


@pytest.fixture(scope="session")
def idp(cognito: RunningCognito) -> CognitoIdentityProviderClient:
    """A boto3 client in the service's own account."""
    return cognito.client()


@pytest.fixture
def provider() -> Iterator[OidcIdp]:
    """An OpenID provider that does what a test orders; modules about SAML have another of this name."""
    running = OidcIdp()
    yield running
    running.stop()
