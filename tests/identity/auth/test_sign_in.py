"""Signing in with a password, on a running Cognito."""

import dataclasses
from collections.abc import Callable

import jwt
import pytest
from pydantic import SecretStr

from identity.auth import (
    AppClientRef,
    AuthMisconfigured,
    AuthUnavailable,
    InvalidCredentials,
    PasswordProblem,
    PasswordRejected,
    PasswordResetRequired,
    SessionExpired,
    SignedIn,
    UserDisabled,
    answer_new_password,
    sign_in_with_password,
)
from identity.cognito import users
from identity.cognito.calls import Priority
from identity.cognito.endpoint import CellEndpoint, PoolRef
from identity.cognito.gate import call
from tests.identity.auth.conftest import PASSWORD, TEMPORARY, WRONG, Person, make_person, temporary_sign_in
from tests.identity.conftest import make_client
from tests.support.cognito import LocalCognito

LATER = "Better-horse-8x"


def test_the_right_password(ann: Person, app_client: AppClientRef) -> None:
    signed_in = ann.sign_in()
    assert (signed_in.subject, signed_in.username) == (ann.subject, "key.ann")
    assert signed_in.client_id == app_client.client_id
    assert signed_in.refresh_token is not None
    claims = jwt.decode(signed_in.id_token.get_secret_value(), options={"verify_signature": False})
    assert (claims["token_use"], claims["email"]) == ("id", "ann@acme.example")
    assert signed_in.access_token.get_secret_value() not in repr(signed_in)


def test_the_username_in_another_case(ann: Person) -> None:
    result = sign_in_with_password(ann.client, "KEY.Ann", PASSWORD)
    assert isinstance(result, SignedIn)
    assert result.username == "key.ann"


def test_an_alias(make_pool: Callable[..., PoolRef]) -> None:
    client = make_client(make_pool(email_alias=True))
    make_person(client)
    result = sign_in_with_password(client, "ann@acme.example", PASSWORD)
    assert isinstance(result, SignedIn)
    assert result.username == "key.ann"


def test_a_wrong_password_and_an_unknown_user_get_the_same_answer(ann: Person) -> None:
    answers = []
    for username in ("key.ann", "key.nobody"):
        with pytest.raises(InvalidCredentials) as raised:
            sign_in_with_password(ann.client, username, WRONG)
        answers.append((type(raised.value), str(raised.value)))
    assert answers[0] == answers[1] == (InvalidCredentials, "The user name or password is not accepted.")


def test_a_disabled_user(ann: Person) -> None:
    users.disable_user(ann.client.pool, ann.username, priority=Priority.KILL_SWITCH)
    with pytest.raises(UserDisabled):
        sign_in_with_password(ann.client, ann.username, PASSWORD)
    with pytest.raises(InvalidCredentials) as raised:
        sign_in_with_password(ann.client, ann.username, WRONG)
    assert type(raised.value) is InvalidCredentials


def test_a_password_that_must_be_reset(ann: Person) -> None:
    request = {"UserPoolId": ann.client.pool_id, "Username": ann.username}
    call(ann.client.endpoint, "AdminResetUserPassword", request, priority=Priority.CONFIGURATION)
    with pytest.raises(PasswordResetRequired):
        sign_in_with_password(ann.client, ann.username, PASSWORD)


def test_a_temporary_password_must_be_replaced(app_client: AppClientRef) -> None:
    required = temporary_sign_in(app_client)
    assert (required.username, required.missing_attributes) == ("key.bob", ())
    result = answer_new_password(app_client, required.username, required.session, LATER)
    assert isinstance(result, SignedIn)
    assert isinstance(sign_in_with_password(app_client, "key.bob", LATER), SignedIn)
    with pytest.raises(InvalidCredentials):
        sign_in_with_password(app_client, "key.bob", TEMPORARY)


def test_a_weak_new_password_can_be_bettered(app_client: AppClientRef) -> None:
    required = temporary_sign_in(app_client)
    with pytest.raises(PasswordRejected) as raised:
        answer_new_password(app_client, required.username, required.session, "Short-1")
    assert raised.value.reasons == (PasswordProblem.TOO_SHORT,)
    assert isinstance(answer_new_password(app_client, required.username, required.session, LATER), SignedIn)


def test_a_session_is_good_for_one_answer(app_client: AppClientRef) -> None:
    required = temporary_sign_in(app_client)
    answer_new_password(app_client, required.username, required.session, LATER)
    with pytest.raises(SessionExpired):
        answer_new_password(app_client, required.username, required.session, "Another-horse-9")


def test_a_session_belongs_to_its_client_and_user(app_client: AppClientRef, ann: Person) -> None:
    required = temporary_sign_in(app_client)
    with pytest.raises(SessionExpired):
        answer_new_password(app_client, ann.username, required.session, LATER)
    other = make_client(app_client.pool, "other-web")
    with pytest.raises(SessionExpired):
        answer_new_password(other, required.username, required.session, LATER)
    assert ann.sign_in().subject == ann.subject


def test_a_wrong_client_secret_is_the_operators_problem(ann: Person) -> None:
    client = dataclasses.replace(ann.client, client_secret=SecretStr("another"))
    with pytest.raises(AuthMisconfigured) as raised:
        sign_in_with_password(client, ann.username, PASSWORD)
    assert "secret" in raised.value.reason


def test_a_missing_client_is_the_operators_problem(ann: Person) -> None:
    client = dataclasses.replace(ann.client, client_id="1example23456789")
    with pytest.raises(AuthMisconfigured):
        sign_in_with_password(client, ann.username, PASSWORD)


@pytest.mark.parametrize("operation", ["InitiateAuth", "RespondToAuthChallenge"])
@pytest.mark.parametrize("kind", ["throttle", "error_500", "hold_before"])
def test_cognito_fails(operation: str, kind: str, ann: Person, control: LocalCognito) -> None:
    control.fault(operation, kind, pool_id=ann.client.pool_id)
    with pytest.raises(AuthUnavailable) as raised:
        sign_in_with_password(ann.client, ann.username, PASSWORD)
    assert not isinstance(raised.value, AuthMisconfigured)
    control.clear_faults()
    assert ann.sign_in().subject == ann.subject


def test_nobody_listens(ann: Person) -> None:
    nowhere = CellEndpoint("nowhere", "eu-west-1", endpoint_url="http://127.0.0.1:9")
    with pytest.raises(AuthUnavailable):
        sign_in_with_password(dataclasses.replace(ann.client, endpoint=nowhere), ann.username, PASSWORD)
