"""Passkeys: registration, list, removal, and sign-in with them."""

import json
import secrets
from typing import Any

import pytest
from botocore.exceptions import ClientError
from fido2.utils import websafe_encode
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

from tests.local_cognito.cast import ALL_FLOWS, PASSWORD, Place, make_place
from tests.local_cognito.refusals import refusal
from tests.local_cognito.running import RunningCognito
from tests.support.authenticator import Passkey

ORIGIN = "https://login.acme.example"
FLOWS = [*ALL_FLOWS, "ALLOW_USER_AUTH"]
PASSWORDS = ["PASSWORD", "PASSWORD_SRP"]


def _place(idp: CognitoIdentityProviderClient, *, rp_id: str = "acme.example", **passkeys: Any) -> Place:
    policy = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}}
    place = make_place(idp, pool={"Policies": policy}, ExplicitAuthFlows=FLOWS)
    config: Any = {"RelyingPartyId": rp_id, "UserVerification": "preferred", **passkeys}
    if rp_id:
        idp.set_user_pool_mfa_config(UserPoolId=place.pool_id, WebAuthnConfiguration=config)
    return place


def _access(place: Place, name: str = "ada") -> str:
    return str(place.password_sign_in(name)["AuthenticationResult"]["AccessToken"])


def _options(place: Place, access: str) -> Any:
    return place.idp.start_web_authn_registration(AccessToken=access)["CredentialCreationOptions"]


def _register(place: Place, passkey: Passkey, name: str = "ada") -> str:
    access = _access(place, name)
    credential: Any = passkey.made_for(_options(place, access))
    place.idp.complete_web_authn_registration(AccessToken=access, Credential=credential)
    return access


def _begin(place: Place, name: str = "ada") -> Any:
    parameters = place.with_hash(name, PREFERRED_CHALLENGE="WEB_AUTHN")
    return place.idp.initiate_auth(ClientId=place.client_id, AuthFlow="USER_AUTH", AuthParameters=parameters)


def _asked(answer: Any) -> Any:
    assert answer["ChallengeName"] == "WEB_AUTHN"
    return json.loads(answer["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])


def _sign_in(place: Place, passkey: Passkey, name: str = "ada", **changes: Any) -> Any:
    answer = _begin(place, name)
    credential = passkey.signed(_asked(answer), **changes)
    return place.respond("WEB_AUTHN", answer["Session"], name, CREDENTIAL=credential)


def _refused(call: Any, *arguments: Any, **keywords: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(*arguments, **keywords)
    return refusal(caught)[0]


def test_registered_passkey_signs_in(idp: CognitoIdentityProviderClient) -> None:
    place = _place(idp)
    sub = place.add_user("ada", email="ada@acme.example", name="Ada Lovelace")
    assert _begin(place)["AvailableChallenges"] == PASSWORDS
    passkey = Passkey(ORIGIN)
    access = _access(place)
    options = _options(place, access)
    assert (options["rp"]["id"], options["attestation"], options["excludeCredentials"]) == ("acme.example", "none", [])
    assert options["user"] == {
        "id": websafe_encode(sub.encode()),
        "name": "ada@acme.example",
        "displayName": "Ada Lovelace",
    }
    assert options["authenticatorSelection"]["residentKey"] == "required"
    credential: Any = passkey.made_for(options)
    idp.complete_web_authn_registration(AccessToken=access, Credential=credential)
    asked = _asked(_begin(place))
    assert (asked["rpId"], asked["userVerification"]) == ("acme.example", "preferred")
    assert [item["id"] for item in asked["allowCredentials"]] == [passkey.id]
    assert "AuthenticationResult" in _sign_in(place, passkey)
    assert "AuthenticationResult" in _sign_in(place, passkey, user=sub.encode())
    factors = idp.admin_get_user_auth_factors(UserPoolId=place.pool_id, Username="ada")
    assert factors["ConfiguredUserAuthFactors"] == ["PASSWORD", "WEB_AUTHN"]
    assert idp.get_user_auth_factors(AccessToken=access)["ConfiguredUserAuthFactors"] == ["PASSWORD", "WEB_AUTHN"]


def test_choice_from_the_list(idp: CognitoIdentityProviderClient) -> None:
    place, passkey = _place(idp), Passkey(ORIGIN, counter=None)
    place.add_user("ada")
    _register(place, passkey)
    first = idp.initiate_auth(ClientId=place.client_id, AuthFlow="USER_AUTH", AuthParameters={"USERNAME": "ada"})
    assert first["AvailableChallenges"] == [*PASSWORDS, "WEB_AUTHN"]
    chosen = place.respond("SELECT_CHALLENGE", first["Session"], "ada", ANSWER="WEB_AUTHN")
    credential = passkey.signed(_asked(chosen))
    assert "AuthenticationResult" in place.respond("WEB_AUTHN", chosen["Session"], "ada", CREDENTIAL=credential)
    assert "AuthenticationResult" in _sign_in(place, passkey)


@pytest.mark.parametrize(
    "changes",
    [
        {"challenge": websafe_encode(b"another challenge of 32 bytes...")},
        {"origin": "https://acme.example.evil.example"},
        {"origin": "http://login.acme.example"},
        {"rp_id": "evil.example"},
        {"user": b"somebody else"},
    ],
)
def test_assertion_that_does_not_hold(idp: CognitoIdentityProviderClient, changes: dict[str, Any]) -> None:
    place, passkey = _place(idp), Passkey(ORIGIN)
    place.add_user("ada")
    _register(place, passkey)
    assert _refused(_sign_in, place, passkey, **changes) == "NotAuthorizedException"
    assert "AuthenticationResult" in _sign_in(place, passkey)


def test_assertions_of_others_and_of_copies(idp: CognitoIdentityProviderClient) -> None:
    place, passkey, theirs = _place(idp), Passkey(ORIGIN), Passkey(ORIGIN)
    for name, owned in (("ada", passkey), ("bob", theirs)):
        place.add_user(name)
        _register(place, owned, name)
    assert _refused(_sign_in, place, theirs) == "NotAuthorizedException"
    answer = _begin(place)
    assert (
        _refused(place.respond, "WEB_AUTHN", answer["Session"], "ada", CREDENTIAL="no JSON") == "NotAuthorizedException"
    )
    # Its options are used up by whatever answers them.
    right = passkey.signed(_asked(answer))
    assert _refused(place.respond, "WEB_AUTHN", answer["Session"], "ada", CREDENTIAL=right) == "NotAuthorizedException"
    assert "AuthenticationResult" in _sign_in(place, passkey)
    forged = Passkey(ORIGIN, credential_id=passkey.credential_id, counter=9)
    assert _refused(_sign_in, place, forged) == "NotAuthorizedException"
    passkey.counter = 0
    assert _refused(_sign_in, place, passkey) == "NotAuthorizedException"
    idp.admin_disable_user(UserPoolId=place.pool_id, Username="ada")
    passkey.counter = 10
    assert _refused(_sign_in, place, passkey) == "NotAuthorizedException"


def test_registration_that_does_not_hold(idp: CognitoIdentityProviderClient) -> None:
    place, passkey = _place(idp, UserVerification="required"), Passkey(ORIGIN)
    place.add_user("ada")
    access = _access(place)

    def refused(credential: Any) -> str:
        return _refused(idp.complete_web_authn_registration, AccessToken=access, Credential=credential)

    assert refused(passkey.made_for({"challenge": "AAAA", "rp": {"id": "x"}})) == "WebAuthnChallengeNotFoundException"
    options = _options(place, access)
    other = websafe_encode(b"another challenge of 32 bytes...")
    assert refused(passkey.made_for(options, challenge=other)) == "WebAuthnChallengeNotFoundException"
    assert refused(passkey.made_for(options, origin="https://evil.example")) == "WebAuthnOriginNotAllowedException"
    assert refused(passkey.made_for(options, rp_id="evil.example")) == "WebAuthnRelyingPartyMismatchException"
    careless = Passkey(ORIGIN, verifies=False)
    assert refused(careless.made_for(options)) == "WebAuthnCredentialNotSupportedException"
    assert refused({"id": "x"}) == "InvalidParameterException"
    settings: Any = {"ClientName": "other", "ExplicitAuthFlows": FLOWS}
    made = idp.create_user_pool_client(UserPoolId=place.pool_id, **settings)["UserPoolClient"]
    elsewhere = _access(Place(idp, place.pool_id, made["ClientId"], None))
    credential: Any = passkey.made_for(options)
    foreign = _refused(idp.complete_web_authn_registration, AccessToken=elsewhere, Credential=credential)
    assert foreign == "WebAuthnClientMismatchException"
    idp.complete_web_authn_registration(AccessToken=access, Credential=credential)
    assert refused(credential) == "WebAuthnChallengeNotFoundException"
    again: Any = passkey.made_for(_options(place, access))
    assert refused(again) == "InvalidParameterException"
    assert _begin(place)["ChallengeName"] == "WEB_AUTHN"
    passkey.verifies = False
    assert _refused(_sign_in, place, passkey) == "NotAuthorizedException"


def test_registration_expires(own_cognito: RunningCognito) -> None:
    place, passkey = _place(own_cognito.client()), Passkey(ORIGIN)
    place.add_user("ada")
    access = _access(place)
    credential: Any = passkey.made_for(_options(place, access))
    own_cognito.advance(301)
    refused = _refused(place.idp.complete_web_authn_registration, AccessToken=access, Credential=credential)
    assert refused == "WebAuthnChallengeNotFoundException"


def test_list_and_removal(idp: CognitoIdentityProviderClient) -> None:
    place, passkeys = _place(idp), [Passkey(ORIGIN) for _ in range(3)]
    for name in ("ada", "bob"):
        place.add_user(name)
    access = [_register(place, passkey) for passkey in passkeys][-1]
    theirs = Passkey(ORIGIN)
    _register(place, theirs, "bob")
    first = idp.list_web_authn_credentials(AccessToken=access, MaxResults=2)
    second = idp.list_web_authn_credentials(AccessToken=access, MaxResults=2, NextToken=first["NextToken"])
    listed = [*first["Credentials"], *second["Credentials"]]
    assert {item["CredentialId"] for item in listed} == {passkey.id for passkey in passkeys}
    one = listed[0]
    assert (one["RelyingPartyId"], one["AuthenticatorAttachment"]) == ("acme.example", "platform")
    assert one["AuthenticatorTransports"] == ["internal"]
    assert [item["id"] for item in _options(place, access)["excludeCredentials"]] == [item.id for item in passkeys]
    for absent in (theirs.id, "absent"):
        refused = _refused(idp.delete_web_authn_credential, AccessToken=access, CredentialId=absent)
        assert refused == "ResourceNotFoundException"
    for passkey in passkeys:
        idp.delete_web_authn_credential(AccessToken=access, CredentialId=passkey.id)
    assert idp.list_web_authn_credentials(AccessToken=access)["Credentials"] == []
    assert _begin(place)["AvailableChallenges"] == PASSWORDS


def test_a_user_has_so_many_and_no_more(own_cognito: RunningCognito) -> None:
    place = _place(own_cognito.client())
    own_cognito.control("POST", "limits", {"passkeys_per_user": 1})
    place.add_user("ada")
    _register(place, Passkey(ORIGIN))
    assert _refused(_register, place, Passkey(ORIGIN)) == "LimitExceededException"


def test_relying_party_decides_which_passkeys_work(idp: CognitoIdentityProviderClient) -> None:
    place, passkey = _place(idp, rp_id=""), Passkey(ORIGIN)
    place.add_user("ada")
    access = _access(place)
    assert _refused(_options, place, access) == "WebAuthnConfigurationMissingException"
    idp.create_user_pool_domain(UserPoolId=place.pool_id, Domain=f"p-{secrets.token_hex(6)}")
    assert _options(place, access)["rp"]["id"].endswith(".auth.us-east-1.amazoncognito.com")
    for rp_id in ("acme.example", "login.acme.example"):
        idp.set_user_pool_mfa_config(UserPoolId=place.pool_id, WebAuthnConfiguration={"RelyingPartyId": rp_id})
        if rp_id == "acme.example":
            _register(place, passkey)
    # A changed relying party means that everybody registers anew.
    assert _begin(place)["AvailableChallenges"] == PASSWORDS
    local = Passkey("http://localhost:8000")
    idp.set_user_pool_mfa_config(UserPoolId=place.pool_id, WebAuthnConfiguration={"RelyingPartyId": "localhost"})
    _register(place, local)
    assert "AuthenticationResult" in _sign_in(place, local)


def test_pool_without_passkeys(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp)
    place.add_user("ada")
    access = _access(place)
    assert _refused(_options, place, access) == "WebAuthnNotEnabledException"
    assert idp.list_web_authn_credentials(AccessToken=access)["Credentials"] == []
    assert _refused(idp.list_web_authn_credentials, AccessToken="x") == "NotAuthorizedException"
    assert place.password_sign_in("ada", PASSWORD)["AuthenticationResult"]
