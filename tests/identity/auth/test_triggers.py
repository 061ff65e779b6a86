"""A pool's own functions around a sign-in of ours."""

from collections.abc import Iterator

import boto3
import pytest

from identity.auth import AppClientRef, AuthMisconfigured, sign_in_with_password
from tests.identity.auth.conftest import PASSWORD, Person
from tests.local_cognito.lambdas import Function
from tests.support.cognito import LocalCognito


@pytest.fixture
def function(cognito: LocalCognito, app_client: AppClientRef) -> Iterator[Function]:
    """A function that the pool calls before and after each sign-in."""
    running = Function("of-the-pool")
    cognito.serve_functions({running.arn: running.address})
    region = app_client.endpoint.region
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=region)
    session.client("cognito-idp", endpoint_url=cognito.url).update_user_pool(
        UserPoolId=app_client.pool.pool_id,
        LambdaConfig={"PreAuthentication": running.arn, "PostAuthentication": running.arn},
    )
    yield running
    cognito.serve_functions({running.arn: None})
    running.stop()


def test_who_is_refused_by_a_function_is_told_of_no_fault_of_theirs(ann: Person, function: Function) -> None:
    """The password is right, and the operator has to look at the function: its words are for the log."""
    function.refuses("Only from the office")
    with pytest.raises(AuthMisconfigured) as raised:
        sign_in_with_password(ann.client, ann.username, PASSWORD)
    assert "Lambda trigger" in str(raised.value.reason)
    function.does = lambda event: event
    ann.sign_in()
    sources = [event["triggerSource"].partition("_")[0] for event in function.events]
    assert sources == ["PreAuthentication", "PreAuthentication", "PostAuthentication"]
