"""Identities of external providers, client secrets in pairs, and what users can sign in with."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

from tests.local_cognito.cast import PASSWORD, Place, make_place
from tests.local_cognito.refusals import refusal
from tests.local_cognito.test_clients import OIDC

LOCAL: Any = {"ProviderName": "Cognito", "ProviderAttributeValue": "ada"}


@pytest.fixture
def place(idp: CognitoIdentityProviderClient) -> Place:
    made = make_place(idp)
    made.add_user("ada")
    idp.create_identity_provider(
        UserPoolId=made.pool_id, ProviderName="okta", ProviderType="OIDC", ProviderDetails=OIDC
    )
    return made


def _source(value: str, attribute: str = "sub", provider: str = "okta") -> Any:
    return {"ProviderName": provider, "ProviderAttributeName": attribute, "ProviderAttributeValue": value}


def _link(place: Place, source: Any, destination: Any = LOCAL) -> None:
    place.idp.admin_link_provider_for_user(UserPoolId=place.pool_id, DestinationUser=destination, SourceUser=source)


def _identities(place: Place) -> list[str]:
    user = place.idp.admin_get_user(UserPoolId=place.pool_id, Username="ada")
    attributes = {item["Name"]: item.get("Value", "") for item in user["UserAttributes"]}
    return [item["userId"] for item in json.loads(attributes.get("identities", "[]"))]


def test_link_and_unlink(place: Place) -> None:
    for number in range(5):
        _link(place, _source(f"id-{number}"))
    with pytest.raises(ClientError) as caught:
        _link(place, _source("id-5"))
    assert refusal(caught)[0] == "LimitExceededException"
    assert _identities(place) == [f"id-{number}" for number in range(5)]
    place.idp.admin_disable_provider_for_user(UserPoolId=place.pool_id, User=_source("id-0"))
    assert _identities(place) == [f"id-{number}" for number in range(1, 5)]
    with pytest.raises(ClientError) as caught:
        place.idp.admin_disable_provider_for_user(UserPoolId=place.pool_id, User=_source("id-0"))
    assert refusal(caught)[0] == "UserNotFoundException"
    with pytest.raises(ClientError) as caught:
        _link(place, _source("id-1"))
    assert refusal(caught)[0] == "InvalidParameterException"


def test_five_attributes_of_a_provider(place: Place) -> None:
    for number in range(6):
        place.add_user(f"u{number}")
    for number in range(5):
        _link(place, _source("x", f"a{number}"), {**LOCAL, "ProviderAttributeValue": f"u{number}"})
    with pytest.raises(ClientError) as caught:
        _link(place, _source("x", "a5"), {**LOCAL, "ProviderAttributeValue": "u5"})
    assert refusal(caught)[0] == "LimitExceededException"


@pytest.mark.parametrize(
    ("source", "destination", "code"),
    [
        (_source("id"), {"ProviderName": "Cognito", "ProviderAttributeValue": "nobody"}, "UserNotFoundException"),
        (_source("id"), {"ProviderName": "Cognito"}, "InvalidParameterException"),
        (_source("id", provider="absent"), LOCAL, "ResourceNotFoundException"),
        ({"ProviderName": "okta"}, LOCAL, "InvalidParameterException"),
        (_source("signed-in"), LOCAL, "InvalidParameterException"),
        (_source("id", "email", "Google"), LOCAL, "InvalidParameterException"),
    ],
)
def test_impossible_link_is_refused(place: Place, source: Any, destination: Any, code: str) -> None:
    place.add_user("okta_signed-in")
    details: Any = {"client_id": "1", "client_secret": "2", "authorize_scopes": "openid"}
    place.idp.create_identity_provider(
        UserPoolId=place.pool_id, ProviderName="Google", ProviderType="Google", ProviderDetails=details
    )
    with pytest.raises(ClientError) as caught:
        _link(place, source, destination)
    assert refusal(caught)[0] == code


def test_local_sign_in_can_be_ended(place: Place) -> None:
    def factors() -> Any:
        found = place.idp.admin_get_user_auth_factors(UserPoolId=place.pool_id, Username="ada")
        return found["ConfiguredUserAuthFactors"]

    assert factors() == ["PASSWORD"]
    user = _source("ada", "Cognito_Subject", "Cognito")
    place.idp.admin_disable_provider_for_user(UserPoolId=place.pool_id, User=user)
    assert factors() == []
    with pytest.raises(ClientError) as caught:
        place.password_sign_in("ada", PASSWORD)
    assert refusal(caught)[0] == "NotAuthorizedException"


def test_two_secrets_of_a_client(idp: CognitoIdentityProviderClient) -> None:
    old = make_place(idp, confidential=True)
    old.add_user("ada")
    client: Any = {"UserPoolId": old.pool_id, "ClientId": old.client_id}
    with pytest.raises(ClientError) as caught:
        idp.add_user_pool_client_secret(**client, ClientSecret=str(old.secret))
    assert refusal(caught)[0] == "InvalidParameterException"
    chosen = "n" * 24
    added = idp.add_user_pool_client_secret(**client, ClientSecret=chosen)["ClientSecretDescriptor"]
    assert "ClientSecretValue" not in added
    with pytest.raises(ClientError) as caught:
        idp.add_user_pool_client_secret(**client)
    assert refusal(caught)[0] == "LimitExceededException"
    new = Place(idp, old.pool_id, old.client_id, chosen)
    assert "AuthenticationResult" in old.password_sign_in("ada")
    assert "AuthenticationResult" in new.password_sign_in("ada")
    listed = idp.list_user_pool_client_secrets(**client)["ClientSecrets"]
    assert [set(item) for item in listed] == [{"ClientSecretId", "ClientSecretCreateDate"}] * 2
    [first] = [item for item in listed if item["ClientSecretId"] != added["ClientSecretId"]]
    idp.delete_user_pool_client_secret(**client, ClientSecretId=first["ClientSecretId"])
    with pytest.raises(ClientError) as caught:
        old.password_sign_in("ada")
    assert refusal(caught)[0] == "NotAuthorizedException"
    idp.update_user_pool_client(**client, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"])
    assert "AuthenticationResult" in new.password_sign_in("ada")
    with pytest.raises(ClientError) as caught:
        idp.delete_user_pool_client_secret(**client, ClientSecretId=added["ClientSecretId"])
    assert refusal(caught)[0] == "InvalidParameterException"
    with pytest.raises(ClientError) as caught:
        idp.delete_user_pool_client_secret(**client, ClientSecretId=first["ClientSecretId"])
    assert refusal(caught)[0] == "ResourceNotFoundException"


def test_public_client_has_no_secrets(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp)
    with pytest.raises(ClientError) as caught:
        idp.add_user_pool_client_secret(UserPoolId=place.pool_id, ClientId=place.client_id)
    assert refusal(caught)[0] == "InvalidParameterException"
