"""AWS JSON 1.1 and validation by botocore's service model."""

from typing import Any

import pytest

from tests.local_cognito.running import RunningCognito


def _refused(cognito: RunningCognito, operation: str, body: object, **kwargs: Any) -> tuple[str, str]:
    answer = cognito.post(operation, body, **kwargs)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/x-amz-json-1.1"
    assert answer.headers["x-amzn-errortype"] == answer.json()["__type"]
    return answer.json()["__type"], answer.json()["message"]


def test_length_is_worded_as_aws_words_it(cognito: RunningCognito) -> None:
    code, message = _refused(cognito, "CreateUserPool", {"PoolName": "x" * 129})
    assert code == "InvalidParameterException"
    assert message == (
        f"1 validation error detected: Value '{'x' * 129}' at 'poolName' failed to satisfy constraint: "
        "Member must have length less than or equal to 128"
    )


@pytest.mark.parametrize(
    ("operation", "body", "place", "constraint"),
    [
        ("CreateUserPool", {}, "poolName", "Member must not be null"),
        ("CreateUserPool", {"PoolName": "a/b"}, "poolName", "regular expression pattern"),
        ("CreateUserPool", {"PoolName": 7}, "poolName", "must be of type string"),
        ("CreateUserPool", {"PoolName": "a", "MfaConfiguration": "MAYBE"}, "mfaConfiguration", "enum value set"),
        ("CreateUserPool", {"PoolName": "a", "Colour": "red"}, "colour", "not in the model"),
        ("CreateUserPool", {"PoolName": "a", "Schema": []}, "schema", "greater than or equal to 1"),
        (
            "CreateUserPool",
            {"PoolName": "a", "Policies": {"PasswordPolicy": {"MinimumLength": 100}}},
            "policies.passwordPolicy.minimumLength",
            "value less than or equal to 99",
        ),
        ("ListUserPools", {"MaxResults": 61}, "maxResults", "value less than or equal to 60"),
        ("ListUserPools", {"MaxResults": True}, "maxResults", "must be of type integer"),
        (
            "AdminCreateUser",
            {"UserPoolId": "us-east-1_AAAAAAAAA", "Username": "a", "UserAttributes": [{"Value": "x"}]},
            "userAttributes.1.member.name",
            "Member must not be null",
        ),
        (
            "CreateIdentityProvider",
            {"UserPoolId": "us-east-1_A", "ProviderName": "acme_saml", "ProviderType": "OIDC", "ProviderDetails": {}},
            "providerName",
            "regular expression pattern",
        ),
    ],
)
def test_what_the_model_forbids_is_refused(
    cognito: RunningCognito, operation: str, body: dict[str, Any], place: str, constraint: str
) -> None:
    code, message = _refused(cognito, operation, body)
    assert code == "InvalidParameterException"
    assert f"at '{place}' failed" in message
    assert constraint in message


def test_a_password_is_not_repeated_in_an_error(cognito: RunningCognito) -> None:
    body = {"UserPoolId": "us-east-1_A", "Username": "a", "Password": "with space"}
    _, message = _refused(cognito, "AdminSetUserPassword", body)
    assert "at 'password' failed" in message
    assert "with space" not in message


@pytest.mark.parametrize("operation", ["CreateTerms", "AdminListUserAuthEvents", "MakeCoffee"])
def test_what_is_not_implemented_is_unknown(cognito: RunningCognito, operation: str) -> None:
    assert _refused(cognito, operation, {})[0] == "UnknownOperationException"


@pytest.mark.parametrize("body", [b"{", b"[]"])
def test_what_is_no_object_is_refused(cognito: RunningCognito, body: bytes) -> None:
    assert _refused(cognito, "ListUserPools", body)[0] == "SerializationException"


def test_administration_must_be_signed(cognito: RunningCognito) -> None:
    code, _ = _refused(cognito, "ListUserPools", {"MaxResults": 1}, scope=None)
    assert code == "MissingAuthenticationTokenException"
