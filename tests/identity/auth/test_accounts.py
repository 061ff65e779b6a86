"""Accounts that invitations and administrators set up, on a running Cognito."""

from collections.abc import Callable

import pytest

from identity.auth import (
    AppClientRef,
    AuthUnavailable,
    EmailTaken,
    NewPasswordRequired,
    PasswordProblem,
    PasswordRejected,
    SignedIn,
    create_user_with_password,
    set_temporary_password,
    sign_in_with_password,
)
from identity.cognito import users
from identity.cognito.calls import Priority
from identity.cognito.endpoint import PoolRef
from identity.cognito.users import UserStatus
from tests.identity.auth.conftest import PASSWORD, Person
from tests.support.cognito import LocalCognito

EMAIL = "ann@acme.example"
LATER = "Better-horse-8x"


def stored(pool: PoolRef) -> users.CognitoUser:
    return users.get_user(pool, "key.ann", priority=Priority.CONFIGURATION)


def test_creating_twice_gives_one_user_with_the_later_values(app_client: AppClientRef) -> None:
    pool = app_client.pool
    first = create_user_with_password(pool, "key.ann", EMAIL, PASSWORD)
    second = create_user_with_password(pool, "key.ann", "ann.b@acme.example", LATER)
    assert first == second
    user = stored(pool)
    assert (user.status, user.email) == (UserStatus.CONFIRMED, "ann.b@acme.example")
    assert user.attributes["email_verified"] == "true"
    assert isinstance(sign_in_with_password(app_client, "key.ann", LATER), SignedIn)


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("AdminCreateUser", "timeout_after"),
        ("AdminCreateUser", "throttle"),
        ("AdminSetUserPassword", "timeout_after"),
        ("AdminSetUserPassword", "error_500"),
    ],
)
def test_creating_again_after_a_failure(
    operation: str, kind: str, app_client: AppClientRef, control: LocalCognito
) -> None:
    control.fault(operation, kind, pool_id=app_client.pool_id)
    with pytest.raises(AuthUnavailable):
        create_user_with_password(app_client.pool, "key.ann", EMAIL, PASSWORD)
    subject = create_user_with_password(app_client.pool, "key.ann", EMAIL, PASSWORD)
    assert stored(app_client.pool).subject == subject
    assert isinstance(sign_in_with_password(app_client, "key.ann", PASSWORD), SignedIn)


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("Short-1", PasswordProblem.TOO_SHORT),
        ("no-capitals-here-1", PasswordProblem.NO_UPPERCASE),
        ("No-digits-in-here", PasswordProblem.NO_NUMBER),
        ("", PasswordProblem.NOT_ACCEPTED),
        ("x" * 300, PasswordProblem.NOT_ACCEPTED),
    ],
)
def test_a_password_that_is_not_accepted(password: str, problem: PasswordProblem, pool_ref: PoolRef) -> None:
    with pytest.raises(PasswordRejected) as raised:
        create_user_with_password(pool_ref, "key.ann", EMAIL, password)
    assert raised.value.reasons == (problem,)
    assert stored(pool_ref).status is UserStatus.FORCE_CHANGE_PASSWORD


def test_an_address_that_another_user_signs_in_with(make_pool: Callable[..., PoolRef]) -> None:
    pool = make_pool(email_alias=True)
    create_user_with_password(pool, "key.ann", EMAIL, PASSWORD)
    with pytest.raises(EmailTaken):
        create_user_with_password(pool, "key.other", EMAIL, PASSWORD)
    create_user_with_password(pool, "key.other", "other@acme.example", PASSWORD)
    with pytest.raises(EmailTaken):
        create_user_with_password(pool, "key.other", EMAIL, PASSWORD)


def test_an_address_may_be_in_many_partitions(pool_ref: PoolRef) -> None:
    first = create_user_with_password(pool_ref, "acmekey1.1", EMAIL, PASSWORD)
    second = create_user_with_password(pool_ref, "globexk1.1", EMAIL, LATER)
    assert first != second


def test_a_temporary_password_for_a_user_who_exists(ann: Person) -> None:
    assert set_temporary_password(ann.client.pool, ann.username, EMAIL, LATER) == ann.subject
    assert isinstance(sign_in_with_password(ann.client, ann.username, LATER), NewPasswordRequired)
