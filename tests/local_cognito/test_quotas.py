"""Request rates: how much a second holds, whom it is counted to, and what a benchmark reads of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from local.cognito.errors import ServiceError
from local.cognito.quotas import Place, Quotas
from tests.local_cognito.cast import make_place
from tests.local_cognito.refusals import refusal
from tests.local_cognito.running import RunningCognito
from tests.support.cognito import LocalCognito

HERE = Place("123456789012", "us-east-1", None, None)


class _Seconds:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> _Seconds:
    return _Seconds()


def _admitted(quotas: Quotas, operation: str, times: int, place: Place = HERE, challenge: str = "") -> int:
    """How many of so many calls at one moment are let through."""
    admitted, codes = 0, set()
    for _ in range(times):
        try:
            quotas.admit(operation, {"ChallengeName": challenge}, place)
        except ServiceError as error:
            codes.add(error.code)
        else:
            admitted += 1
    assert codes <= {"TooManyRequestsException"}
    return admitted


@pytest.mark.parametrize(
    ("operation", "rate"),
    [
        ("InitiateAuth", 120),
        ("AdminCreateUser", 50),
        ("AdminSetUserPassword", 30),
        ("AdminGetUser", 120),
        ("AdminDisableUser", 25),
        ("RevokeToken", 120),
        ("AdminListGroupsForUser", 50),
        ("AdminSetUserMFAPreference", 25),
        ("ListUsers", 30),
        ("ListUserPools", 15),
        ("UpdateUserPool", 15),
        ("DescribeIdentityProvider", 20),
        ("CreateGroup", 15),
        ("DescribeUserPoolClient", 15),
        ("CreateUserPoolClient", 15),
        ("SetLogDeliveryConfiguration", 5),
    ],
)
def test_default_rates(seconds: _Seconds, operation: str, rate: int) -> None:
    quotas = Quotas(1, seconds)
    assert _admitted(quotas, operation, 200) == rate
    seconds.now += 0.5
    assert _admitted(quotas, operation, 200) == rate // 2
    seconds.now += 100
    assert _admitted(quotas, operation, 200) == rate


def test_steady_calls_at_the_rate_all_pass(seconds: _Seconds) -> None:
    quotas = Quotas(1, seconds)
    for _ in range(500):
        assert _admitted(quotas, "AdminCreateUser", 1) == 1
        seconds.now += 1 / 50


def test_operations_of_a_category_share_it(seconds: _Seconds) -> None:
    quotas = Quotas(1, seconds)
    assert _admitted(quotas, "AdminDisableUser", 20) == 20
    assert _admitted(quotas, "AdminEnableUser", 20) == 5


def test_accounts_and_regions_have_their_own(seconds: _Seconds) -> None:
    quotas = Quotas(1, seconds)
    for account, region in (("1", "us-east-1"), ("1", "eu-west-1"), ("2", "us-east-1")):
        assert _admitted(quotas, "ListUsers", 40, Place(account, region, None, None)) == 30


def test_five_of_each_operation_in_one_pool(seconds: _Seconds) -> None:
    quotas = Quotas(1, seconds)
    first, second = (Place("1", "us-east-1", pool_id, None) for pool_id in ("us-east-1_a", "us-east-1_b"))
    assert _admitted(quotas, "CreateGroup", 10, first) == 5
    assert _admitted(quotas, "UpdateGroup", 10, first) == 5
    assert _admitted(quotas, "CreateGroup", 10, second) == 5
    # By now the category's 15 are used up.
    assert _admitted(quotas, "UpdateGroup", 10, second) == 0
    assert quotas.shown()["throttled"] == 25
    assert quotas.shown()["throttled_per_pool_or_user"] == 15


def test_ten_of_each_kind_for_one_user(seconds: _Seconds) -> None:
    quotas = Quotas(1, seconds)
    for user in ("ada", "grace"):
        place = Place("1", "us-east-1", "us-east-1_a", user)
        assert _admitted(quotas, "AdminGetUser", 20, place) == 10
        assert _admitted(quotas, "InitiateAuth", 20, place) == 0
        assert _admitted(quotas, "AdminDisableUser", 20, place) == 10


def test_challenge_responses_spill_into_sign_in(seconds: _Seconds) -> None:
    quotas = Quotas(1, seconds)
    assert _admitted(quotas, "RespondToAuthChallenge", 400, challenge="PASSWORD_VERIFIER") == 400
    assert _admitted(quotas, "InitiateAuth", 200) == 80
    assert _admitted(quotas, "AdminRespondToAuthChallenge", 40, challenge="NEW_PASSWORD_REQUIRED") == 30


def test_scale(seconds: _Seconds) -> None:
    assert _admitted(Quotas(0.1, seconds), "AdminCreateUser", 100) == 5
    assert _admitted(Quotas(2, seconds), "AdminCreateUser", 200) == 100
    quotas = Quotas(0, seconds)
    assert _admitted(quotas, "AdminCreateUser", 1000) == 1000
    quotas.rescale(1)
    assert _admitted(quotas, "AdminCreateUser", 1000) == 50
    with pytest.raises(ValueError, match="0 or more"):
        quotas.rescale(-1)


@pytest.fixture
def limited(tmp_path: Path) -> Iterator[RunningCognito]:
    """A service whose rates are so low that a second cannot give one call back during a test."""
    running = RunningCognito(tmp_path / "cognito", quota_scale=0.0002)
    yield running
    running.stop()


def test_service_refuses_counts_and_is_rescaled(limited: RunningCognito) -> None:
    control = LocalCognito(limited.url)
    control.scale_quotas(0)
    idp = limited.client()
    place = make_place(idp)
    place.add_user("ada")
    control.scale_quotas(0.0002)
    control.forget_quota_counts()
    idp.list_users(UserPoolId=place.pool_id)
    place.password_sign_in("ada")
    for refused in (lambda: idp.list_users(UserPoolId=place.pool_id), lambda: place.password_sign_in("ada")):
        with pytest.raises(ClientError) as caught:
            refused()
        assert refusal(caught)[0] == "TooManyRequestsException"
    counts = {(use.category, use.region): (use.allowed, use.throttled) for use in control.quotas()}
    # The unsigned sign-in names no Region: it counts where its pool is.
    assert counts == {("UserList", "us-east-1"): (1, 1), ("UserAuthentication", "us-east-1"): (1, 1)}
    control.scale_quotas(1)
    idp.list_users(UserPoolId=place.pool_id)
