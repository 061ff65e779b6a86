"""What ends with time. The clock moves on, so that these tests have a Cognito of their own."""

from collections.abc import Iterator

import pytest

from identity.auth import (
    AppClientRef,
    InvalidCredentials,
    SessionExpired,
    TemporaryPasswordExpired,
    TooManyAttempts,
    answer_new_password,
    set_temporary_password,
    sign_in_with_password,
)
from identity.cognito.endpoint import CellEndpoint
from tests.identity.auth.conftest import TEMPORARY, WRONG, Person, temporary_sign_in
from tests.local_cognito.running import RunningCognito
from tests.support.cognito import LocalCognito


@pytest.fixture(scope="module")
def own_cognito(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningCognito]:
    """A Cognito that no other test talks to."""
    running = RunningCognito(tmp_path_factory.mktemp("cognito"))
    yield running
    running.stop()


@pytest.fixture
def cell(own_cognito: RunningCognito) -> CellEndpoint:
    """The cell of this Cognito."""
    return CellEndpoint("own", "eu-west-1", endpoint_url=own_cognito.url)


@pytest.fixture
def control(own_cognito: RunningCognito) -> LocalCognito:
    """This Cognito's clock."""
    return LocalCognito(own_cognito.url)


def try_wrongly(person: Person, times: int) -> None:
    for _ in range(times):
        with pytest.raises(InvalidCredentials):
            sign_in_with_password(person.client, person.username, WRONG)


def test_wrong_passwords_lock_for_a_while(ann: Person, control: LocalCognito) -> None:
    try_wrongly(ann, 5)
    # The lock of the fifth failure lasts one second, which a slow machine may miss; each further one doubles it.
    with pytest.raises(TooManyAttempts):
        try_wrongly(ann, 10)
    control.advance(900)
    assert ann.sign_in().subject == ann.subject


def test_a_session_ends(app_client: AppClientRef, control: LocalCognito) -> None:
    required = temporary_sign_in(app_client)
    control.advance(3 * 60 + 1)
    with pytest.raises(SessionExpired):
        answer_new_password(app_client, required.username, required.session, "Better-horse-8x")


def test_a_temporary_password_ends(app_client: AppClientRef, control: LocalCognito) -> None:
    set_temporary_password(app_client.pool, "key.bob", "bob@acme.example", TEMPORARY)
    control.advance(7 * 24 * 3600 + 1)
    with pytest.raises(TemporaryPasswordExpired):
        sign_in_with_password(app_client, "key.bob", TEMPORARY)
