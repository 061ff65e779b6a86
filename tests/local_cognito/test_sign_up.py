"""Accounts that people make themselves, and the functions around a sign-up and a sign-in by an identity provider."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_cognito.browser import App, make_app, refusal_of, usernames
from tests.local_cognito.cast import PASSWORD, Place, make_place
from tests.local_cognito.lambdas import Function
from tests.local_cognito.mailbox import Mailbox
from tests.local_cognito.refusals import refusal
from tests.local_cognito.running import RunningCognito
from tests.support.codes import code_in
from tests.support.oidc_idp import OidcIdp

ANN = "ann@acme.example"
AROUND = ("PreSignUp", "PostConfirmation", "PreAuthentication", "PostAuthentication", "PreTokenGeneration")
CODES = {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}}


@pytest.fixture
def function(cognito: RunningCognito) -> Iterator[Function]:
    running = Function("around-sign-up")
    cognito.control("POST", "functions", {running.arn: running.address})
    yield running
    cognito.control("POST", "functions", {running.arn: None})
    running.stop()


def open_place(cognito: RunningCognito, *triggers: str, arn: str = "", **client: Any) -> Place:
    """A pool in which people may make accounts, which have to show their address."""
    settings = {"AutoVerifiedAttributes": ["email"], "LambdaConfig": dict.fromkeys(triggers, arn), **CODES}
    return make_place(cognito.client(), pool=settings, **client)


def make_account(place: Place, username: str = "ann", email: str = ANN, **given: Any) -> Any:
    attributes: Any = [{"Name": "email", "Value": email}]
    named = {"ClientId": place.client_id, "Username": username, "Password": PASSWORD, "UserAttributes": attributes}
    return place.idp.sign_up(**{**named, **given})


def user(place: Place, username: str = "ann") -> dict[str, str]:
    found = place.idp.admin_get_user(UserPoolId=place.pool_id, Username=username)
    return {"status": found["UserStatus"], **{item["Name"]: item.get("Value", "") for item in found["UserAttributes"]}}


def refused(call: Any, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return refusal(caught)


def triggers_of(function: Function) -> list[str]:
    return [event["triggerSource"] for event in function.events]


def test_a_code_confirms_an_account_and_its_address(cognito: RunningCognito, mailbox: Mailbox) -> None:
    place = open_place(cognito)
    made = make_account(place, email="one@acme.example")
    assert made["CodeDeliveryDetails"]["Destination"] == "o***@a***"
    assert user(place)["status"] == "UNCONFIRMED"
    assert user(place).get("email_verified") != "true"
    with pytest.raises(ClientError) as caught:
        place.password_sign_in("ann")
    assert refusal(caught) == ("UserNotConfirmedException", "User is not confirmed.")
    code = code_in(mailbox.text_to("one@acme.example"))
    client: Any = {"ClientId": place.client_id, "Username": "ann"}
    wrong = "000000" if code != "000000" else "111111"
    assert refused(place.idp.confirm_sign_up, **client, ConfirmationCode=wrong)[0] == "CodeMismatchException"
    place.idp.confirm_sign_up(**client, ConfirmationCode=code)
    assert (user(place)["status"], user(place)["email_verified"]) == ("CONFIRMED", "true")
    assert "AuthenticationResult" in place.password_sign_in("ann")
    again = refused(place.idp.confirm_sign_up, **client, ConfirmationCode=code)
    assert again == ("NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED")
    assert refused(place.idp.resend_confirmation_code, **client)[1] == "User is already confirmed."


def test_what_no_account_can_be_made_of(cognito: RunningCognito) -> None:
    closed = make_place(cognito.client(), pool={"AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True}})
    assert refused(make_account, place=closed)[1] == "SignUp is not permitted for this user pool"
    place = open_place(cognito)
    assert refused(make_account, place=place, Password="short")[0] == "InvalidPasswordException"
    verified: Any = [{"Name": "email", "Value": ANN}, {"Name": "email_verified", "Value": "true"}]
    assert refused(make_account, place=place, UserAttributes=verified)[0] == "NotAuthorizedException"
    make_account(place)
    assert refused(make_account, place=place)[0] == "UsernameExistsException"
    client: Any = {"ClientId": place.client_id, "Username": "nobody"}
    assert refused(place.idp.confirm_sign_up, **client, ConfirmationCode="123456")[0] == "UserNotFoundException"


def test_codes_do_without_a_password_where_the_pool_has_them(cognito: RunningCognito) -> None:
    without = make_place(cognito.client())
    assert refused(without.idp.sign_up, ClientId=without.client_id, Username="ann")[1] == "Password is required"
    place = open_place(cognito, PreventUserExistenceErrors="ENABLED")
    place.idp.sign_up(ClientId=place.client_id, Username="ann")
    assert "CodeDeliveryDetails" not in place.idp.sign_up(ClientId=place.client_id, Username="ben")
    client: Any = {"ClientId": place.client_id, "Username": "nobody"}
    assert refused(place.idp.confirm_sign_up, **client, ConfirmationCode="123456")[0] == "ExpiredCodeException"
    assert place.idp.resend_confirmation_code(**client)["CodeDeliveryDetails"]["Destination"] == "n***@e***"


def test_post_confirmation_comes_once_by_each_way(
    cognito: RunningCognito, function: Function, mailbox: Mailbox
) -> None:
    place = open_place(cognito, "PreSignUp", "PostConfirmation", arn=function.arn)
    make_account(place, email="two@acme.example", ClientMetadata={"from": "a test"})
    assert triggers_of(function) == ["PreSignUp_SignUp"]
    assert function.events[0]["request"] == {
        "userAttributes": {"email": "two@acme.example"},
        "validationData": None,
        "clientMetadata": {"from": "a test"},
    }
    code = code_in(mailbox.text_to("two@acme.example"))
    function.refuses("Too bad")
    confirm = {"ClientId": place.client_id, "Username": "ann", "ConfirmationCode": code}
    assert refused(place.idp.confirm_sign_up, **confirm)[1] == "PostConfirmation failed with error Too bad."
    # What was confirmed stays so.
    assert user(place)["status"] == "CONFIRMED"
    assert function.events[-1]["callerContext"]["clientId"] == place.client_id
    assert function.events[-1]["request"]["userAttributes"]["cognito:user_status"] == "CONFIRMED"
    function.does = lambda event: event
    make_account(place, "ben")
    place.idp.admin_confirm_sign_up(UserPoolId=place.pool_id, Username="ben", ClientMetadata={"by": "admin"})
    assert function.events[-1]["triggerSource"] == "PostConfirmation_ConfirmSignUp"
    assert function.events[-1]["callerContext"]["clientId"] == "CLIENT_ID_NOT_APPLICABLE"
    assert function.events[-1]["request"]["clientMetadata"] == {"by": "admin"}
    # Nobody proved the address.
    assert user(place, "ben").get("email_verified") != "true"
    assert triggers_of(function).count("PostConfirmation_ConfirmSignUp") == 2


def test_the_pre_sign_up_function_confirms_or_refuses(cognito: RunningCognito, function: Function) -> None:
    place = open_place(cognito, "PreSignUp", "PostConfirmation", arn=function.arn)
    function.answers(autoConfirmUser=True, autoVerifyEmail=True)
    assert make_account(place)["UserConfirmed"] is True
    assert (user(place)["status"], user(place)["email_verified"]) == ("CONFIRMED", "true")
    assert triggers_of(function) == ["PreSignUp_SignUp", "PostConfirmation_ConfirmSignUp"]
    # Of whom an administrator makes it decides nothing, but may refuse.
    place.idp.admin_create_user(UserPoolId=place.pool_id, Username="ben", MessageAction="SUPPRESS")
    assert user(place, "ben")["status"] == "FORCE_CHANGE_PASSWORD"
    assert triggers_of(function)[2:] == ["PreSignUp_AdminCreateUser"]
    function.refuses("Not here")
    create = {"UserPoolId": place.pool_id, "Username": "cat"}
    for call, arguments in ((place.idp.admin_create_user, create), (make_account, {"place": place, "username": "cat"})):
        assert refused(call, **arguments)[1] == "PreSignUp failed with error Not here."
    assert refused(place.idp.admin_get_user, **create)[0] == "UserNotFoundException"
    function.answers(autoConfirmUser="yes")
    assert refused(make_account, place=place, username="cat")[0] == "InvalidLambdaResponseException"


def app_with(cognito: RunningCognito, function: Function, provider: OidcIdp) -> App:
    return make_app(cognito, "OIDC", provider.details(), pool={"LambdaConfig": dict.fromkeys(AROUND, function.arn)})


def test_the_first_sign_in_by_a_provider_is_a_sign_up(
    cognito: RunningCognito, function: Function, provider: OidcIdp
) -> None:
    app = app_with(cognito, function, provider)
    app.signed_in(app.through_oidc())
    first = ["PreSignUp_ExternalProvider", "PostConfirmation_ConfirmSignUp", "TokenGeneration_HostedAuth"]
    assert triggers_of(function) == first
    asked, confirmed, _ = function.events
    assert asked["userName"] == "acme-idp_u-1"
    assert "sub" not in asked["request"]["userAttributes"]
    assert asked["response"] == {"autoConfirmUser": False, "autoVerifyEmail": False, "autoVerifyPhone": False}
    assert confirmed["request"]["userAttributes"]["cognito:user_status"] == "EXTERNAL_PROVIDER"
    app.signed_in(app.through_oidc())
    later = ["PreAuthentication_Authentication", "PostAuthentication_Authentication", "TokenGeneration_HostedAuth"]
    assert triggers_of(function)[3:] == later
    assert {event["callerContext"]["clientId"] for event in function.events} == {app.client_id}


def test_a_function_keeps_people_of_a_provider_out(
    cognito: RunningCognito, function: Function, provider: OidcIdp
) -> None:
    app = app_with(cognito, function, provider)
    function.answers(autoVerifyEmail="no truth value")
    assert refusal_of(app.through_oidc()) == ("invalid_request", "Unrecognizable lambda output")
    assert usernames(app) == []
    function.answers(autoConfirmUser=True, autoVerifyEmail=True)
    app.signed_in(app.through_oidc())
    assert app.user("acme-idp_u-1")["email_verified"] == "true"
    assert app.user("acme-idp_u-1")["status"] == "EXTERNAL_PROVIDER"
    function.refuses("Not any more")
    refused_ = ("invalid_request", "PreAuthentication failed with error Not any more.")
    assert refusal_of(app.through_oidc()) == refused_


def test_who_is_linked_signs_in_and_never_up(cognito: RunningCognito, function: Function, provider: OidcIdp) -> None:
    app = app_with(cognito, function, provider)
    app.idp.admin_create_user(UserPoolId=app.pool_id, Username="ada", MessageAction="SUPPRESS")
    app.idp.admin_link_provider_for_user(
        UserPoolId=app.pool_id,
        DestinationUser={"ProviderName": "Cognito", "ProviderAttributeValue": "ada"},
        SourceUser={
            "ProviderName": app.provider,
            "ProviderAttributeName": "Cognito_Subject",
            "ProviderAttributeValue": "u-1",
        },
    )
    function.events.clear()
    app.signed_in(app.through_oidc())
    assert triggers_of(function)[:2] == ["PreAuthentication_Authentication", "PostAuthentication_Authentication"]
