"""Faults by class of operation and by chance, conflicts, broken listings, and resources that are not seen yet."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError
from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

from tests.local_cognito.cast import make_pool
from tests.local_cognito.refusals import refusal
from tests.local_cognito.running import RunningCognito
from tests.local_cognito.test_clients import OIDC
from tests.support.cognito import LocalCognito


@pytest.fixture
def control(cognito: RunningCognito) -> Iterator[LocalCognito]:
    local = LocalCognito(cognito.url)
    yield local
    local.clear_faults()


def _outcome(call: Callable[[], Any]) -> str:
    try:
        call()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "done"


def _group(idp: CognitoIdentityProviderClient, pool_id: str, name: str) -> None:
    idp.create_group(UserPoolId=pool_id, GroupName=name)


def test_request_cut_before_it_is_applied(control: LocalCognito, idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)
    control.fault("CreateGroup", "timeout_before", pool_id=pool_id)
    with pytest.raises(ConnectionClosedError):
        _group(idp, pool_id, "admins")
    [call] = [call for call in control.calls() if call.pool_id == pool_id]
    assert (call.status, call.applied, call.fault) == (499, False, "timeout_before")
    assert idp.list_groups(UserPoolId=pool_id)["Groups"] == []


def test_classes_of_operations(control: LocalCognito, idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)
    for operations, expected in (
        ("reads", ("InternalErrorException", "done")),
        ("writes", ("done", "InternalErrorException")),
        ("*", ("InternalErrorException", "InternalErrorException")),
    ):
        control.fault(operations, "error_500", pool_id=pool_id, times=2)
        read = _outcome(lambda: idp.list_groups(UserPoolId=pool_id))
        write = _outcome(lambda: idp.update_user_pool(UserPoolId=pool_id, PoolName="renamed"))
        assert (read, write) == expected
        control.clear_faults()


def test_chance_repeats_itself(control: LocalCognito, idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)
    runs = []
    for seed in (7, 7, 8):
        control.fault_by_chance("ListGroups", "throttle", 0.5, seed=seed, pool_id=pool_id)
        runs.append([_outcome(lambda: idp.list_groups(UserPoolId=pool_id)) for _ in range(20)])
        control.clear_faults()
    assert runs[0] == runs[1] != runs[2]
    assert set(runs[0]) == {"done", "TooManyRequestsException"}


def test_conflict_meets_what_declares_it(control: LocalCognito, idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)
    control.fault("writes", "conflict", pool_id=pool_id)
    _group(idp, pool_id, "admins")
    with pytest.raises(ClientError) as caught:
        idp.update_user_pool(UserPoolId=pool_id, PoolName="renamed")
    assert refusal(caught)[0] == "ConcurrentModificationException"
    assert idp.describe_user_pool(UserPoolId=pool_id)["UserPool"]["Name"] == "test"


def test_listing_breaks_off_after_its_first_page(control: LocalCognito, idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)
    for number in range(3):
        _group(idp, pool_id, f"group-{number}")
    control.fault("ListGroups", "truncate_list", pool_id=pool_id)
    assert len(idp.list_groups(UserPoolId=pool_id)["Groups"]) == 3
    first = idp.list_groups(UserPoolId=pool_id, Limit=2)
    with pytest.raises(ClientError) as caught:
        idp.list_groups(UserPoolId=pool_id, Limit=2, NextToken=first["NextToken"])
    assert refusal(caught)[0] == "InternalErrorException"
    again = idp.list_groups(UserPoolId=pool_id, Limit=2, NextToken=first["NextToken"])
    assert [group["GroupName"] for group in again["Groups"]] == ["group-2"]


def test_pages_are_short_or_empty_while_more_is_to_come(
    control: LocalCognito, idp: CognitoIdentityProviderClient
) -> None:
    pool_id = make_pool(idp)
    for number in range(3):
        idp.admin_create_user(UserPoolId=pool_id, Username=f"u{number}", MessageAction="SUPPRESS")
    control.fault("ListUsers", "empty_page", pool_id=pool_id)
    control.fault("ListUsers", "short_page", pool_id=pool_id)
    control.fault("ListUsers", "empty_page", pool_id=pool_id)
    pages = list(idp.get_paginator("list_users").paginate(UserPoolId=pool_id))
    assert [[user["Username"] for user in page["Users"]] for page in pages] == [[], ["u0"], [], ["u1", "u2"]]
    control.fault("ListUsers", "empty_page")
    assert "PaginationToken" not in idp.list_users(UserPoolId=make_pool(idp))


def test_new_pool_is_not_seen_at_once(control: LocalCognito, cognito: RunningCognito) -> None:
    idp = cognito.client("444444444444")
    control.hide_created("CreateUserPool", reads=2)
    pool_id = make_pool(idp)
    assert idp.list_user_pools(MaxResults=60)["UserPools"] == []
    with pytest.raises(ClientError) as caught:
        idp.describe_user_pool(UserPoolId=pool_id)
    assert refusal(caught)[0] == "ResourceNotFoundException"
    assert [pool["Id"] for pool in idp.list_user_pools(MaxResults=60)["UserPools"]] == [pool_id]


def test_new_user_is_missing_from_listings_only(control: LocalCognito, idp: CognitoIdentityProviderClient) -> None:
    pool_id = make_pool(idp)
    idp.admin_create_user(UserPoolId=pool_id, Username="ada", MessageAction="SUPPRESS")
    control.hide_created("AdminCreateUser", reads=1, pool_id=pool_id)
    idp.admin_create_user(UserPoolId=pool_id, Username="grace", MessageAction="SUPPRESS")
    assert idp.admin_get_user(UserPoolId=pool_id, Username="grace")["Username"] == "grace"
    seen = [[user["Username"] for user in idp.list_users(UserPoolId=pool_id)["Users"]] for _ in range(2)]
    assert seen == [["ada"], ["ada", "grace"]]


def test_hidden_until_the_clock_says_otherwise(own_cognito: RunningCognito) -> None:
    idp = own_cognito.client()
    pool_id = make_pool(idp)
    order = {"operation": "CreateGroup", "kind": "not_found_after_create", "seconds": 60}
    own_cognito.control("POST", "faults", order)
    _group(idp, pool_id, "admins")
    assert idp.list_groups(UserPoolId=pool_id)["Groups"] == []
    own_cognito.advance(60)
    assert len(idp.list_groups(UserPoolId=pool_id)["Groups"]) == 1


def test_client_cannot_name_a_provider_that_is_not_seen(
    control: LocalCognito, idp: CognitoIdentityProviderClient
) -> None:
    pool_id = make_pool(idp)
    control.hide_created("CreateIdentityProvider", reads=1, pool_id=pool_id)
    idp.create_identity_provider(UserPoolId=pool_id, ProviderName="okta", ProviderType="OIDC", ProviderDetails=OIDC)
    settings: Any = {"UserPoolId": pool_id, "ClientName": "app", "SupportedIdentityProviders": ["okta"]}
    with pytest.raises(ClientError) as caught:
        idp.create_user_pool_client(**settings)
    assert refusal(caught) == (
        "InvalidParameterException",
        f"The provider okta does not exist for User Pool {pool_id}.",
    )
    assert idp.create_user_pool_client(**settings)["UserPoolClient"]["SupportedIdentityProviders"] == ["okta"]


def test_prefix_that_another_account_has(control: LocalCognito, idp: CognitoIdentityProviderClient) -> None:
    control.reserve_domain("taken-elsewhere")
    with pytest.raises(ClientError) as caught:
        idp.create_user_pool_domain(UserPoolId=make_pool(idp), Domain="taken-elsewhere")
    assert refusal(caught) == ("InvalidParameterException", "Domain already associated with another user pool.")
    assert idp.describe_user_pool_domain(Domain="taken-elsewhere")["DomainDescription"] == {}
    control.release_domain("taken-elsewhere")
    idp.create_user_pool_domain(UserPoolId=make_pool(idp), Domain="taken-elsewhere")


def test_journal_keeps_as_much_as_is_wanted(own_cognito: RunningCognito) -> None:
    idp = own_cognito.client()
    pool_id = make_pool(idp)
    last = own_cognito.control("GET", "calls")["calls"][-1]["seq"]
    idp.list_groups(UserPoolId=pool_id)
    assert [call["operation"] for call in own_cognito.control("GET", f"calls?after={last}")["calls"]] == ["ListGroups"]
    own_cognito.control("POST", "calls", {"keep": 0})
    idp.list_groups(UserPoolId=pool_id)
    assert own_cognito.control("GET", "calls")["calls"] == []
