"""Setting up an authenticator app, and being asked for it, on a running Cognito."""

import time
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from pydantic import SecretStr

from identity.auth import (
    AppClientRef,
    CodeMismatch,
    SessionExpired,
    SignedIn,
    TotpRequired,
    TotpSetupRequired,
    answer_totp,
    begin_totp_setup,
    finish_totp_setup,
    sign_in_with_password,
)
from identity.cognito import users
from identity.cognito.calls import Priority
from identity.cognito.endpoint import PoolRef
from identity.cognito.pool_spec import MfaMode
from tests.identity.auth.conftest import PASSWORD, Person, make_person
from tests.identity.conftest import make_client

DEVICE = "Lifeguard"


class Authenticator:
    """An authenticator app that never shows a code twice: Cognito takes each one once, and none older than the last."""

    def __init__(self, secret: SecretStr) -> None:
        self._totp = pyotp.TOTP(secret.get_secret_value())
        self._last_step = 0

    def code(self) -> str:
        """This step's code, or where that was shown already the next one's, which Cognito takes too."""
        self._last_step = max(self._now() // self._totp.interval, self._last_step + 1)
        return self._totp.generate_otp(self._last_step)

    def wrong_code(self) -> str:
        """A code that is not good for hours."""
        return self._totp.generate_otp(self._now() // self._totp.interval + 1000)

    def _now(self) -> int:
        return int(time.time())


def enrol(person: Person) -> Authenticator:
    token = person.sign_in().access_token
    secret = begin_totp_setup(person.client, access_token=token)
    assert secret.session is None
    app = Authenticator(secret.secret)
    finish_totp_setup(person.client, person.username, access_token=token, code=app.code(), device_name=DEVICE)
    return app


def challenge(person: Person) -> TotpRequired:
    result = sign_in_with_password(person.client, person.username, PASSWORD)
    assert isinstance(result, TotpRequired)
    return result


def test_a_signed_in_person_sets_it_up_and_is_asked_next_time(ann: Person) -> None:
    app = enrol(ann)
    asked = challenge(ann)
    assert asked.username == "key.ann"
    result = answer_totp(ann.client, asked.username, asked.session, app.code())
    assert isinstance(result, SignedIn)
    assert result.subject == ann.subject


def test_a_wrong_code_can_be_corrected(ann: Person) -> None:
    app = enrol(ann)
    asked = challenge(ann)
    with pytest.raises(CodeMismatch):
        answer_totp(ann.client, asked.username, asked.session, app.wrong_code())
    assert isinstance(answer_totp(ann.client, asked.username, asked.session, app.code()), SignedIn)


def test_an_invented_session_opens_nothing(ann: Person) -> None:
    app = enrol(ann)
    with pytest.raises(SessionExpired):
        answer_totp(ann.client, ann.username, "x" * 40, app.code())
    with pytest.raises(SessionExpired):
        begin_totp_setup(ann.client, session="x" * 40)


def test_a_wrong_code_sets_nothing_up(ann: Person) -> None:
    token = ann.sign_in().access_token
    app = Authenticator(begin_totp_setup(ann.client, access_token=token).secret)
    with pytest.raises(CodeMismatch):
        finish_totp_setup(ann.client, ann.username, access_token=token, code=app.wrong_code(), device_name=DEVICE)
    assert ann.sign_in().subject == ann.subject


def test_a_token_that_is_no_longer_good(ann: Person) -> None:
    with pytest.raises(SessionExpired):
        begin_totp_setup(ann.client, access_token=SecretStr("not.a.token"))


@pytest.fixture
def strict_client(make_pool: Callable[..., PoolRef]) -> AppClientRef:
    """A client of a pool that demands a second factor."""
    return make_client(make_pool(mfa=MfaMode.REQUIRED))


def test_a_pool_that_demands_it_has_it_set_up_at_sign_in(strict_client: AppClientRef) -> None:
    person = make_person(strict_client)
    required = sign_in_with_password(strict_client, person.username, PASSWORD)
    assert isinstance(required, TotpSetupRequired)
    secret = begin_totp_setup(strict_client, session=required.session)
    assert secret.session is not None
    app = Authenticator(secret.secret)
    with pytest.raises(CodeMismatch):
        finish_totp_setup(
            strict_client, required.username, session=secret.session, code=app.wrong_code(), device_name=DEVICE
        )
    result = finish_totp_setup(
        strict_client, required.username, session=secret.session, code=app.code(), device_name=DEVICE
    )
    assert isinstance(result, SignedIn)
    asked = challenge(person)
    assert isinstance(answer_totp(strict_client, asked.username, asked.session, app.code()), SignedIn)


def test_a_set_up_session_is_used_up(strict_client: AppClientRef) -> None:
    person = make_person(strict_client)
    required = sign_in_with_password(strict_client, person.username, PASSWORD)
    assert isinstance(required, TotpSetupRequired)
    begin_totp_setup(strict_client, session=required.session)
    with pytest.raises(SessionExpired):
        begin_totp_setup(strict_client, session=required.session)


def test_a_lost_app_is_reset(ann: Person) -> None:
    enrol(ann)
    users.reset_factors(ann.client.pool, ann.username, priority=Priority.CONFIGURATION)
    assert ann.sign_in().subject == ann.subject


def test_session_or_token_is_needed(ann: Person) -> None:
    neither: dict[str, Any] = {}
    with pytest.raises(TypeError, match="either"):
        begin_totp_setup(ann.client, **neither)
