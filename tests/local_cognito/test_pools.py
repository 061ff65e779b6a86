"""Pools, their MFA settings, tags and domains."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

from tests.local_cognito.cast import make_pool
from tests.local_cognito.refusals import refusal
from tests.local_cognito.running import RunningCognito

SENDER: Any = {"LambdaVersion": "V1_0", "LambdaArn": "arn:aws:lambda:us-east-1:123456789012:function:letters"}
RECOVERY: Any = [{"Priority": 1, "Name": "verified_email"}, {"Priority": 1, "Name": "verified_phone_number"}]
SMS = {"SnsCallerArn": "arn:aws:iam::123456789012:role/sns", "ExternalId": "x"}


def _describe(idp: CognitoIdentityProviderClient, pool_id: str) -> Any:
    return idp.describe_user_pool(UserPoolId=pool_id)["UserPool"]


def test_update_resets_what_it_omits(idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(
        idp,
        AliasAttributes=["email"],
        AutoVerifiedAttributes=["email"],
        Policies={"PasswordPolicy": {"MinimumLength": 20}},
        AdminCreateUserConfig={"AllowAdminCreateUserOnly": True},
        UserPoolTags={"tenant": "acme"},
        UserPoolTier="LITE",
    )
    idp.update_user_pool(UserPoolId=pool_id, PoolName="renamed")
    pool = _describe(idp, pool_id)
    assert pool["Name"] == "renamed"
    assert "AutoVerifiedAttributes" not in pool
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] == 8
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is False
    assert pool["UserPoolTags"] == {}
    assert pool["UserPoolTier"] == "ESSENTIALS"
    assert pool["AliasAttributes"] == ["email"]
    assert pool["UsernameConfiguration"] == {"CaseSensitive": False}


def test_update_leaves_totp_but_resets_the_mode(idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)
    idp.set_user_pool_mfa_config(
        UserPoolId=pool_id, MfaConfiguration="ON", SoftwareTokenMfaConfiguration={"Enabled": True}
    )
    idp.update_user_pool(UserPoolId=pool_id)
    config = idp.get_user_pool_mfa_config(UserPoolId=pool_id)
    assert config["MfaConfiguration"] == "OFF"
    assert config["SoftwareTokenMfaConfiguration"] == {"Enabled": True}


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ({"MfaConfiguration": "ON"}, "InvalidParameterException"),
        ({"AliasAttributes": ["email"], "UsernameAttributes": ["email"]}, "InvalidParameterException"),
        (
            {"UserPoolTier": "LITE", "UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"}},
            "FeatureUnavailableInTierException",
        ),
        (
            {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["EMAIL_OTP"]}}},
            "InvalidParameterException",
        ),
        (
            {
                "UserPoolTier": "LITE",
                "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}},
            },
            "FeatureUnavailableInTierException",
        ),
        ({"Schema": [{"Name": "plan", "Required": True}]}, "InvalidParameterException"),
        ({"EmailConfiguration": {"EmailSendingAccount": "DEVELOPER"}}, "InvalidParameterException"),
        ({"Policies": {"PasswordPolicy": {"MinimumLength": 100}}}, "InvalidParameterException"),
        ({"LambdaConfig": {"CustomEmailSender": SENDER}}, "InvalidParameterException"),
        (
            {"LambdaConfig": {"PreTokenGeneration": f"{SENDER['LambdaArn']}-2", "PreTokenGenerationConfig": SENDER}},
            "InvalidParameterException",
        ),
        ({"KeyConfiguration": {"KeyType": "CUSTOMER_MANAGED_KEY"}}, "InvalidParameterException"),
        ({"AccountRecoverySetting": {"RecoveryMechanisms": RECOVERY}}, "InvalidParameterException"),
        (
            {"AccountRecoverySetting": {"RecoveryMechanisms": [RECOVERY[0], {"Priority": 2, "Name": "admin_only"}]}},
            "InvalidParameterException",
        ),
        ({"UserPoolTags": {str(number): "x" for number in range(51)}}, "InvalidParameterException"),
        ({"Schema": [{"Name": "plan"}, {"Name": "plan"}]}, "InvalidParameterException"),
        ({"Schema": [{"Name": "a-name-of-21-characters"}]}, "InvalidParameterException"),
        ({"Schema": [{"Name": "email", "AttributeDataType": "Number"}]}, "InvalidParameterException"),
        (
            {"Schema": [{"Name": "plan", "StringAttributeConstraints": {"MinLength": "9", "MaxLength": "1"}}]},
            "InvalidParameterException",
        ),
        (
            {"Schema": [{"Name": "seats", "NumberAttributeConstraints": {"MaxValue": "many"}}]},
            "InvalidParameterException",
        ),
    ],
)
def test_contradictory_settings_are_refused(
    idp: CognitoIdentityProviderClient, settings: dict[str, Any], code: str
) -> None:
    with pytest.raises(ClientError) as caught:
        make_pool(idp, **settings)
    assert refusal(caught)[0] == code


def test_sms_cannot_be_unconfigured(idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp, SmsConfiguration=SMS, MfaConfiguration="OPTIONAL")
    idp.update_user_pool(UserPoolId=pool_id)
    assert _describe(idp, pool_id)["SmsConfiguration"] == SMS


@pytest.mark.parametrize(
    "settings",
    [
        {"MfaConfiguration": "ON"},
        {"MfaConfiguration": "OFF", "SoftwareTokenMfaConfiguration": {"Enabled": True}},
        {"MfaConfiguration": "OPTIONAL", "EmailMfaConfiguration": {"Message": "code {####}", "Subject": "code"}},
    ],
)
def test_impossible_mfa_is_refused(idp: CognitoIdentityProviderClient, settings: dict[str, Any]) -> None:
    pool_id = make_pool(idp)
    with pytest.raises(ClientError) as caught:
        idp.set_user_pool_mfa_config(UserPoolId=pool_id, **settings)
    assert refusal(caught)[0] == "InvalidParameterException"


def test_protected_pool_is_not_deleted(idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp, DeletionProtection="ACTIVE")
    with pytest.raises(ClientError) as caught:
        idp.delete_user_pool(UserPoolId=pool_id)
    assert refusal(caught)[0] == "InvalidParameterException"
    idp.update_user_pool(UserPoolId=pool_id, DeletionProtection="INACTIVE")
    idp.delete_user_pool(UserPoolId=pool_id)
    with pytest.raises(ClientError) as caught:
        idp.describe_user_pool(UserPoolId=pool_id)
    assert refusal(caught)[0] == "ResourceNotFoundException"


def test_pool_with_domain_is_not_deleted(idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)
    idp.create_user_pool_domain(UserPoolId=pool_id, Domain="to-be-deleted")
    with pytest.raises(ClientError) as caught:
        idp.delete_user_pool(UserPoolId=pool_id)
    assert "domain" in refusal(caught)[1]
    idp.delete_user_pool_domain(UserPoolId=pool_id, Domain="to-be-deleted")
    idp.delete_user_pool(UserPoolId=pool_id)
    assert idp.describe_user_pool_domain(Domain="to-be-deleted")["DomainDescription"] == {}


def test_prefix_is_unique_over_all_accounts(cognito: RunningCognito, idp: CognitoIdentityProviderClient) -> None:
    foreign = cognito.client("111111111111")
    idp.create_user_pool_domain(UserPoolId=make_pool(idp), Domain="wanted-by-two")
    with pytest.raises(ClientError) as caught:
        foreign.create_user_pool_domain(UserPoolId=make_pool(foreign), Domain="wanted-by-two")
    assert refusal(caught) == (
        "InvalidParameterException",
        "Domain already associated with another user pool.",
    )
    assert foreign.describe_user_pool_domain(Domain="wanted-by-two")["DomainDescription"] == {}


@pytest.mark.parametrize("domain", ["my-cognito-login", "aws-login", "auth.acme.example"])
def test_impossible_prefix_is_refused(idp: CognitoIdentityProviderClient, domain: str) -> None:
    pool_id = make_pool(idp)
    with pytest.raises(ClientError) as caught:
        idp.create_user_pool_domain(UserPoolId=pool_id, Domain=domain)
    assert refusal(caught)[0] == "InvalidParameterException"


def test_one_prefix_and_one_custom_domain(idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)
    certificate: Any = {"CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1"}
    idp.create_user_pool_domain(UserPoolId=pool_id, Domain="globex-login", ManagedLoginVersion=2)
    made = idp.create_user_pool_domain(UserPoolId=pool_id, Domain="auth.globex.example", CustomDomainConfig=certificate)
    assert made["CloudFrontDomain"].endswith(".cloudfront.net")
    pool = _describe(idp, pool_id)
    assert (pool["Domain"], pool["CustomDomain"]) == ("globex-login", "auth.globex.example")
    with pytest.raises(ClientError) as caught:
        idp.create_user_pool_domain(UserPoolId=pool_id, Domain="globex-second")
    assert refusal(caught)[0] == "InvalidParameterException"
    idp.update_user_pool_domain(UserPoolId=pool_id, Domain="globex-login", ManagedLoginVersion=1)
    assert idp.describe_user_pool_domain(Domain="globex-login")["DomainDescription"]["ManagedLoginVersion"] == 1


def test_accounts_and_regions_do_not_see_each_other(
    cognito: RunningCognito, idp: CognitoIdentityProviderClient
) -> None:
    pool_id = make_pool(idp)
    for other in (cognito.client("222222222222"), cognito.client(region="eu-west-1")):
        with pytest.raises(ClientError) as caught:
            other.describe_user_pool(UserPoolId=pool_id)
        assert refusal(caught)[0] == "ResourceNotFoundException"
    foreign = cognito.client("222222222222", "eu-west-1")
    mine = make_pool(foreign)
    assert [pool["Id"] for pool in foreign.list_user_pools(MaxResults=60)["UserPools"]] == [mine]
    assert mine.startswith("eu-west-1_")


def test_pages_of_pools(cognito: RunningCognito) -> None:
    idp = cognito.client("333333333333")
    wanted = {make_pool(idp) for _ in range(5)}
    pages = [
        page["UserPools"] for page in idp.get_paginator("list_user_pools").paginate(PaginationConfig={"PageSize": 2})
    ]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert {pool["Id"] for page in pages for pool in page} == wanted
    with pytest.raises(ClientError) as caught:
        idp.list_user_pools(MaxResults=2, NextToken="Mg==")
    assert refusal(caught)[0] == "InvalidParameterException"


def test_custom_attributes_are_added_once(idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp, Schema=[{"Name": "plan", "AttributeDataType": "String", "Mutable": False}])
    idp.add_custom_attributes(UserPoolId=pool_id, CustomAttributes=[{"Name": "seats", "AttributeDataType": "Number"}])
    names = [attribute["Name"] for attribute in _describe(idp, pool_id)["SchemaAttributes"]]
    assert {"custom:plan", "custom:seats", "sub"} <= set(names)
    with pytest.raises(ClientError) as caught:
        idp.add_custom_attributes(UserPoolId=pool_id, CustomAttributes=[{"Name": "plan"}])
    assert refusal(caught)[0] == "InvalidParameterException"


def test_fifty_custom_attributes_and_no_more(idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)

    def refused(first: int, count: int) -> bool:
        wanted: Any = [{"Name": f"a{number}"} for number in range(first, first + count)]
        try:
            idp.add_custom_attributes(UserPoolId=pool_id, CustomAttributes=wanted)
        except ClientError as error:
            return bool(error.response["Error"]["Code"] == "InvalidParameterException")
        return False

    outcomes = [refused(0, 26), refused(0, 25), refused(25, 25), refused(50, 1)]
    assert outcomes == [True, False, False, True]


def test_custom_domain_needs_a_certificate_in_us_east_1(idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)
    elsewhere: Any = {"CertificateArn": "arn:aws:acm:eu-west-1:123456789012:certificate/1"}
    with pytest.raises(ClientError) as caught:
        idp.create_user_pool_domain(UserPoolId=pool_id, Domain="auth.initech.example", CustomDomainConfig=elsewhere)
    assert refusal(caught)[0] == "InvalidParameterException"


def test_tags(idp: CognitoIdentityProviderClient) -> None:
    arn = _describe(idp, make_pool(idp, UserPoolTags={"tenant": "acme"}))["Arn"]
    idp.tag_resource(ResourceArn=arn, Tags={"lifeguard": "1"})
    idp.untag_resource(ResourceArn=arn, TagKeys=["tenant", "absent"])
    assert idp.list_tags_for_resource(ResourceArn=arn)["Tags"] == {"lifeguard": "1"}
