"""What administrators do to users, and finding them."""

import re
from typing import Any

import pytest
from botocore.exceptions import ClientError
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

from tests.local_cognito.cast import OTHER_PASSWORD, PASSWORD, make_place, make_pool
from tests.local_cognito.mailbox import Mailbox
from tests.local_cognito.refusals import refusal
from tests.local_cognito.running import RunningCognito


def _attributes(idp: CognitoIdentityProviderClient, pool_id: str, username: str) -> dict[str, str]:
    found = idp.admin_get_user(UserPoolId=pool_id, Username=username)["UserAttributes"]
    return {item["Name"]: item.get("Value", "") for item in found}


def _names(idp: CognitoIdentityProviderClient, pool_id: str, **request: Any) -> list[str]:
    return [user["Username"] for user in idp.list_users(UserPoolId=pool_id, **request)["Users"]]


def test_invitation_carries_a_temporary_password(idp: CognitoIdentityProviderClient, mailbox: Mailbox) -> None:
    place = make_place(idp)
    address = "ada-invited@acme.example"
    user = idp.admin_create_user(
        UserPoolId=place.pool_id,
        Username="ada",
        UserAttributes=[{"Name": "email", "Value": address}],
        DesiredDeliveryMediums=["EMAIL"],
    )["User"]
    assert user["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    sent = re.search(r"username is ada and temporary password is (\S+)\.", mailbox.text_to(address))
    assert sent is not None
    assert place.password_sign_in("ada", sent[1])["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    idp.admin_create_user(
        UserPoolId=place.pool_id, Username="ada", MessageAction="RESEND", DesiredDeliveryMediums=["EMAIL"]
    )
    assert mailbox.count_to(address) == 2
    with pytest.raises(ClientError) as caught:
        place.password_sign_in("ada", sent[1])
    assert refusal(caught)[0] == "NotAuthorizedException"


def test_suppressed_and_default_medium_send_nothing(idp: CognitoIdentityProviderClient, mailbox: Mailbox) -> None:
    pool_id, address = make_pool(idp), "quiet@acme.example"
    email: Any = [{"Name": "email", "Value": address}]
    idp.admin_create_user(UserPoolId=pool_id, Username="ada", UserAttributes=email, MessageAction="SUPPRESS")
    idp.admin_create_user(UserPoolId=pool_id, Username="grace", UserAttributes=email)
    assert mailbox.count_to(address) == 0


def test_template_without_the_code_sends_nothing(idp: CognitoIdentityProviderClient, mailbox: Mailbox) -> None:
    template = {"EmailMessage": "welcome {username}", "EmailSubject": "hello"}
    pool_id = make_pool(idp, AdminCreateUserConfig={"InviteMessageTemplate": template})
    email: Any = [{"Name": "email", "Value": "template@acme.example"}]
    idp.admin_create_user(UserPoolId=pool_id, Username="ada", UserAttributes=email, DesiredDeliveryMediums=["EMAIL"])
    assert mailbox.count_to("template@acme.example") == 0


def test_resend_needs_an_invited_user(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp)
    place.add_user("ada")
    for name, code in (("ada", "UnsupportedUserStateException"), ("nobody", "UserNotFoundException")):
        with pytest.raises(ClientError) as caught:
            idp.admin_create_user(UserPoolId=place.pool_id, Username=name, MessageAction="RESEND")
        assert refusal(caught)[0] == code


def test_usernames_ignore_case_where_the_pool_says_so(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp)
    place.add_user("Ada")
    assert "AuthenticationResult" in place.password_sign_in("ADA")
    with pytest.raises(ClientError) as caught:
        idp.admin_create_user(UserPoolId=place.pool_id, Username="aDA", MessageAction="SUPPRESS")
    assert refusal(caught)[0] == "UsernameExistsException"
    sensitive = idp.create_user_pool(PoolName="sensitive")["UserPool"]["Id"]
    for name in ("Ada", "ada"):
        idp.admin_create_user(UserPoolId=sensitive, Username=name, MessageAction="SUPPRESS")
    assert sorted(_names(idp, sensitive)) == ["Ada", "ada"]


def test_verified_alias_is_unique_and_can_be_forced(idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp, AliasAttributes=["email"])
    attributes: Any = [{"Name": "email", "Value": "x@acme.example"}, {"Name": "email_verified", "Value": "true"}]
    common: Any = {"UserPoolId": pool_id, "UserAttributes": attributes, "MessageAction": "SUPPRESS"}
    idp.admin_create_user(Username="ada", **common)
    with pytest.raises(ClientError) as caught:
        idp.admin_create_user(Username="grace", **common)
    assert refusal(caught)[0] == "AliasExistsException"
    idp.admin_create_user(Username="grace", ForceAliasCreation=True, **common)
    assert idp.admin_get_user(UserPoolId=pool_id, Username="x@acme.example")["Username"] == "grace"
    assert _attributes(idp, pool_id, "ada")["email_verified"] == "false"
    with pytest.raises(ClientError) as caught:
        idp.admin_update_user_attributes(UserPoolId=pool_id, Username="ada", UserAttributes=attributes)
    assert refusal(caught)[0] == "AliasExistsException"
    with pytest.raises(ClientError) as caught:
        idp.admin_create_user(UserPoolId=pool_id, Username="mary@acme.example")
    assert refusal(caught)[0] == "InvalidParameterException"


def test_address_as_username(idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp, UsernameAttributes=["email"])
    user = idp.admin_create_user(UserPoolId=pool_id, Username="ada@acme.example", MessageAction="SUPPRESS")["User"]
    attributes = _attributes(idp, pool_id, "ADA@acme.example")
    assert user["Username"] == attributes["sub"]
    assert attributes["email"] == "ada@acme.example"
    for name, code in (("Ada@acme.example", "UsernameExistsException"), ("ada", "InvalidParameterException")):
        with pytest.raises(ClientError) as caught:
            idp.admin_create_user(UserPoolId=pool_id, Username=name, MessageAction="SUPPRESS")
        assert refusal(caught)[0] == code


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sub", "mine"),
        ("custom:absent", "x"),
        ("custom:plan", "gold"),
        ("email", "not an address"),
        ("phone_number", "0041 79"),
        ("email_verified", "yes"),
        ("birthdate", "1815"),
        ("custom:seats", "many"),
        ("custom:seats", "6"),
    ],
)
def test_attribute_outside_the_schema_is_refused(idp: CognitoIdentityProviderClient, name: str, value: str) -> None:
    seats = {"Name": "seats", "AttributeDataType": "Number", "NumberAttributeConstraints": {"MaxValue": "5"}}
    place = make_place(idp, pool={"Schema": [{"Name": "plan", "Mutable": False}, seats]})
    place.add_user("ada", **{"custom:plan": "basic"})
    with pytest.raises(ClientError) as caught:
        idp.admin_update_user_attributes(
            UserPoolId=place.pool_id, Username="ada", UserAttributes=[{"Name": name, "Value": value}]
        )
    assert refusal(caught)[0] == "InvalidParameterException"


def test_changed_address_is_unverified(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp)
    place.add_user("ada", email="old@acme.example", email_verified="true", given_name="Ada")
    idp.admin_update_user_attributes(
        UserPoolId=place.pool_id, Username="ada", UserAttributes=[{"Name": "email", "Value": "new@acme.example"}]
    )
    assert _attributes(idp, place.pool_id, "ada")["email_verified"] == "false"
    idp.admin_delete_user_attributes(UserPoolId=place.pool_id, Username="ada", UserAttributeNames=["given_name"])
    assert "given_name" not in _attributes(idp, place.pool_id, "ada")
    with pytest.raises(ClientError) as caught:
        idp.admin_delete_user_attributes(UserPoolId=place.pool_id, Username="ada", UserAttributeNames=["sub"])
    assert refusal(caught)[0] == "InvalidParameterException"


@pytest.mark.parametrize(
    "password", ["Short-1", "no-upper-case-9", "NO-LOWER-CASE-9", "No-Numbers-Here", "NoSymbols99"]
)
def test_weak_password_is_refused(idp: CognitoIdentityProviderClient, password: str) -> None:
    place = make_place(idp)
    place.add_user("ada")
    for permanent in (True, False):
        with pytest.raises(ClientError) as caught:
            idp.admin_set_user_password(
                UserPoolId=place.pool_id, Username="ada", Password=password, Permanent=permanent
            )
        assert refusal(caught)[0] == "InvalidPasswordException"
    assert "AuthenticationResult" in place.password_sign_in("ada", PASSWORD)


def test_password_history(idp: CognitoIdentityProviderClient) -> None:
    policy = {"PasswordPolicy": {"MinimumLength": 8, "PasswordHistorySize": 2}}
    place = make_place(idp, pool={"Policies": policy})
    place.add_user("ada", PASSWORD)
    common: Any = {"UserPoolId": place.pool_id, "Username": "ada", "Permanent": True}
    idp.admin_set_user_password(Password=OTHER_PASSWORD, **common)
    with pytest.raises(ClientError) as caught:
        idp.admin_set_user_password(Password=PASSWORD, **common)
    assert refusal(caught)[0] == "PasswordHistoryPolicyViolationException"
    idp.admin_set_user_password(Password="Third-Password-1", **common)
    idp.admin_set_user_password(Password=PASSWORD, **common)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('username = "acme.1"', ["acme.1"]),
        ('username ^= "acme."', ["acme.1", "acme.2"]),
        ('email = "b@x.example"', ["acme.2"]),
        ('email ^= "b@"', ["acme.2", "globex.1"]),
        ('given_name = "O\\"Neil"', ["globex.1"]),
        ('cognito:user_status = "FORCE_CHANGE_PASSWORD"', ["acme.2"]),
        ('status = "Disabled"', ["globex.1"]),
        ('username = "nobody"', []),
        ("", ["acme.1", "acme.2", "globex.1"]),
    ],
)
def test_filters(cognito: RunningCognito, text: str, expected: list[str]) -> None:
    idp = cognito.client()
    place = make_place(idp)
    place.add_user("acme.1", email="a@x.example")
    idp.admin_create_user(
        UserPoolId=place.pool_id,
        Username="acme.2",
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "email", "Value": "b@x.example"}],
    )
    place.add_user("globex.1", email="b@y.example", given_name='O"Neil')
    idp.admin_disable_user(UserPoolId=place.pool_id, Username="globex.1")
    assert sorted(_names(idp, place.pool_id, Filter=text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "username",
        "username = acme",
        'username != "a"',
        'username = "a" and email = "b"',
        'custom:plan = "gold"',
        'username = "a"" or "1" = "1"',
        'birthdate = "x"',
    ],
)
def test_filter_that_cannot_be_read_is_refused(idp: CognitoIdentityProviderClient, text: str) -> None:
    with pytest.raises(ClientError) as caught:
        idp.list_users(UserPoolId=make_pool(idp), Filter=text)
    assert refusal(caught)[0] == "InvalidParameterException"


def test_pages_of_users(idp: CognitoIdentityProviderClient) -> None:
    pool_id, other_id = make_pool(idp), make_pool(idp)
    for number in range(7):
        idp.admin_create_user(UserPoolId=pool_id, Username=f"u{number}", MessageAction="SUPPRESS")
    first = idp.list_users(UserPoolId=pool_id, Limit=3)
    second = idp.list_users(UserPoolId=pool_id, Limit=3, PaginationToken=first["PaginationToken"])
    third = idp.list_users(UserPoolId=pool_id, Limit=3, PaginationToken=second["PaginationToken"])
    assert [len(page["Users"]) for page in (first, second, third)] == [3, 3, 1]
    assert "PaginationToken" not in third
    for pool, token in ((pool_id, "3"), (pool_id, "AAAA"), (other_id, first["PaginationToken"])):
        with pytest.raises(ClientError) as caught:
            idp.list_users(UserPoolId=pool, Limit=3, PaginationToken=token)
        assert refusal(caught)[0] == "InvalidParameterException"


def test_attributes_to_get(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp)
    place.add_user("ada", email="a@acme.example", given_name="Ada")
    user = idp.list_users(UserPoolId=place.pool_id, AttributesToGet=["email"])["Users"][0]
    assert user["Attributes"] == [{"Name": "email", "Value": "a@acme.example"}]
    with pytest.raises(ClientError) as caught:
        idp.list_users(UserPoolId=place.pool_id, AttributesToGet=["family_name"])
    assert refusal(caught)[0] == "InvalidParameterException"
