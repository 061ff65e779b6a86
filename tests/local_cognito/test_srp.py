"""SRP against pycognito, an independent client."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest
from botocore.exceptions import ClientError
from jwt import PyJWKSet
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

from tests.local_cognito.browser import HTTP
from tests.local_cognito.cast import OTHER_PASSWORD, PASSWORD, Place, make_place
from tests.local_cognito.refusals import refusal
from tests.local_cognito.running import RunningCognito

# pycognito asks datetime for the time in a way that newer Pythons deprecate.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow")


@pytest.mark.parametrize("confidential", [False, True])
def test_right_password_gives_tokens(idp: CognitoIdentityProviderClient, confidential: bool) -> None:
    place = make_place(idp, confidential=confidential)
    sub = place.add_user("ada")
    result = place.srp("ada").authenticate_user()["AuthenticationResult"]
    claims = jwt.decode(result["IdToken"], options={"verify_signature": False})
    assert claims["sub"] == sub
    assert claims["cognito:username"] == "ada"
    assert claims["aud"] == place.client_id


def test_many_exchanges_survive_every_padding(idp: CognitoIdentityProviderClient) -> None:
    """Salts, public values and keys with leading zero bits and odd numbers of digits must all work."""
    place = make_place(idp)
    for number in range(24):
        place.add_user(f"user{number}", f"{PASSWORD}{number}")
        assert "AuthenticationResult" in place.srp(f"user{number}", f"{PASSWORD}{number}").authenticate_user()


def test_wrong_password_is_refused(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp)
    place.add_user("ada")
    with pytest.raises(ClientError) as caught:
        place.srp("ada", OTHER_PASSWORD).authenticate_user()
    assert refusal(caught) == ("NotAuthorizedException", "Incorrect username or password.")


def test_alias_signs_in_by_user_id_for_srp(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp, pool={"AliasAttributes": ["email"]})
    place.add_user("ada", email="ada@acme.example", email_verified="true")
    answer = _start(place, "ADA@acme.example")
    assert answer["ChallengeParameters"]["USER_ID_FOR_SRP"] == "ada"
    assert "AuthenticationResult" in place.srp("ada@acme.example").authenticate_user()


def _start(place: Place, username: str) -> Any:
    return place.idp.initiate_auth(
        ClientId=place.client_id, AuthFlow="USER_SRP_AUTH", AuthParameters=place.srp(username).get_auth_params()
    )


def _answer(place: Place, username: str, **changed: str) -> tuple[Any, dict[str, str]]:
    client = place.srp(username)
    started: Any = place.idp.initiate_auth(
        ClientId=place.client_id, AuthFlow="USER_SRP_AUTH", AuthParameters=client.get_auth_params()
    )
    responses = client.process_challenge(started["ChallengeParameters"], client.get_auth_params())
    return started, {**responses, **changed}


def _verify(place: Place, responses: dict[str, str]) -> Any:
    return place.idp.respond_to_auth_challenge(
        ClientId=place.client_id, ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=responses
    )


def test_exchange_works_once(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp)
    place.add_user("ada")
    _, responses = _answer(place, "ada")
    assert "AuthenticationResult" in _verify(place, responses)
    with pytest.raises(ClientError) as caught:
        _verify(place, responses)
    assert refusal(caught)[0] == "NotAuthorizedException"


def test_invented_secret_block_is_refused(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp)
    place.add_user("ada")
    _, responses = _answer(place, "ada", PASSWORD_CLAIM_SECRET_BLOCK="aW52ZW50ZWQ=")
    with pytest.raises(ClientError) as caught:
        _verify(place, responses)
    assert refusal(caught)[0] == "NotAuthorizedException"


@pytest.mark.parametrize(
    "timestamp", ["2026-11-21T00:00:00Z", "Sat Nov 05 00:00:00 UTC 2026", "Sam Nov 5 00:00:00 UTC 2026"]
)
def test_timestamp_of_another_shape_is_refused(idp: CognitoIdentityProviderClient, timestamp: str) -> None:
    place = make_place(idp)
    place.add_user("ada")
    _, responses = _answer(place, "ada", TIMESTAMP=timestamp)
    with pytest.raises(ClientError) as caught:
        _verify(place, responses)
    assert refusal(caught)[0] == "InvalidParameterException"


def test_stale_timestamp_is_refused(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp)
    place.add_user("ada")
    moment = datetime.now(UTC) - timedelta(minutes=10)
    stale = f"{moment:%a %b} {moment.day} {moment:%H:%M:%S} UTC {moment.year}"
    _, responses = _answer(place, "ada", TIMESTAMP=stale)
    with pytest.raises(ClientError) as caught:
        _verify(place, responses)
    assert refusal(caught)[0] == "NotAuthorizedException"


@pytest.mark.parametrize("srp_a", ["0", "zz", ""])
def test_degenerate_srp_a_is_refused(idp: CognitoIdentityProviderClient, srp_a: str) -> None:
    place = make_place(idp)
    place.add_user("ada")
    with pytest.raises(ClientError) as caught:
        idp.initiate_auth(
            ClientId=place.client_id, AuthFlow="USER_SRP_AUTH", AuthParameters={"USERNAME": "ada", "SRP_A": srp_a}
        )
    assert refusal(caught)[0] == "InvalidParameterException"


def test_password_changed_during_the_exchange_ends_it(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp)
    place.add_user("ada")
    _, responses = _answer(place, "ada")
    idp.admin_set_user_password(UserPoolId=place.pool_id, Username="ada", Password=OTHER_PASSWORD, Permanent=True)
    with pytest.raises(ClientError) as caught:
        _verify(place, responses)
    assert refusal(caught) == ("NotAuthorizedException", "Incorrect username or password.")


def test_unknown_user_looks_like_a_known_one(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp, PreventUserExistenceErrors="ENABLED")
    first, second = _start(place, "nobody"), _start(place, "nobody")
    assert first["ChallengeName"] == "PASSWORD_VERIFIER"
    assert first["ChallengeParameters"]["SALT"] == second["ChallengeParameters"]["SALT"]
    assert first["ChallengeParameters"]["SRP_B"] != second["ChallengeParameters"]["SRP_B"]
    with pytest.raises(ClientError) as caught:
        place.srp("nobody").authenticate_user()
    assert refusal(caught) == ("NotAuthorizedException", "Incorrect username or password.")


def test_unknown_user_is_named_by_legacy_clients(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp, PreventUserExistenceErrors="LEGACY")
    with pytest.raises(ClientError) as caught:
        place.srp("nobody").authenticate_user()
    assert refusal(caught)[0] == "UserNotFoundException"


def test_published_keys_verify_the_tokens(cognito: RunningCognito, idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp)
    place.add_user("ada", email="ada@acme.example", email_verified="true")
    result = place.srp("ada").authenticate_user()["AuthenticationResult"]
    keys = PyJWKSet.from_dict(HTTP.get(f"{cognito.url}/{place.pool_id}/.well-known/jwks.json").json())
    issuer = f"https://cognito-idp.us-east-1.amazonaws.com/{place.pool_id}"
    by_id = {key.key_id: key.key for key in keys.keys}
    for name, audience in (("IdToken", place.client_id), ("AccessToken", None)):
        key = by_id[jwt.get_unverified_header(result[name])["kid"]]
        options: Any = {"require": ["exp", "iat", "iss", "sub"], "verify_aud": audience is not None}
        claims = jwt.decode(result[name], key, ["RS256"], audience=audience, issuer=issuer, options=options)
        assert claims["token_use"] == ("id" if audience else "access")
    access = jwt.decode(result["AccessToken"], options={"verify_signature": False})
    assert access["scope"] == "aws.cognito.signin.user.admin"
    assert access["client_id"] == place.client_id
    identity = jwt.decode(result["IdToken"], options={"verify_signature": False})
    assert identity["email"] == "ada@acme.example"
    assert identity["email_verified"] is True
    assert re.fullmatch(r"[A-Za-z0-9_-]{200,}", result["RefreshToken"])
