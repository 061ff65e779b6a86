"""Threat protection, log delivery, signing certificates, and what each feature plan allows."""

import base64
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography import x509
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

from tests.local_cognito.cast import Place, make_place, make_pool
from tests.local_cognito.refusals import refusal

PLUS = {"UserPoolTier": "PLUS", "UserPoolAddOns": {"AdvancedSecurityMode": "ENFORCED"}}
BLOCK: Any = {"Actions": {"EventAction": "BLOCK"}}
GROUP = {"LogGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:cognito"}
NOTIFICATIONS: Any = {
    "LogLevel": "ERROR",
    "EventSource": "userNotification",
    "CloudWatchLogsConfiguration": GROUP,
}
ACTIVITY: Any = {
    "LogLevel": "INFO",
    "EventSource": "userAuthEvents",
    "S3Configuration": {"BucketArn": "arn:aws:s3:::activity"},
}


@pytest.fixture
def place(idp: CognitoIdentityProviderClient) -> Place:
    return make_place(idp, pool=PLUS)


def _risk(place: Place, **named: str) -> Any:
    """The parts of a configuration, by name."""
    found = place.idp.describe_risk_configuration(UserPoolId=place.pool_id, **named)["RiskConfiguration"]
    return {name: value for name, value in found.items() if name.endswith("Configuration")}


def test_client_has_its_own_protection_until_it_inherits_again(place: Place) -> None:
    idp, pool_id = place.idp, place.pool_id
    client: Any = {"ClientId": place.client_id}
    idp.set_risk_configuration(UserPoolId=pool_id, CompromisedCredentialsRiskConfiguration=BLOCK)
    of_pool = _risk(place)
    events = of_pool["CompromisedCredentialsRiskConfiguration"]["EventFilter"]
    assert events == ["SIGN_IN", "PASSWORD_CHANGE", "SIGN_UP"]
    assert _risk(place, **client) == {}
    ranges: Any = {"BlockedIPRangeList": ["192.0.2.0/24"]}
    idp.set_risk_configuration(UserPoolId=pool_id, **client, RiskExceptionConfiguration=ranges)
    assert _risk(place, **client) == {"RiskExceptionConfiguration": ranges}
    idp.set_risk_configuration(UserPoolId=pool_id, **client)
    assert _risk(place, **client) == {}
    assert _risk(place) == of_pool
    idp.set_risk_configuration(UserPoolId=pool_id)
    assert _risk(place) == {}


@pytest.mark.parametrize(
    "configuration",
    [
        {"RiskExceptionConfiguration": {"BlockedIPRangeList": ["192.0.2.1"]}},
        {"RiskExceptionConfiguration": {"SkippedIPRangeList": ["everybody"]}},
        {"RiskExceptionConfiguration": {"BlockedIPRangeList": ["192.0.2.0/24"] * 201}},
        {
            "RiskExceptionConfiguration": {
                "BlockedIPRangeList": ["192.0.2.0/24"],
                "SkippedIPRangeList": ["192.0.2.0/24"],
            }
        },
        {
            "AccountTakeoverRiskConfiguration": {
                "Actions": {"HighAction": {"Notify": True, "EventAction": "MFA_REQUIRED"}}
            }
        },
    ],
)
def test_impossible_protection_is_refused(place: Place, configuration: dict[str, Any]) -> None:
    with pytest.raises(ClientError) as caught:
        place.idp.set_risk_configuration(UserPoolId=place.pool_id, **configuration)
    assert refusal(caught)[0] == "InvalidParameterException"


def test_protection_must_be_on(idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)
    for call in (idp.set_risk_configuration, idp.describe_risk_configuration):
        with pytest.raises(ClientError) as caught:
            call(UserPoolId=pool_id)
        assert refusal(caught)[0] == "UserPoolAddOnNotEnabledException"


def test_logs_are_replaced_whole(place: Place) -> None:
    named: Any = {"UserPoolId": place.pool_id}
    place.idp.set_log_delivery_configuration(**named, LogConfigurations=[NOTIFICATIONS, ACTIVITY])
    place.idp.set_log_delivery_configuration(**named, LogConfigurations=[ACTIVITY])
    found = place.idp.get_log_delivery_configuration(**named)["LogDeliveryConfiguration"]
    assert found["LogConfigurations"] == [ACTIVITY]
    place.idp.set_log_delivery_configuration(**named, LogConfigurations=[])
    found = place.idp.get_log_delivery_configuration(**named)["LogDeliveryConfiguration"]
    assert found["LogConfigurations"] == []


@pytest.mark.parametrize(
    "entries",
    [
        [ACTIVITY, ACTIVITY],
        [NOTIFICATIONS, ACTIVITY, ACTIVITY],
        [{**NOTIFICATIONS, "LogLevel": "INFO"}],
        [{**ACTIVITY, "LogLevel": "ERROR"}],
        [{**ACTIVITY, "CloudWatchLogsConfiguration": GROUP}],
        [{"LogLevel": "INFO", "EventSource": "userAuthEvents"}],
        [{**ACTIVITY, "LogLevel": "ERROR", "EventSource": "userNotification"}],
    ],
)
def test_impossible_logs_are_refused(place: Place, entries: list[Any]) -> None:
    with pytest.raises(ClientError) as caught:
        place.idp.set_log_delivery_configuration(UserPoolId=place.pool_id, LogConfigurations=entries)
    assert refusal(caught)[0] == "InvalidParameterException"


def test_activity_logs_need_the_plus_plan(idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)
    idp.set_log_delivery_configuration(UserPoolId=pool_id, LogConfigurations=[NOTIFICATIONS])
    with pytest.raises(ClientError) as caught:
        idp.set_log_delivery_configuration(UserPoolId=pool_id, LogConfigurations=[ACTIVITY])
    assert refusal(caught)[0] == "FeatureUnavailableInTierException"


def test_signing_certificate_stays(idp: CognitoIdentityProviderClient) -> None:
    first, second = make_pool(idp), make_pool(idp)
    texts = [idp.get_signing_certificate(UserPoolId=pool_id)["Certificate"] for pool_id in (first, first, second)]
    assert texts[0] == texts[1] != texts[2]
    certificate = x509.load_der_x509_certificate(base64.b64decode(texts[0]))
    assert (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days == 3650


def test_plan_cannot_be_taken_from_what_uses_it(idp: CognitoIdentityProviderClient) -> None:
    place = make_place(idp, pool=PLUS)
    pool: Any = {"UserPoolId": place.pool_id}

    def refused(tier: Any, code: str, **more: Any) -> bool:
        with pytest.raises(ClientError) as caught:
            idp.update_user_pool(**pool, UserPoolTier=tier, **more)
        return refusal(caught)[0] == code

    assert refused("ESSENTIALS", "FeatureUnavailableInTierException", UserPoolAddOns=PLUS["UserPoolAddOns"])
    idp.set_log_delivery_configuration(**pool, LogConfigurations=[ACTIVITY])
    assert refused("ESSENTIALS", "TierChangeNotAllowedException")
    idp.set_log_delivery_configuration(**pool, LogConfigurations=[])
    idp.update_user_pool(**pool, UserPoolTier="ESSENTIALS")
    idp.set_user_pool_mfa_config(**pool, WebAuthnConfiguration={"RelyingPartyId": "login.acme.example"})
    assert refused("LITE", "TierChangeNotAllowedException")
    idp.set_user_pool_mfa_config(**pool)
    style = idp.create_managed_login_branding(**pool, ClientId=place.client_id, UseCognitoProvidedValues=True)
    assert refused("LITE", "TierChangeNotAllowedException")
    idp.delete_managed_login_branding(
        **pool, ManagedLoginBrandingId=style["ManagedLoginBranding"]["ManagedLoginBrandingId"]
    )
    trigger = {"LambdaVersion": "V2_0", "LambdaArn": "arn:aws:lambda:us-east-1:123456789012:function:tokens"}
    assert refused("LITE", "FeatureUnavailableInTierException", LambdaConfig={"PreTokenGenerationConfig": trigger})
    idp.update_user_pool(**pool, UserPoolTier="LITE")
    with pytest.raises(ClientError) as caught:
        idp.set_user_pool_mfa_config(**pool, WebAuthnConfiguration={"RelyingPartyId": "login.acme.example"})
    assert refusal(caught)[0] == "FeatureUnavailableInTierException"


@pytest.mark.parametrize("relying_party", ["example", "https://acme.example", "Acme.example", "-a.example"])
def test_relying_party_is_a_domain(idp: CognitoIdentityProviderClient, relying_party: str) -> None:
    with pytest.raises(ClientError) as caught:
        idp.set_user_pool_mfa_config(UserPoolId=make_pool(idp), WebAuthnConfiguration={"RelyingPartyId": relying_party})
    assert refusal(caught)[0] == "InvalidParameterException"


def test_passkeys_are_reset_when_omitted(idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)
    passkeys: Any = {
        "RelyingPartyId": "login.acme.example",
        "UserVerification": "required",
        "FactorConfiguration": "MULTI_FACTOR_WITH_USER_VERIFICATION",
    }
    idp.set_user_pool_mfa_config(UserPoolId=pool_id, WebAuthnConfiguration=passkeys)
    idp.update_user_pool(UserPoolId=pool_id)
    assert idp.get_user_pool_mfa_config(UserPoolId=pool_id)["WebAuthnConfiguration"] == passkeys
    idp.set_user_pool_mfa_config(UserPoolId=pool_id)
    assert "WebAuthnConfiguration" not in idp.get_user_pool_mfa_config(UserPoolId=pool_id)
