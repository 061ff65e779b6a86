"""Services that ministack serves, behind the same address."""

import json
import signal
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.local_cognito.cast import make_place
from tests.local_cognito.refusals import refusal
from tests.local_cognito.running import ACCOUNT, RunningCognito

ROLE = "lifeguard-cell"
EXTERNAL_ID = "tenant-7"


def _trusting_role(cognito: RunningCognito, account: str | None = None) -> str:
    iam = cognito.session(account).client("iam", endpoint_url=cognito.url)
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    arn: str = iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=policy)["Role"]["Arn"]
    return arn


def _client_of(cognito: RunningCognito, credentials: Any) -> Any:
    session = boto3.Session(
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        region_name="us-east-1",
    )
    return session.client("cognito-idp", endpoint_url=cognito.url)


def test_assumed_role_acts_in_its_account(own_cognito: RunningCognito) -> None:
    arn = _trusting_role(own_cognito)
    sts = own_cognito.session().client("sts", endpoint_url=own_cognito.url)
    with pytest.raises(ClientError) as caught:
        sts.assume_role(RoleArn=arn, RoleSessionName="worker", ExternalId="another")
    assert refusal(caught)[0] == "AccessDenied"
    credentials = sts.assume_role(RoleArn=arn, RoleSessionName="worker", ExternalId=EXTERNAL_ID)["Credentials"]
    pool = _client_of(own_cognito, credentials).create_user_pool(PoolName="assumed")["UserPool"]
    assert f":{ACCOUNT}:userpool/" in pool["Arn"]
    own_cognito.advance(13 * 3600)
    with pytest.raises(ClientError) as caught:
        _client_of(own_cognito, credentials).describe_user_pool(UserPoolId=pool["Id"])
    assert refusal(caught)[0] == "ExpiredTokenException"


def test_cell_in_another_account(own_cognito: RunningCognito) -> None:
    """A role of another account gives that account's pools; sign-in, which nobody signs, finds them by their client."""
    other = "111111111111"
    arn = _trusting_role(own_cognito, other)
    sts = own_cognito.session().client("sts", endpoint_url=own_cognito.url)
    credentials = sts.assume_role(RoleArn=arn, RoleSessionName="worker", ExternalId=EXTERNAL_ID)["Credentials"]
    place = make_place(_client_of(own_cognito, credentials))
    place.add_user("ada")
    assert "AuthenticationResult" in place.password_sign_in("ada")
    assert own_cognito.client(other).describe_user_pool(UserPoolId=place.pool_id)["UserPool"]["Id"] == place.pool_id
    with pytest.raises(ClientError) as caught:
        own_cognito.client().describe_user_pool(UserPoolId=place.pool_id)
    assert refusal(caught)[0] == "ResourceNotFoundException"


def test_invented_temporary_key_is_refused(cognito: RunningCognito) -> None:
    credentials = {"AccessKeyId": "ASIAINVENTED00000000", "SecretAccessKey": "x", "SessionToken": "y"}
    with pytest.raises(ClientError) as caught:
        _client_of(cognito, credentials).list_user_pools(MaxResults=1)
    assert refusal(caught)[0] == "UnrecognizedClientException"


def test_state_of_the_other_services_outlives_a_restart(own_cognito: RunningCognito) -> None:
    _trusting_role(own_cognito)
    assert own_cognito.stop() == 0
    own_cognito.restart()
    iam = own_cognito.session().client("iam", endpoint_url=own_cognito.url)
    assert iam.get_role(RoleName=ROLE)["Role"]["RoleName"] == ROLE


def test_ministack_starts_with_the_first_request_for_it_and_ends_with_the_gateway(own_cognito: RunningCognito) -> None:
    assert not (own_cognito.data / "ministack").exists()
    sts = own_cognito.session().client("sts", endpoint_url=own_cognito.url)
    assert sts.get_caller_identity()["Account"] == ACCOUNT
    assert (own_cognito.data / "ministack" / "ministack.log").exists()
    assert own_cognito.stop(signal.SIGINT) == 0


def test_signature_for_another_service_is_refused(cognito: RunningCognito) -> None:
    answer = cognito.post("ListUserPools", {"MaxResults": 1}, scope="test/20261121/us-east-1/sts")
    assert (answer.status_code, answer.json()["__type"]) == (400, "InvalidSignatureException")
