"""Faults, journal and clock: what tests of the product lean on."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

from tests.local_cognito.browser import HTTP
from tests.local_cognito.cast import make_pool
from tests.local_cognito.refusals import refusal
from tests.local_cognito.running import REPOSITORY, RunningCognito

CREATE_USER = """
import sys, boto3
from botocore.config import Config
session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")
config = Config(retries={"total_max_attempts": 1})
idp = session.client("cognito-idp", endpoint_url=sys.argv[1], config=config)
idp.admin_create_user(UserPoolId=sys.argv[2], Username=sys.argv[3], MessageAction="SUPPRESS")
"""


@pytest.fixture(autouse=True)
def _no_faults_left(cognito: RunningCognito) -> Iterator[None]:
    yield
    cognito.control("DELETE", "faults")


def _order(cognito: RunningCognito, kind: str, pool_id: str | None = None, times: int = 1) -> None:
    body: dict[str, Any] = {"operation": "AdminCreateUser", "kind": kind, "times": times}
    cognito.control("POST", "faults", body if pool_id is None else {**body, "pool_id": pool_id})


def _create(idp: CognitoIdentityProviderClient, pool_id: str, username: str = "ada") -> Any:
    return idp.admin_create_user(UserPoolId=pool_id, Username=username, MessageAction="SUPPRESS")


def _names(idp: CognitoIdentityProviderClient, pool_id: str) -> list[str]:
    return [user["Username"] for user in idp.list_users(UserPoolId=pool_id)["Users"]]


def _until(condition: Callable[[], bool]) -> None:
    """Wait for a condition of the service, asking it again and again."""
    pause = threading.Event()
    while not condition():
        pause.wait(0.01)


def _until_parked(cognito: RunningCognito, wanted: int) -> None:
    _until(lambda: cognito.control("GET", "faults")["parked"] == wanted)


def _last(cognito: RunningCognito, pool_id: str) -> dict[str, Any]:
    calls = [call for call in cognito.control("GET", "calls")["calls"] if call["pool_id"] == pool_id]
    last: dict[str, Any] = calls[-1]
    return last


def _spawn_creator(cognito: RunningCognito, pool_id: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", CREATE_USER, cognito.url, pool_id, "ada"]
    return subprocess.Popen(command, cwd=REPOSITORY)


def test_held_before_is_applied_on_release(cognito: RunningCognito, idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)
    _order(cognito, "hold_before", pool_id)
    with ThreadPoolExecutor() as pool:
        pending = pool.submit(_create, idp, pool_id)
        _until_parked(cognito, 1)
        assert _names(idp, pool_id) == []
        cognito.control("DELETE", "faults")
        assert pending.result()["User"]["Username"] == "ada"
    assert _names(idp, pool_id) == ["ada"]


def test_held_before_with_a_dead_caller_is_never_applied(
    cognito: RunningCognito, idp: CognitoIdentityProviderClient
) -> None:
    pool_id = make_pool(idp)
    _order(cognito, "hold_before", pool_id)
    with _spawn_creator(cognito, pool_id) as caller:
        _until_parked(cognito, 1)
        caller.kill()
        caller.wait()
        # No waiting for the service to notice: a release right after the death must not apply it either.
        cognito.control("DELETE", "faults")
    _until(lambda: _last(cognito, pool_id)["status"] is not None)
    assert _last(cognito, pool_id)["status"] == 499
    assert _names(idp, pool_id) == []


def test_parked_request_ends_with_its_caller(cognito: RunningCognito, idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)
    for kind, expected in (("hold_before", []), ("hold_after", ["ada"])):
        _order(cognito, kind, pool_id)
        with _spawn_creator(cognito, pool_id) as caller:
            _until_parked(cognito, 1)
            caller.kill()
        _until_parked(cognito, 0)
        assert _names(idp, pool_id) == expected


def test_held_after_is_committed_before_the_answer(cognito: RunningCognito, idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)
    _order(cognito, "hold_after", pool_id)
    with ThreadPoolExecutor() as pool:
        pending = pool.submit(_create, idp, pool_id)
        _until_parked(cognito, 1)
        assert _names(idp, pool_id) == ["ada"]
        assert not pending.done()
        cognito.control("DELETE", "faults")
        assert pending.result()["User"]["Username"] == "ada"


def test_dropped_answer_was_applied(cognito: RunningCognito, idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)
    _order(cognito, "timeout_after", pool_id)
    with pytest.raises(ConnectionClosedError):
        _create(idp, pool_id)
    assert _names(idp, pool_id) == ["ada"]
    call = next(call for call in cognito.control("GET", "calls")["calls"] if call["pool_id"] == pool_id)
    assert (call["operation"], call["key"], call["applied"]) == ("AdminCreateUser", "ada", True)


@pytest.mark.parametrize(
    ("kind", "code", "status"),
    [
        ("throttle", "TooManyRequestsException", 400),
        ("error_500", "InternalErrorException", 500),
        ("access_denied", "AccessDeniedException", 400),
    ],
)
def test_refusals_apply_nothing(
    cognito: RunningCognito, idp: CognitoIdentityProviderClient, kind: str, code: str, status: int
) -> None:
    pool_id, other_id = make_pool(idp), make_pool(idp)
    _order(cognito, kind, pool_id, times=2)
    _create(idp, other_id)
    for _ in range(2):
        with pytest.raises(ClientError) as caught:
            _create(idp, pool_id)
        assert refusal(caught)[0] == code
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert _last(cognito, pool_id)["error"] == code
    assert _names(idp, pool_id) == []
    _create(idp, pool_id)


def test_botocore_retries_a_throttle(cognito: RunningCognito, idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)
    _order(cognito, "throttle", pool_id)
    assert _create(cognito.client(attempts=3), pool_id)["User"]["Username"] == "ada"


def test_faults_find_the_pool_of_unsigned_calls(cognito: RunningCognito, idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)
    client_id = idp.create_user_pool_client(UserPoolId=pool_id, ClientName="app")["UserPoolClient"]["ClientId"]
    cognito.control("POST", "faults", {"operation": "ForgotPassword", "pool_id": pool_id, "kind": "throttle"})
    with pytest.raises(ClientError) as caught:
        idp.forgot_password(ClientId=client_id, Username="ada")
    assert refusal(caught)[0] == "TooManyRequestsException"


def test_stopping_does_not_wait_for_parked_requests(own_cognito: RunningCognito) -> None:
    idp = own_cognito.client()
    pool_id = make_pool(idp)
    _order(own_cognito, "hold_before", pool_id)
    with ThreadPoolExecutor() as pool:
        pending = pool.submit(_create, idp, pool_id)
        _until_parked(own_cognito, 1)
        assert own_cognito.stop() == 0
        assert pending.exception() is not None
    own_cognito.restart()
    assert _names(own_cognito.client(), pool_id) == []


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "throttle"},
        {"operation": "X", "kind": "throttle"},
        {"operation": "ListUsers", "kind": "explode"},
        {"operation": "ListUsers", "kind": "throttle", "time": 2},
        {"operation": "ListUsers", "kind": "throttle", "times": 0},
        {"operation": "ListUsers", "kind": "throttle", "probability": 0.5},
        {"operation": "ListUsers", "kind": "throttle", "probability": 1.5, "seed": 1},
        {"operation": "ListUsers", "kind": "throttle", "probability": 0.5, "seed": 1, "times": 2},
        {"operation": "ListUsers", "kind": "throttle", "seed": 1},
        {"operation": "ListUsers", "kind": "throttle", "calls": 1},
        {"operation": "ListUsers", "kind": "conflict"},
        {"operation": "AdminGetUser", "kind": "truncate_list"},
        {"operation": "ListUsers", "kind": "not_found_after_create", "calls": 1},
        {"operation": "CreateGroup", "kind": "not_found_after_create"},
        {"operation": "CreateGroup", "kind": "not_found_after_create", "calls": 1, "seconds": 1},
    ],
)
def test_fault_that_means_nothing_is_refused(cognito: RunningCognito, body: dict[str, Any]) -> None:
    assert HTTP.post(f"{cognito.url}/_local/faults", json=body).status_code == 400


def test_concurrent_creates_of_one_username_give_one_success(idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)

    def attempt(_: int) -> str:
        try:
            _create(idp, pool_id)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return "created"

    with ThreadPoolExecutor(8) as pool:
        outcomes = sorted(pool.map(attempt, range(8)))
    assert outcomes == ["UsernameExistsException"] * 7 + ["created"]


def test_undeliverable_invitation_leaves_the_user(own_cognito: RunningCognito) -> None:
    """The letter goes out after the commit, so a caller must not take the error for "not created"."""
    idp = own_cognito.client()
    pool_id = make_pool(idp)
    with pytest.raises(ClientError) as caught:
        idp.admin_create_user(
            UserPoolId=pool_id,
            Username="ada",
            UserAttributes=[{"Name": "email", "Value": "ada@acme.example"}],
            DesiredDeliveryMediums=["EMAIL"],
        )
    assert refusal(caught)[0] == "CodeDeliveryFailureException"
    assert _last(own_cognito, pool_id)["applied"] is True
    assert _names(idp, pool_id) == ["ada"]
