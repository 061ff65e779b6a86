"""Lambda triggers: what functions are told, and what comes of what they answer."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_cognito.browser import claims_of, make_app
from tests.local_cognito.cast import OTHER_PASSWORD, PASSWORD, Place, make_place
from tests.local_cognito.lambdas import Event, Function
from tests.local_cognito.mailbox import Mailbox
from tests.local_cognito.refusals import refusal
from tests.local_cognito.running import RunningCognito
from tests.support.codes import code_in
from tests.support.oidc_idp import OidcIdp


@pytest.fixture
def function(cognito: RunningCognito) -> Iterator[Function]:
    running = Function("under-test")
    cognito.control("POST", "functions", {running.arn: running.address})
    yield running
    cognito.control("POST", "functions", {running.arn: None})
    running.stop()


def place_with(cognito: RunningCognito, triggers: dict[str, Any], **client: Any) -> Place:
    place = make_place(cognito.client(), pool={"LambdaConfig": triggers}, **client)
    place.add_user("ann", email="ann@acme.example", email_verified="true", name="Ann")
    return place


def tokens_of(answer: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The claims of the ID and the access token."""
    result = answer["AuthenticationResult"]
    return claims_of(result["IdToken"]), claims_of(result["AccessToken"])


def versioned(function: Function, version: str) -> dict[str, Any]:
    return {"PreTokenGenerationConfig": {"LambdaVersion": version, "LambdaArn": function.arn}}


def test_pre_authentication_is_told_who_comes_and_may_refuse(cognito: RunningCognito, function: Function) -> None:
    place = place_with(cognito, {"PreAuthentication": function.arn})
    place.idp.initiate_auth(
        ClientId=place.client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ann", "PASSWORD": PASSWORD},
        ClientMetadata={"from": "a test"},
    )
    [event] = function.events
    sub = event["request"]["userAttributes"]["sub"]
    assert event == {
        "version": "1",
        "triggerSource": "PreAuthentication_Authentication",
        "region": "us-east-1",
        "userPoolId": place.pool_id,
        "userName": "ann",
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": place.client_id},
        "request": {
            "userAttributes": {
                "sub": sub,
                "cognito:user_status": "CONFIRMED",
                "email": "ann@acme.example",
                "email_verified": "true",
                "name": "Ann",
            },
            "validationData": {"from": "a test"},
        },
        "response": {},
    }
    function.refuses("Not from here.")
    with pytest.raises(ClientError) as caught:
        place.password_sign_in("ann")
    assert refusal(caught) == (
        "UserLambdaValidationException",
        "PreAuthentication failed with error Not from here.",
    )


def test_nobody_reaches_the_function_only_where_existence_is_hidden(
    cognito: RunningCognito, function: Function
) -> None:
    triggers = {"PreAuthentication": function.arn}
    for client, code in (({}, "UserNotFoundException"), ({"PreventUserExistenceErrors": "ENABLED"}, "NotAuthorized")):
        place = place_with(cognito, triggers, **client)
        with pytest.raises(ClientError) as caught:
            place.password_sign_in("nobody")
        assert refusal(caught)[0].startswith(code)
    [event] = function.events
    assert event["request"] == {"userAttributes": {}, "userNotFound": True}
    assert event["userName"] == "nobody"


def test_a_refusal_after_the_password_gives_no_tokens(cognito: RunningCognito, function: Function) -> None:
    place = place_with(cognito, {"PostAuthentication": function.arn})
    function.refuses("Not today")
    with pytest.raises(ClientError) as caught:
        place.password_sign_in("ann")
    assert refusal(caught)[1] == "PostAuthentication failed with error Not today."
    [event] = function.events
    assert event["request"]["newDeviceUsed"] is False
    assert "validationData" not in event["request"]
    function.does = lambda told: told
    # By SRP: the exchange is undone while the function is asked, and still good once.
    assert "AuthenticationResult" in place.srp("ann").authenticate_user()
    assert [event["triggerSource"] for event in function.events] == ["PostAuthentication_Authentication"] * 2


def test_a_function_may_call_the_service_meanwhile(cognito: RunningCognito, function: Function) -> None:
    place = place_with(cognito, {"PostAuthentication": function.arn, "PreTokenGeneration": function.arn})

    def rename(event: Event) -> Event:
        if event["triggerSource"].startswith("Post"):
            cognito.client().admin_update_user_attributes(
                UserPoolId=event["userPoolId"],
                Username=event["userName"],
                UserAttributes=[{"Name": "name", "Value": "Ann the second"}],
            )
        return event

    function.does = rename
    identity, _access = tokens_of(place.password_sign_in("ann"))
    assert identity["name"] == "Ann the second"
    assert [event["triggerSource"] for event in function.events] == [
        "PostAuthentication_Authentication",
        "TokenGeneration_Authentication",
    ]
    assert function.events[1]["request"]["userAttributes"]["name"] == "Ann the second"


def test_a_reset_password_stays_whatever_the_function_says(
    cognito: RunningCognito, function: Function, mailbox: Mailbox
) -> None:
    place = place_with(cognito, {"PostConfirmation": function.arn})
    place.idp.forgot_password(ClientId=place.client_id, Username="ann")
    code = code_in(mailbox.text_to("ann@acme.example"))
    function.refuses("Too bad")
    with pytest.raises(ClientError) as caught:
        place.idp.confirm_forgot_password(
            ClientId=place.client_id,
            Username="ann",
            ConfirmationCode=code,
            Password=OTHER_PASSWORD,
            ClientMetadata={"why": "forgot"},
        )
    assert refusal(caught)[0] == "UserLambdaValidationException"
    assert "AuthenticationResult" in place.password_sign_in("ann", OTHER_PASSWORD)
    [event] = function.events
    assert event["triggerSource"] == "PostConfirmation_ConfirmForgotPassword"
    assert event["request"]["clientMetadata"] == {"why": "forgot"}


def test_version_one_changes_the_id_token_and_groups(cognito: RunningCognito, function: Function) -> None:
    place = place_with(cognito, {"PreTokenGeneration": function.arn})
    role = "arn:aws:iam::123456789012:role/staff"
    place.idp.create_group(UserPoolId=place.pool_id, GroupName="staff", RoleArn=role, Precedence=1)
    place.idp.admin_add_user_to_group(UserPoolId=place.pool_id, Username="ann", GroupName="staff")
    details: dict[str, Any] = {
        "claimsToAddOrOverride": {"org_id": "acme", "sub": "somebody-else", "cognito:username": "root", "aud": "x"},
        "claimsToSuppress": ["email", "token_use"],
    }
    function.answers(claimsOverrideDetails=details)
    identity, access = tokens_of(place.password_sign_in("ann"))
    [event] = function.events
    assert (event["version"], "scopes" in event["request"]) == ("1", False)
    assert event["request"]["groupConfiguration"] == {
        "groupsToOverride": ["staff"],
        "iamRolesToOverride": [role],
        "preferredRole": role,
    }
    assert (identity["org_id"], identity["token_use"], identity["aud"]) == ("acme", "id", place.client_id)
    assert identity["sub"] == access["sub"] != "somebody-else"
    assert identity["cognito:username"] == "ann"
    assert "email" not in identity
    assert "org_id" not in access
    assert (identity["cognito:groups"], identity["cognito:preferred_role"]) == (["staff"], role)
    function.answers(claimsOverrideDetails={"groupOverrideDetails": {"groupsToOverride": ["others"]}})
    identity, access = tokens_of(place.password_sign_in("ann"))
    assert (identity["cognito:groups"], access["cognito:groups"]) == (["others"], ["others"])
    assert "cognito:roles" not in identity
    function.answers(claimsOverrideDetails={"groupOverrideDetails": {}})
    assert "cognito:groups" not in tokens_of(place.password_sign_in("ann"))[1]


def test_version_two_changes_both_tokens_and_scopes(cognito: RunningCognito, function: Function) -> None:
    place = place_with(cognito, versioned(function, "V2_0"))
    access_changes = {
        "claimsToAddOrOverride": {"org": {"id": "acme", "tiers": [1, 2]}, "aud": place.client_id, "scope": "all"},
        "scopesToAdd": ["orders.read"],
        "scopesToSuppress": ["aws.cognito.signin.user.admin"],
    }
    identity_changes = {"claimsToAddOrOverride": {"number": 7}, "claimsToSuppress": ["name"]}
    function.answers(
        claimsAndScopeOverrideDetails={
            "idTokenGeneration": identity_changes,
            "accessTokenGeneration": access_changes,
            "groupOverrideDetails": None,
        }
    )
    answer = place.password_sign_in("ann")
    identity, access = tokens_of(answer)
    assert function.events[0]["version"] == "2"
    assert function.events[0]["request"]["scopes"] == ["aws.cognito.signin.user.admin"]
    assert (access["org"], access["aud"], access["scope"]) == (
        {"id": "acme", "tiers": [1, 2]},
        place.client_id,
        "orders.read",
    )
    assert (identity["number"], "name" in identity, "org" in identity) == (7, False, False)
    # A renewal asks again, and is told its own source.
    function.does = lambda event: event
    place.idp.get_tokens_from_refresh_token(
        ClientId=place.client_id,
        RefreshToken=answer["AuthenticationResult"]["RefreshToken"],
        ClientMetadata={"a": "b"},
    )
    assert function.events[-1]["triggerSource"] == "TokenGeneration_RefreshTokens"
    assert function.events[-1]["request"]["clientMetadata"] == {"a": "b"}
    # Without the scope the access token is no good for the user's own operations.
    with pytest.raises(ClientError) as caught:
        place.idp.get_user(AccessToken=answer["AuthenticationResult"]["AccessToken"])
    assert refusal(caught)[1] == "Access Token does not have required scopes"


@pytest.mark.parametrize(
    ("version", "answer"),
    [
        ("V1_0", {"response": {"claimsOverrideDetails": {"claimsToAddOrOverride": {"number": 7}}}}),
        ("V1_0", {"response": {"claimsOverrideDetails": {"claimsToSupress": ["email"]}}}),
        ("V1_0", {"response": {"claimsOverrideDetails": {"groupOverrideDetails": {"groupsToOverride": "staff"}}}}),
        ("V2_0", {"response": {"claimsAndScopeOverrideDetails": {"accessTokenGeneration": {"scopesToAdd": ["a b"]}}}}),
        (
            "V2_0",
            {
                "response": {
                    "claimsAndScopeOverrideDetails": {"accessTokenGeneration": {"claimsToAddOrOverride": {"aud": "x"}}}
                }
            },
        ),
        ("V2_0", {}),
        ("V2_0", None),
        ("V2_0", ["response"]),
    ],
)
def test_an_answer_of_another_form_fails_the_sign_in(
    cognito: RunningCognito, function: Function, version: str, answer: Any
) -> None:
    place = place_with(cognito, versioned(function, version))
    function.does = lambda _event: answer
    with pytest.raises(ClientError) as caught:
        place.password_sign_in("ann")
    assert refusal(caught)[0] == "InvalidLambdaResponseException"


def test_a_temporary_password_is_a_source_of_its_own(cognito: RunningCognito, function: Function) -> None:
    place = place_with(cognito, {"PreTokenGeneration": function.arn})
    place.idp.admin_set_user_password(UserPoolId=place.pool_id, Username="ann", Password=PASSWORD, Permanent=False)
    session = place.password_sign_in("ann")["Session"]
    place.respond("NEW_PASSWORD_REQUIRED", session, "ann", NEW_PASSWORD=OTHER_PASSWORD)
    assert function.events[-1]["triggerSource"] == "TokenGeneration_NewPasswordChallenge"


def test_who_does_not_answer_fails_the_sign_in(cognito: RunningCognito, function: Function) -> None:
    place = place_with(cognito, {"PreAuthentication": function.arn})
    nowhere = Function("gone")
    nowhere.stop()
    cognito.control("POST", "functions", {function.arn: nowhere.address})
    with pytest.raises(ClientError) as caught:
        place.password_sign_in("ann")
    assert refusal(caught)[0] == "UnexpectedLambdaException"
    # A function that nobody said where it is counts as none, as long as a test or a demo has no use for it.
    cognito.control("POST", "functions", {function.arn: None})
    assert "AuthenticationResult" in place.password_sign_in("ann")
    assert cognito.control("GET", "functions") == {}


def test_whoever_comes_by_an_identity_provider_gets_changed_tokens_too(
    cognito: RunningCognito, function: Function, provider: OidcIdp
) -> None:
    app = make_app(cognito, "OIDC", provider.details(), pool={"LambdaConfig": versioned(function, "V2_0")})
    function.answers(
        claimsAndScopeOverrideDetails={
            "idTokenGeneration": {"claimsToAddOrOverride": {"org_id": "acme"}},
            "accessTokenGeneration": {"claimsToAddOrOverride": {"org_id": "acme"}},
        }
    )
    tokens = app.signed_in(app.through_oidc())
    assert {claims_of(tokens[kind])["org_id"] for kind in ("id_token", "access_token")} == {"acme"}
    assert function.events[0]["triggerSource"] == "TokenGeneration_HostedAuth"
    assert "openid" in function.events[0]["request"]["scopes"]
    function.refuses("No more")
    refused = app.token(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert (refused.status_code, refused.json()["error_description"]) == (
        400,
        "PreTokenGeneration failed with error No more.",
    )
