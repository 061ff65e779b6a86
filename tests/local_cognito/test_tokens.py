"""Claims, lifetimes, refreshing, rotation and revocation."""

from typing import Any

import jwt
import pytest
from botocore.exceptions import ClientError
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

from tests.local_cognito.cast import OTHER_PASSWORD, PASSWORD, Place, make_place
from tests.local_cognito.mailbox import Mailbox
from tests.local_cognito.refusals import refusal
from tests.local_cognito.running import RunningCognito
from tests.support.codes import code_in


def _claims(token: str) -> dict[str, Any]:
    claims: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
    return claims


def _signed_in(place: Place, username: str = "ada") -> Any:
    return place.password_sign_in(username)["AuthenticationResult"]


def _refresh(place: Place, token: str, username: str = "ada") -> Any:
    extra = {} if place.secret is None else {"SECRET_HASH": place.secret_hash(username)}
    return place.idp.initiate_auth(
        ClientId=place.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": token, **extra}
    )["AuthenticationResult"]


def _refused(caught: pytest.ExceptionInfo[ClientError]) -> str:
    return refusal(caught)[0]


def test_groups_and_roles_are_claims(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp)
    place.add_user("ada")
    for name, precedence in (("members", 9), ("admins", 1)):
        role = f"arn:aws:iam::123456789012:role/{name}"
        idp.create_group(UserPoolId=place.pool_id, GroupName=name, Precedence=precedence, RoleArn=role)
        idp.admin_add_user_to_group(UserPoolId=place.pool_id, Username="ada", GroupName=name)
    result = _signed_in(place)
    identity, access = _claims(result["IdToken"]), _claims(result["AccessToken"])
    assert identity["cognito:groups"] == access["cognito:groups"] == ["admins", "members"]
    assert identity["cognito:preferred_role"] == "arn:aws:iam::123456789012:role/admins"
    assert identity["origin_jti"] == access["origin_jti"]
    assert "email" not in access


def test_client_sees_what_it_may_read(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp, ReadAttributes=["email"])
    place.add_user("ada", email="a@acme.example", given_name="Ada")
    result = _signed_in(place)
    assert "given_name" not in _claims(result["IdToken"])
    seen = {item["Name"] for item in idp.get_user(AccessToken=result["AccessToken"])["UserAttributes"]}
    assert seen == {"sub", "email"}


def test_lifetimes_are_the_clients(own_cognito: RunningCognito) -> None:
    units = {"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "hours"}
    place = make_place(
        own_cognito.client(),
        AccessTokenValidity=10,
        IdTokenValidity=20,
        RefreshTokenValidity=2,
        TokenValidityUnits=units,
    )
    place.add_user("ada")
    result = _signed_in(place)
    access, identity = _claims(result["AccessToken"]), _claims(result["IdToken"])
    assert (access["exp"] - access["iat"], identity["exp"] - identity["iat"]) == (600, 1200)
    assert result["ExpiresIn"] == 600
    own_cognito.advance(601)
    with pytest.raises(ClientError) as caught:
        place.idp.get_user(AccessToken=result["AccessToken"])
    assert refusal(caught) == ("NotAuthorizedException", "Access Token has expired")
    again = _claims(_refresh(place, result["RefreshToken"])["AccessToken"])
    assert again["auth_time"] == access["auth_time"]
    own_cognito.advance(7200)
    with pytest.raises(ClientError) as caught:
        _refresh(place, result["RefreshToken"])
    assert refusal(caught) == ("NotAuthorizedException", "Refresh Token has expired")


@pytest.mark.parametrize("end", ["sign_out", "admin_sign_out", "disable", "delete", "revoke"])
def test_revocation_ends_access_and_refresh(idp: CognitoIdentityProviderClient, end: str) -> None:
    place = make_place(idp, confidential=True)
    place.add_user("ada")
    result = _signed_in(place)
    named: Any = {"UserPoolId": place.pool_id, "Username": "ada"}
    if end == "sign_out":
        idp.global_sign_out(AccessToken=result["AccessToken"])
    elif end == "admin_sign_out":
        idp.admin_user_global_sign_out(**named)
    elif end == "disable":
        idp.admin_disable_user(**named)
        idp.admin_enable_user(**named)
    elif end == "delete":
        idp.admin_delete_user(**named)
    else:
        assert place.secret is not None
        idp.revoke_token(Token=result["RefreshToken"], ClientId=place.client_id, ClientSecret=place.secret)
    with pytest.raises(ClientError) as caught:
        idp.get_user(AccessToken=result["AccessToken"])
    assert _refused(caught) == ("UserNotFoundException" if end == "delete" else "NotAuthorizedException")
    with pytest.raises(ClientError) as caught:
        _refresh(place, result["RefreshToken"])
    assert _refused(caught) == "NotAuthorizedException"


def test_revoke_token_demands_the_secret_and_the_feature(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp, confidential=True)
    place.add_user("ada")
    result = _signed_in(place)
    with pytest.raises(ClientError) as caught:
        idp.revoke_token(Token=result["RefreshToken"], ClientId=place.client_id)
    assert _refused(caught) == "UnauthorizedException"
    assert place.secret is not None
    with pytest.raises(ClientError) as caught:
        idp.revoke_token(Token=result["AccessToken"], ClientId=place.client_id, ClientSecret=place.secret)
    assert _refused(caught) == "UnsupportedTokenTypeException"
    without = make_place(idp, EnableTokenRevocation=False)
    without.add_user("ada")
    result = _signed_in(without)
    assert "origin_jti" not in _claims(result["AccessToken"])
    with pytest.raises(ClientError) as caught:
        idp.revoke_token(Token=result["RefreshToken"], ClientId=without.client_id)
    assert _refused(caught) == "UnsupportedOperationException"


def test_refresh_token_belongs_to_its_client(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp)
    place.add_user("ada")
    other = idp.create_user_pool_client(UserPoolId=place.pool_id, ClientName="other")["UserPoolClient"]["ClientId"]
    with pytest.raises(ClientError) as caught:
        _refresh(Place(idp, place.pool_id, other, None), _signed_in(place)["RefreshToken"])
    assert refusal(caught) == ("NotAuthorizedException", "Invalid Refresh Token")


def test_rotation(own_cognito: RunningCognito) -> None:
    flows = ["ALLOW_USER_PASSWORD_AUTH"]
    rotation = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 60}
    place = make_place(own_cognito.client(), confidential=True, ExplicitAuthFlows=flows, RefreshTokenRotation=rotation)
    place.add_user("ada")
    first = _signed_in(place)["RefreshToken"]
    assert place.secret is not None
    common: Any = {"ClientId": place.client_id, "ClientSecret": place.secret}
    second = place.idp.get_tokens_from_refresh_token(RefreshToken=first, **common)["AuthenticationResult"]
    assert second["RefreshToken"] != first
    assert (
        "RefreshToken" in place.idp.get_tokens_from_refresh_token(RefreshToken=first, **common)["AuthenticationResult"]
    )
    own_cognito.advance(61)
    with pytest.raises(ClientError) as caught:
        place.idp.get_tokens_from_refresh_token(RefreshToken=first, **common)
    assert _refused(caught) == "RefreshTokenReuseException"
    place.idp.get_tokens_from_refresh_token(RefreshToken=second["RefreshToken"], **common)
    with pytest.raises(ClientError) as caught:
        _refresh(place, second["RefreshToken"])
    assert _refused(caught) == "InvalidParameterException"


def test_foreign_and_broken_access_tokens_are_refused(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp)
    place.add_user("ada")
    result = _signed_in(place)
    head, body, signature = result["AccessToken"].split(".")
    forged = jwt.encode(_claims(result["AccessToken"]), "k" * 32, algorithm="HS256")
    for token in ("nonsense", f"{head}.{body}.{signature[:-8]}AAAAAAAA", result["IdToken"], forged):
        with pytest.raises(ClientError) as caught:
            idp.get_user(AccessToken=token)
        assert refusal(caught) == ("NotAuthorizedException", "Invalid Access Token")


def test_change_password(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp)
    place.add_user("ada")
    access = _signed_in(place)["AccessToken"]
    with pytest.raises(ClientError) as caught:
        idp.change_password(AccessToken=access, PreviousPassword=OTHER_PASSWORD, ProposedPassword=OTHER_PASSWORD)
    assert _refused(caught) == "NotAuthorizedException"
    idp.change_password(AccessToken=access, PreviousPassword=PASSWORD, ProposedPassword=OTHER_PASSWORD)
    assert "AuthenticationResult" in place.password_sign_in("ada", OTHER_PASSWORD)


def test_forgotten_password(idp: CognitoIdentityProviderClient, mailbox: Mailbox) -> None:
    place, address = make_place(idp), "forgetful@acme.example"
    place.add_user("ada", email=address, email_verified="true")
    details = idp.forgot_password(ClientId=place.client_id, Username="ada")["CodeDeliveryDetails"]
    assert details == {"Destination": "f***@a***", "DeliveryMedium": "EMAIL", "AttributeName": "email"}
    code = code_in(mailbox.text_to(address))
    common: Any = {"ClientId": place.client_id, "Username": "ada"}
    with pytest.raises(ClientError) as caught:
        idp.confirm_forgot_password(ConfirmationCode="x", Password=OTHER_PASSWORD, **common)
    assert _refused(caught) == "CodeMismatchException"
    with pytest.raises(ClientError) as caught:
        idp.confirm_forgot_password(ConfirmationCode=code, Password="weak", **common)
    assert _refused(caught) == "InvalidPasswordException"
    idp.confirm_forgot_password(ConfirmationCode=code, Password=OTHER_PASSWORD, **common)
    with pytest.raises(ClientError) as caught:
        idp.confirm_forgot_password(ConfirmationCode=code, Password=PASSWORD, **common)
    assert _refused(caught) == "ExpiredCodeException"
    assert "AuthenticationResult" in place.password_sign_in("ada", OTHER_PASSWORD)


def test_reset_by_an_administrator(idp: CognitoIdentityProviderClient, mailbox: Mailbox) -> None:
    place, address = make_place(idp), "reset@acme.example"
    place.add_user("ada", email=address, email_verified="true")
    idp.admin_reset_user_password(UserPoolId=place.pool_id, Username="ada")
    with pytest.raises(ClientError) as caught:
        place.password_sign_in("ada")
    assert _refused(caught) == "PasswordResetRequiredException"
    idp.confirm_forgot_password(
        ClientId=place.client_id,
        Username="ada",
        ConfirmationCode=code_in(mailbox.text_to(address)),
        Password=OTHER_PASSWORD,
    )
    assert "AuthenticationResult" in place.password_sign_in("ada", OTHER_PASSWORD)


def test_reset_needs_a_verified_address_and_a_confirmed_user(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp)
    place.add_user("ada", email="unverified@acme.example")
    with pytest.raises(ClientError) as caught:
        idp.forgot_password(ClientId=place.client_id, Username="ada")
    assert _refused(caught) == "InvalidParameterException"
    idp.admin_create_user(UserPoolId=place.pool_id, Username="grace", MessageAction="SUPPRESS")
    with pytest.raises(ClientError) as caught:
        idp.forgot_password(ClientId=place.client_id, Username="grace")
    assert _refused(caught) == "NotAuthorizedException"


def test_forgotten_password_does_not_tell_who_exists(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp, PreventUserExistenceErrors="ENABLED")
    assert "CodeDeliveryDetails" in idp.forgot_password(ClientId=place.client_id, Username="nobody")
    with pytest.raises(ClientError) as caught:
        idp.confirm_forgot_password(
            ClientId=place.client_id, Username="nobody", ConfirmationCode="1", Password=PASSWORD
        )
    assert _refused(caught) == "ExpiredCodeException"
