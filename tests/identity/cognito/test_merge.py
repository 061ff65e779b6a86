"""Updates are complete: whatever Cognito describes and lets us set survives an update of something else."""

from collections.abc import Mapping
from typing import Any, cast

import pytest
from botocore.model import StructureShape
from botocore.validate import ParamValidator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from identity.cognito.client_spec import AppClientSpec, client_settings, create_client_request
from identity.cognito.clients import service_model
from identity.cognito.merge import merge_client_update, merge_pool_update
from identity.cognito.pool_spec import PasswordPolicy, PoolSpec, create_pool_request, pool_settings
from tests.identity.cognito.shapes import structures

RENAMED = {"Id": "UserPoolId", "Name": "PoolName"}
READ_ONLY = {
    "Arn",
    "CreationDate",
    "LastModifiedDate",
    "Status",
    "SchemaAttributes",
    "AliasAttributes",
    "UsernameAttributes",
    "UsernameConfiguration",
    "Domain",
    "CustomDomain",
    "EstimatedNumberOfUsers",
    "SmsConfigurationFailure",
    "EmailConfigurationFailure",
}
CLIENT_READ_ONLY = {"ClientSecret", "CreationDate", "LastModifiedDate", "ClientType"}
relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def shape(name: str) -> StructureShape:
    return cast("StructureShape", service_model().shape_for(name))


def described(name: str, *, complete: bool = False, **present: Any) -> st.SearchStrategy[dict[str, Any]]:
    return structures(shape(name), complete=complete).map(lambda document: {**document, **present})


pools = described("UserPoolType", Id="eu-west-1_a", Name="lg-1")
full_pools = described("UserPoolType", complete=True, Id="eu-west-1_a", Name="lg-1")
app_clients = described("UserPoolClientType", UserPoolId="eu-west-1_a", ClientId="c1", ClientName="k-web")


def assert_valid(operation: str, request: Mapping[str, Any]) -> None:
    report = ParamValidator().validate(request, shape(f"{operation}Request"))
    assert not report.has_errors(), report.generate_report()


def without_superseded_validity(document: Mapping[str, Any]) -> Mapping[str, Any]:
    invitation = document.get("AdminCreateUserConfig", {})
    if "TemporaryPasswordValidityDays" not in document.get("Policies", {}).get("PasswordPolicy", {}):
        return document
    kept = {name: value for name, value in invitation.items() if name != "UnusedAccountValidityDays"}
    return {**document, "AdminCreateUserConfig": kept} if "AdminCreateUserConfig" in document else document


@relaxed
@given(pools)
def test_every_settable_member_of_a_pool_survives(document: dict[str, Any]) -> None:
    request = merge_pool_update(document, {})
    expected = {RENAMED.get(name, name): value for name, value in document.items() if name not in READ_ONLY}
    assert request == without_superseded_validity(expected)
    assert_valid("UpdateUserPool", request)


@relaxed
@given(full_pools)
def test_nothing_that_can_be_set_is_forgotten(document: dict[str, Any]) -> None:
    assert set(merge_pool_update(document, {})) == set(shape("UpdateUserPoolRequest").members)


@relaxed
@given(app_clients)
def test_every_settable_member_of_an_app_client_survives(document: dict[str, Any]) -> None:
    request = merge_client_update(document, {})
    assert request == {name: value for name, value in document.items() if name not in CLIENT_READ_ONLY}
    assert_valid("UpdateUserPoolClient", request)


@relaxed
@given(pools)
def test_our_settings_land_and_spare_the_others(document: dict[str, Any]) -> None:
    changes = pool_settings(PoolSpec("lg-1", email_alias=False, tags={"lifeguard:pool": "1"}))
    request = merge_pool_update(document, changes)
    assert_valid("UpdateUserPool", request)
    untouched = merge_pool_update(document, {})
    assert {name: request[name] for name in untouched if name not in changes} == {
        name: value for name, value in untouched.items() if name not in changes
    }
    assert request["UserPoolTags"] == {"lifeguard:pool": "1"}
    assert request["Policies"]["PasswordPolicy"]["MinimumLength"] == 12
    assert request["Policies"]["SignInPolicy"] == {"AllowedFirstAuthFactors": ["PASSWORD"]}
    assert merge_pool_update(document | request | {"Id": "eu-west-1_a", "Name": "lg-1"}, changes) == request


@relaxed
@given(app_clients)
def test_our_client_settings_land(document: dict[str, Any]) -> None:
    changes = client_settings(AppClientSpec("k-web", callback_urls=("https://a.example/cb",)))
    request = merge_client_update(document, changes)
    assert_valid("UpdateUserPoolClient", request)
    # None stands for a setting that must be absent.
    assert {name: request.get(name) for name in changes if name != "TokenValidityUnits"} == {
        name: value for name, value in changes.items() if name != "TokenValidityUnits"
    }


@given(tags=st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=3))
def test_maps_and_lists_are_replaced_whole(tags: dict[str, str]) -> None:
    document = {
        "Id": "eu-west-1_a",
        "Name": "lg-1",
        "UserPoolTags": {"old": "1"},
        "AutoVerifiedAttributes": ["email", "phone_number"],
    }
    request = merge_pool_update(document, {"UserPoolTags": tags, "AutoVerifiedAttributes": []})
    assert request["UserPoolTags"] == tags
    assert request["AutoVerifiedAttributes"] == []


def test_none_removes_a_member_at_any_depth() -> None:
    document = {
        "Id": "eu-west-1_a",
        "Name": "lg-1",
        "DeletionProtection": "ACTIVE",
        "LambdaConfig": {"PreSignUp": "arn:one", "PostConfirmation": "arn:two"},
    }
    request = merge_pool_update(document, {"DeletionProtection": None, "LambdaConfig": {"PreSignUp": None}})
    assert request == {"UserPoolId": "eu-west-1_a", "PoolName": "lg-1", "LambdaConfig": {"PostConfirmation": "arn:two"}}


def test_merging_changes_neither_argument() -> None:
    document = {"Id": "eu-west-1_a", "Name": "lg-1", "LambdaConfig": {"PreSignUp": "arn:one"}}
    changes = {"LambdaConfig": {"PostConfirmation": "arn:two"}}
    request = merge_pool_update(document, changes)
    assert request["LambdaConfig"] == {"PreSignUp": "arn:one", "PostConfirmation": "arn:two"}
    assert document["LambdaConfig"] == {"PreSignUp": "arn:one"}
    assert changes["LambdaConfig"] == {"PostConfirmation": "arn:two"}


def test_a_change_that_the_api_does_not_know_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="has no member Schema"):
        merge_pool_update({"Id": "eu-west-1_a", "Name": "lg-1"}, {"Schema": []})


def test_a_history_rule_that_is_no_longer_wanted_goes() -> None:
    document = {"Id": "eu-west-1_a", "Name": "lg-1", "Policies": {"PasswordPolicy": {"PasswordHistorySize": 5}}}
    request = merge_pool_update(document, pool_settings(PoolSpec("lg-1", email_alias=False)))
    assert "PasswordHistorySize" not in request["Policies"]["PasswordPolicy"]


@pytest.mark.parametrize("email_alias", [True, False])
def test_a_new_pool_has_strong_settings(email_alias: bool) -> None:
    policy = PasswordPolicy(minimum_length=14, history=5)
    request = create_pool_request(PoolSpec("lg-1", email_alias=email_alias, password_policy=policy))
    assert_valid("CreateUserPool", request)
    assert request["UsernameConfiguration"] == {"CaseSensitive": False}
    assert request["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert request["DeletionProtection"] == "ACTIVE"
    assert request["Policies"]["PasswordPolicy"]["PasswordHistorySize"] == 5
    assert request.get("AliasAttributes") == (["email"] if email_alias else None)


def test_a_new_app_client_is_confidential_and_explicit() -> None:
    request = create_client_request("eu-west-1_a", AppClientSpec("k-web", oauth_flows=("code",)))
    assert_valid("CreateUserPoolClient", request)
    assert request["GenerateSecret"] is True
    assert request["PreventUserExistenceErrors"] == "ENABLED"
    assert request["EnableTokenRevocation"] is True
    assert request["AllowedOAuthFlowsUserPoolClient"] is True
    assert request["ReadAttributes"] == ["email", "email_verified", "name"]
    assert request["WriteAttributes"] == ["name"]
