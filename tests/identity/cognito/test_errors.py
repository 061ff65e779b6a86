"""Every error that AWS or botocore can give becomes one of ours."""

import pickle
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from botocore import exceptions as sdk
from botocore.model import StructureShape
from botocore.parsers import ResponseParserError
from botocore.stub import Stubber

from identity.cognito import errors
from identity.cognito.calls import Priority
from identity.cognito.clients import service_model
from identity.cognito.endpoint import CellEndpoint
from identity.cognito.error_rules import (
    REFUSALS,
    SERVER_FAULT_CODES,
    THROTTLING_CODES,
    TRANSIENT_CODES,
    UNKNOWN_OPERATION_CODES,
    refusal_for,
)
from identity.cognito.errors import CognitoError
from identity.cognito.gate import call
from identity.cognito.translate import SDK_ERRORS, translate
from identity.cognito.user_error_rules import REFINEMENTS
from local.stack.ports import Ports

READ, WRITE = "DescribeUserPool", "DeleteUserPool"


def fail(endpoint: CellEndpoint, operation: str = WRITE) -> CognitoError:
    with pytest.raises(CognitoError) as raised:
        call(endpoint, operation, {"UserPoolId": "eu-west-1_a"}, priority=Priority.CONFIGURATION)
    return raised.value


def fail_with(stub: Stubber, endpoint: CellEndpoint, code: str, operation: str = WRITE, **answer: Any) -> CognitoError:
    method = {READ: "describe_user_pool", WRITE: "delete_user_pool"}[operation]
    answer = {"service_message": "What AWS says.", "http_status_code": 400, **answer}
    stub.add_client_error(method, code, response_meta={"RequestId": "req-1"}, **answer)
    error = fail(endpoint, operation)
    assert isinstance(error.__cause__, sdk.ClientError)
    assert error.operation == operation
    assert error.request_id == "req-1"
    return error


def modelled_codes() -> set[str]:
    model = service_model()
    shapes = (model.shape_for(name) for name in model.shape_names)
    return {shape.name for shape in shapes if isinstance(shape, StructureShape) and shape.metadata.get("exception")}


def test_every_error_of_the_service_model_has_a_rule() -> None:
    known = set(REFUSALS) | set(TRANSIENT_CODES) | SERVER_FAULT_CODES | THROTTLING_CODES
    assert modelled_codes() - known == set()


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_a_refusal_says_what_is_wrong_and_what_to_do(code: str, stub: Stubber, endpoint: CellEndpoint) -> None:
    error = fail_with(stub, endpoint, code)
    assert type(error) is REFUSALS[code].error
    assert isinstance(error, errors.Terminal)
    assert error.reason.endswith(".")
    assert error.remedy.endswith(".")
    assert (error.code, error.message) == (code, "What AWS says.")


@pytest.mark.parametrize("code", sorted(THROTTLING_CODES))
def test_a_throttle(code: str, stub: Stubber, endpoint: CellEndpoint) -> None:
    assert type(fail_with(stub, endpoint, code)) is errors.Throttled


@pytest.mark.parametrize("code", sorted(TRANSIENT_CODES))
def test_an_obstacle_that_passes(code: str, stub: Stubber, endpoint: CellEndpoint) -> None:
    assert type(fail_with(stub, endpoint, code)) is TRANSIENT_CODES[code]


@pytest.mark.parametrize("code", [*sorted(SERVER_FAULT_CODES), "SomethingNew"])
def test_a_server_fault_is_ambiguous_after_a_write_only(code: str, stub: Stubber, endpoint: CellEndpoint) -> None:
    assert type(fail_with(stub, endpoint, code, WRITE, http_status_code=500)) is errors.AmbiguousOutcome
    assert type(fail_with(stub, endpoint, code, READ, http_status_code=500)) is errors.Transient


def test_an_unknown_refusal_is_terminal(stub: Stubber, endpoint: CellEndpoint) -> None:
    assert type(fail_with(stub, endpoint, "SomethingNewException")) is errors.Rejected


@pytest.mark.parametrize(("code", "fragment", "rule"), REFINEMENTS)
def test_a_message_refines_an_ambiguous_code(
    code: str, fragment: str, rule: object, stub: Stubber, endpoint: CellEndpoint
) -> None:
    error = fail_with(stub, endpoint, code, service_message=f"AWS says: {fragment.capitalize()}.")
    assert isinstance(error, errors.Terminal)
    assert error.reason == getattr(rule, "reason", None)


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("Fri, 20 Nov 2026 10:00:00 GMT", None)])
def test_a_throttle_says_when_to_come_back(
    header: str, seconds: float | None, stub: Stubber, endpoint: CellEndpoint
) -> None:
    stub.add_client_error(
        "delete_user_pool", "TooManyRequestsException", response_meta={"HTTPHeaders": {"retry-after": header}}
    )
    error = fail(endpoint)
    assert isinstance(error, errors.Throttled)
    assert error.retry_after == seconds


@pytest.mark.parametrize(
    "code", ["TooManyRequestsException", "NotAuthorizedException", "ConcurrentModificationException"]
)
def test_an_error_survives_pickling(code: str, stub: Stubber, endpoint: CellEndpoint) -> None:
    error = fail_with(stub, endpoint, code)
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 -- our own bytes.
    assert type(copy) is type(error)
    assert (str(copy), vars(copy)) == (str(error), vars(error))


@pytest.mark.parametrize("code", sorted(UNKNOWN_OPERATION_CODES))
def test_an_operation_that_the_endpoint_lacks(code: str, stub: Stubber, endpoint: CellEndpoint) -> None:
    assert type(fail_with(stub, endpoint, code)) is errors.UnsupportedByEndpoint


def test_a_request_that_does_not_fit_the_model(endpoint: CellEndpoint) -> None:
    with pytest.raises(errors.InvalidRequest, match="UserPoolId") as raised:
        call(endpoint, WRITE, {}, priority=Priority.BULK)
    assert isinstance(raised.value.__cause__, sdk.ParamValidationError)


def test_no_credentials(monkeypatch: pytest.MonkeyPatch, endpoint: CellEndpoint) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    error = fail(endpoint)
    assert isinstance(error, errors.AccessDenied)
    assert "credentials" in error.remedy


@pytest.fixture
def silent_server() -> Iterator[str]:
    """A server that takes the request and hangs up without an answer."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)

        thread = threading.Thread(target=hang_up)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_a_dropped_connection_is_ambiguous_after_a_write_only(silent_server: str) -> None:
    endpoint = CellEndpoint("silent", "eu-west-1", endpoint_url=silent_server)
    written, read = fail(endpoint, WRITE), fail(endpoint, READ)
    assert (type(written), type(read)) == (errors.AmbiguousOutcome, errors.Transient)
    assert isinstance(written.__cause__, sdk.ConnectionClosedError)


def test_a_closed_port_is_not_ambiguous() -> None:
    port = Ports.unused().cognito
    error = fail(CellEndpoint("closed", "eu-west-1", endpoint_url=f"http://127.0.0.1:{port}"), WRITE)
    assert type(error) is errors.Transient
    assert isinstance(error.__cause__, sdk.EndpointConnectionError)


@pytest.mark.parametrize(
    ("error", "operation", "expected"),
    [
        (sdk.ReadTimeoutError(endpoint_url="x"), WRITE, errors.AmbiguousOutcome),
        (sdk.ReadTimeoutError(endpoint_url="x"), READ, errors.Transient),
        (sdk.ConnectTimeoutError(endpoint_url="x"), WRITE, errors.Transient),
        (sdk.SSLError(endpoint_url="x", error=OSError("broken")), WRITE, errors.AmbiguousOutcome),
        (ResponseParserError("not JSON"), WRITE, errors.AmbiguousOutcome),
        (sdk.CredentialRetrievalError(provider="x", error_msg="y"), READ, errors.AccessDenied),
    ],
)
def test_failures_without_an_answer(error: Exception, operation: str, expected: type[CognitoError]) -> None:
    assert isinstance(error, SDK_ERRORS)
    assert type(translate(error, operation)) is expected


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("AccessDenied", 403, errors.AccessDenied),
        ("InternalFailure", 500, errors.Transient),
        ("InvalidAction", 400, errors.Rejected),
    ],
)
def test_assuming_the_role_failed_before_anything_was_sent(
    code: str, status: int, expected: type[CognitoError]
) -> None:
    answer: Any = {
        "Error": {"Code": code, "Message": "No."},
        "ResponseMetadata": {"HTTPStatusCode": status, "RequestId": "r"},
    }
    error = translate(sdk.ClientError(answer, "AssumeRole"), WRITE)
    assert type(error) is expected
    assert error.operation == "AssumeRole"


@pytest.mark.parametrize(
    ("operation", "words"),
    [("CreateUserPool", "user pools per Region"), ("AddCustomAttributes", "custom attributes per user pool")],
)
def test_a_full_quota_is_named(operation: str, words: str) -> None:
    error = refusal_for("LimitExceededException", "").raised_by(operation, "", code="LimitExceededException")
    assert words in error.reason
    assert "Service Quotas" in error.remedy


@pytest.mark.parametrize(
    ("operation", "action"), [("UpdateUserPool", "cognito-idp:UpdateUserPool"), ("AssumeRole", "sts:AssumeRole")]
)
def test_a_lack_of_permission_names_the_action(operation: str, action: str) -> None:
    error = refusal_for("AccessDeniedException", "").raised_by(operation, "", code="AccessDeniedException")
    assert action in error.remedy


@pytest.mark.parametrize(
    ("code", "message", "remedy"),
    [
        ("InvalidEmailRoleAccessPolicyException", "", "SES identity"),
        ("InvalidParameterException", "Cognito is not allowed to use your email identity.", "SES identity"),
        ("InvalidSmsRoleTrustRelationshipException", "", "SMS role"),
        ("TierChangeNotAllowedException", "", "Switch off the features"),
    ],
)
def test_what_a_pool_depends_on_is_named(code: str, message: str, remedy: str) -> None:
    assert remedy in refusal_for(code, message).raised_by("UpdateUserPool", message, code=code).remedy
