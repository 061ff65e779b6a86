"""Sign-in: flows, secrets, challenges, lockout."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

from tests.local_cognito.cast import OTHER_PASSWORD, PASSWORD, Place, make_place
from tests.local_cognito.refusals import refusal
from tests.local_cognito.running import RunningCognito

TEMPORARY = "Temporary-Word-1"


def _invited(place: Place, username: str = "ada") -> str:
    """An invited user who has just given the temporary password; the challenge's session."""
    place.idp.admin_create_user(
        UserPoolId=place.pool_id, Username=username, TemporaryPassword=TEMPORARY, MessageAction="SUPPRESS"
    )
    answer = place.password_sign_in(username, TEMPORARY)
    assert answer["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    session: str = answer["Session"]
    return session


def _code(caught: pytest.ExceptionInfo[ClientError]) -> str:
    return refusal(caught)[0]


def test_flows_must_be_allowed(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp, ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"])
    place.add_user("ada")
    with pytest.raises(ClientError) as caught:
        place.password_sign_in("ada")
    assert refusal(caught) == ("InvalidParameterException", "USER_PASSWORD_AUTH flow not enabled for this client")
    admin: Any = {"UserPoolId": place.pool_id, "ClientId": place.client_id}
    with pytest.raises(ClientError) as caught:
        idp.admin_initiate_auth(
            AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "ada", "PASSWORD": PASSWORD}, **admin
        )
    assert _code(caught) == "InvalidParameterException"


def test_admin_flow_is_for_administrators_only(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp)
    place.add_user("ada")
    parameters = {"USERNAME": "ada", "PASSWORD": PASSWORD}
    answer = idp.admin_initiate_auth(
        UserPoolId=place.pool_id,
        ClientId=place.client_id,
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters=parameters,
    )
    assert answer["AuthenticationResult"]["TokenType"] == "Bearer"
    with pytest.raises(ClientError) as caught:
        idp.initiate_auth(ClientId=place.client_id, AuthFlow="ADMIN_USER_PASSWORD_AUTH", AuthParameters=parameters)
    assert _code(caught) == "InvalidParameterException"


def test_flow_that_is_not_built_says_so(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp)
    with pytest.raises(ClientError) as caught:
        idp.initiate_auth(ClientId=place.client_id, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": "ada"})
    assert _code(caught) == "UnsupportedOperationException"


def test_secret_hash_is_checked_on_every_call(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp, confidential=True)
    place.add_user("ada", email="ada@acme.example", email_verified="true")
    right = {"USERNAME": "ada", "PASSWORD": PASSWORD}
    for extra in ({}, {"SECRET_HASH": place.secret_hash("grace")}):
        with pytest.raises(ClientError) as caught:
            idp.initiate_auth(
                ClientId=place.client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={**right, **extra}
            )
        assert _code(caught) == "NotAuthorizedException"
        wrong: Any = {} if not extra else {"SecretHash": extra["SECRET_HASH"]}
        with pytest.raises(ClientError) as caught:
            idp.forgot_password(ClientId=place.client_id, Username="ada", **wrong)
        assert _code(caught) == "NotAuthorizedException"
    session = _invited(place, "grace")
    with pytest.raises(ClientError) as caught:
        idp.respond_to_auth_challenge(
            ClientId=place.client_id,
            ChallengeName="NEW_PASSWORD_REQUIRED",
            Session=session,
            ChallengeResponses={"USERNAME": "grace", "NEW_PASSWORD": PASSWORD},
        )
    assert _code(caught) == "NotAuthorizedException"
    refresh = place.password_sign_in("ada")["AuthenticationResult"]["RefreshToken"]
    with pytest.raises(ClientError) as caught:
        idp.initiate_auth(
            ClientId=place.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": refresh}
        )
    assert _code(caught) == "NotAuthorizedException"


def test_temporary_password_must_be_replaced(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp, confidential=True)
    session = _invited(place)
    with pytest.raises(ClientError) as caught:
        place.respond("NEW_PASSWORD_REQUIRED", session, "ada", NEW_PASSWORD="weak")
    assert _code(caught) == "InvalidPasswordException"
    answer = place.respond("NEW_PASSWORD_REQUIRED", session, "ada", NEW_PASSWORD=PASSWORD)
    assert "AuthenticationResult" in answer
    with pytest.raises(ClientError) as caught:
        place.respond("NEW_PASSWORD_REQUIRED", session, "ada", NEW_PASSWORD=OTHER_PASSWORD)
    assert _code(caught) == "NotAuthorizedException"
    assert "AuthenticationResult" in place.password_sign_in("ada", PASSWORD)


def test_required_attributes_are_asked_for(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp, pool={"Schema": [{"Name": "given_name", "Required": True}]})
    session = _invited(place)
    with pytest.raises(ClientError) as caught:
        place.respond("NEW_PASSWORD_REQUIRED", session, "ada", NEW_PASSWORD=PASSWORD)
    assert _code(caught) == "InvalidParameterException"
    name = {"userAttributes.given_name": "Ada"}
    assert "AuthenticationResult" in place.respond(
        "NEW_PASSWORD_REQUIRED", session, "ada", NEW_PASSWORD=PASSWORD, **name
    )


def test_session_belongs_to_client_user_and_step(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp)
    session = _invited(place)
    place.add_user("grace")
    other = idp.create_user_pool_client(UserPoolId=place.pool_id, ClientName="other")["UserPoolClient"]["ClientId"]
    attempts = [
        (place, "NEW_PASSWORD_REQUIRED", "grace", session),
        (place, "SOFTWARE_TOKEN_MFA", "ada", session),
        (place, "MFA_SETUP", "ada", session),
        (place, "NEW_PASSWORD_REQUIRED", "ada", "invented-session-invented-session"),
        (Place(idp, place.pool_id, other, None), "NEW_PASSWORD_REQUIRED", "ada", session),
    ]
    for where, name, username, handle in attempts:
        with pytest.raises(ClientError) as caught:
            where.respond(name, handle, username, NEW_PASSWORD=PASSWORD, SOFTWARE_TOKEN_MFA_CODE="000000")
        assert _code(caught) == "NotAuthorizedException"
    assert "AuthenticationResult" in place.respond("NEW_PASSWORD_REQUIRED", session, "ada", NEW_PASSWORD=PASSWORD)


def test_session_and_temporary_password_expire(own_cognito: RunningCognito) -> None:
    place = make_place(own_cognito.client(), AuthSessionValidity=4)
    session = _invited(place)
    own_cognito.advance(241)
    with pytest.raises(ClientError) as caught:
        place.respond("NEW_PASSWORD_REQUIRED", session, "ada", NEW_PASSWORD=PASSWORD)
    assert refusal(caught) == ("NotAuthorizedException", "Invalid session for the user, session is expired.")
    own_cognito.advance(7 * 86400)
    with pytest.raises(ClientError) as caught:
        place.password_sign_in("ada", TEMPORARY)
    assert "Temporary password has expired" in refusal(caught)[1]


def test_wrong_passwords_lock_and_the_lock_doubles(own_cognito: RunningCognito) -> None:
    place = make_place(own_cognito.client())
    place.add_user("ada")

    def refused(password: str) -> str:
        with pytest.raises(ClientError) as caught:
            place.password_sign_in("ada", password)
        return refusal(caught)[1]

    incorrect, locked = "Incorrect username or password.", "Password attempts exceeded"
    for seconds in (0, 0, 0, 0, 1, 2, 4, 8, 16):
        assert refused(OTHER_PASSWORD) == incorrect
        own_cognito.advance(seconds)
    # From here on a lock is so long that the test cannot outlast it by being slow.
    for seconds in (32, 64, 128, 256, 512, 900, 900):
        assert refused(OTHER_PASSWORD) == incorrect
        own_cognito.advance(seconds - 30)
        assert refused(PASSWORD) == locked
        own_cognito.advance(30)
    assert "AuthenticationResult" in place.password_sign_in("ada")
    assert refused(OTHER_PASSWORD) == incorrect
    assert "AuthenticationResult" in place.password_sign_in("ada")


def test_unknown_users_are_locked_alike(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp, PreventUserExistenceErrors="ENABLED")
    messages = []
    for _ in range(8):
        with pytest.raises(ClientError) as caught:
            place.password_sign_in("nobody")
        messages.append(refusal(caught))
    assert messages[:5] == [("NotAuthorizedException", "Incorrect username or password.")] * 5
    assert ("NotAuthorizedException", "Password attempts exceeded") in messages[5:]


def test_disabled_user_is_refused_only_with_the_right_password(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp)
    place.add_user("ada")
    idp.admin_disable_user(UserPoolId=place.pool_id, Username="ada")
    for password, message in ((OTHER_PASSWORD, "Incorrect username or password."), (PASSWORD, "User is disabled.")):
        with pytest.raises(ClientError) as caught:
            place.password_sign_in("ada", password)
        assert refusal(caught) == ("NotAuthorizedException", message)
    idp.admin_enable_user(UserPoolId=place.pool_id, Username="ada")
    assert "AuthenticationResult" in place.password_sign_in("ada")
