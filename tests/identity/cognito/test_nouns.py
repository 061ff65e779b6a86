"""What only a faithful Cognito answers: broken listings, missing operations, descriptions of nothing."""

from datetime import UTC, datetime

import pytest
from botocore.stub import Stubber

from identity.cognito import app_clients, domains, errors, pools, users
from identity.cognito.calls import Priority
from identity.cognito.endpoint import CellEndpoint, PoolRef
from identity.cognito.merge import merge_mfa_update
from identity.cognito.pool_spec import MfaMode, MfaSpec, mfa_settings

POOL_ID = "eu-west-1_a"
BULK = Priority.BULK


@pytest.fixture
def pool(endpoint: CellEndpoint) -> PoolRef:
    return PoolRef(endpoint, POOL_ID)


def user(name: str) -> dict[str, object]:
    return {
        "Username": name,
        "Enabled": True,
        "UserStatus": "CONFIRMED",
        "Attributes": [{"Name": "sub", "Value": f"sub-{name}"}, {"Name": "email", "Value": "a@b.example"}],
        "UserCreateDate": datetime(2026, 1, 1, tzinfo=UTC),
        "UserLastModifiedDate": datetime(2026, 1, 2, tzinfo=UTC),
    }


def test_a_search_goes_on_after_an_empty_page(stub: Stubber, pool: PoolRef) -> None:
    first = {"UserPoolId": POOL_ID, "Limit": 60, "Filter": 'username = "key.2"'}
    stub.add_response("list_users", {"Users": [], "PaginationToken": "t1"}, first)
    stub.add_response("list_users", {"Users": [user("key.2")]}, {**first, "PaginationToken": "t1"})
    found = users.find_user(pool, "key.2", priority=BULK)
    assert found is not None
    assert (found.username, found.subject, found.email) == ("key.2", "sub-key.2", "a@b.example")
    assert found.factors is None


def test_a_search_that_breaks_off_is_an_error(stub: Stubber, pool: PoolRef) -> None:
    """And no answer that there is no such user."""
    stub.add_response("list_users", {"Users": [], "PaginationToken": "t1"})
    stub.add_client_error("list_users", "TooManyRequestsException")
    with pytest.raises(errors.Throttled):
        users.find_user(pool, "key.1", priority=BULK)


def test_a_listing_of_pools_that_breaks_off_is_an_error(stub: Stubber, endpoint: CellEndpoint) -> None:
    page = {"UserPools": [{"Id": POOL_ID, "Name": "lg-1"}], "NextToken": "t1"}
    stub.add_response("list_user_pools", page, {"MaxResults": 60})
    stub.add_client_error("list_user_pools", "InternalErrorException", http_status_code=500)
    with pytest.raises(errors.Transient):
        list(pools.list_pools(endpoint, priority=BULK))


def test_a_listing_of_app_clients_that_breaks_off_is_an_error(stub: Stubber, pool: PoolRef) -> None:
    page = {"UserPoolClients": [{"ClientId": "c1", "ClientName": "key-web"}], "NextToken": "t1"}
    stub.add_response("list_user_pool_clients", page)
    stub.add_client_error("list_user_pool_clients", "TooManyRequestsException")
    with pytest.raises(errors.Throttled):
        list(app_clients.list_clients(pool, priority=BULK))


def test_a_quotation_mark_cannot_leave_the_filter(stub: Stubber, pool: PoolRef) -> None:
    expected = {"UserPoolId": POOL_ID, "Limit": 60, "Filter": 'username = "a\\"b\\\\c"'}
    stub.add_response("list_users", {"Users": []}, expected)
    assert users.find_user(pool, 'a"b\\c', priority=BULK) is None


def test_finding_a_user_takes_only_the_very_name(stub: Stubber, pool: PoolRef) -> None:
    stub.add_response("list_users", {"Users": [user("key.10")]})
    assert users.find_user(pool, "key.1", priority=BULK) is None


def test_a_domain_that_is_not_described_does_not_exist(stub: Stubber, endpoint: CellEndpoint) -> None:
    stub.add_response("describe_user_pool_domain", {"DomainDescription": {}}, {"Domain": "acme"})
    assert domains.describe_domain(endpoint, "acme", priority=BULK) is None


def expect_preference_off(stub: Stubber) -> None:
    user = {"Username": "u", "Enabled": True, "UserMFASettingList": ["SOFTWARE_TOKEN_MFA", "SMS_MFA"]}
    stub.add_response("admin_get_user", user, {"UserPoolId": POOL_ID, "Username": "u"})
    expected = {
        "UserPoolId": POOL_ID,
        "Username": "u",
        "SoftwareTokenMfaSettings": {"Enabled": False, "PreferredMfa": False},
        "SMSMfaSettings": {"Enabled": False, "PreferredMfa": False},
    }
    stub.add_response("admin_set_user_mfa_preference", {}, expected)


def expect_no_devices(stub: Stubber) -> None:
    stub.add_client_error("admin_list_devices", "InvalidUserPoolConfigurationException")


def test_resetting_factors_forgets_every_device(stub: Stubber, pool: PoolRef) -> None:
    """Also of more than a page; one that its owner forgets at the same moment is forgotten."""
    named = {"UserPoolId": POOL_ID, "Username": "u"}
    expect_preference_off(stub)
    stub.add_response("admin_list_devices", {"Devices": [{"DeviceKey": "us-east-1_a"}], "PaginationToken": "more"})
    stub.add_response("admin_list_devices", {"Devices": [{"DeviceKey": "us-east-1_b"}]})
    stub.add_client_error("admin_forget_device", "ResourceNotFoundException")
    stub.add_response("admin_forget_device", {}, {**named, "DeviceKey": "us-east-1_b"})
    stub.add_response("admin_delete_software_token", {}, named)
    assert users.reset_factors(pool, "u", priority=Priority.CONFIGURATION) is True


def test_resetting_totp_deletes_the_secret(stub: Stubber, pool: PoolRef) -> None:
    expect_preference_off(stub)
    expect_no_devices(stub)
    stub.add_response("admin_delete_software_token", {}, {"UserPoolId": POOL_ID, "Username": "u"})
    assert users.reset_factors(pool, "u", priority=Priority.CONFIGURATION) is True


def test_resetting_totp_of_a_user_without_one(stub: Stubber, pool: PoolRef) -> None:
    expect_preference_off(stub)
    expect_no_devices(stub)
    stub.add_client_error("admin_delete_software_token", "SoftwareTokenMFANotFoundException")
    assert users.reset_factors(pool, "u", priority=Priority.CONFIGURATION) is True


def test_resetting_totp_where_the_secret_cannot_be_deleted(stub: Stubber, pool: PoolRef) -> None:
    expect_preference_off(stub)
    expect_no_devices(stub)
    stub.add_client_error("admin_delete_software_token", "UnknownOperationException")
    assert users.reset_factors(pool, "u", priority=Priority.CONFIGURATION) is False


def test_setting_mfa_keeps_the_other_factors(stub: Stubber, pool: PoolRef) -> None:
    sms = {"SmsConfiguration": {"SnsCallerArn": "arn:aws:iam::111122223333:role/sms-sender"}}
    passkeys = {"RelyingPartyId": "acme.example"}
    current = {"SmsMfaConfiguration": sms, "WebAuthnConfiguration": passkeys, "MfaConfiguration": "OFF"}
    expected = {
        **current,
        "UserPoolId": POOL_ID,
        "MfaConfiguration": "OPTIONAL",
        "SoftwareTokenMfaConfiguration": {"Enabled": True},
    }
    answer = {name: value for name, value in expected.items() if name != "UserPoolId"}
    stub.add_response("set_user_pool_mfa_config", answer, expected)
    request = merge_mfa_update(current, mfa_settings(MfaSpec(MfaMode.OPTIONAL)))
    config = pools.set_mfa_config(pool, request, priority=Priority.CONFIGURATION)
    assert (config.mode, config.totp) == (MfaMode.OPTIONAL, True)


def test_a_description_of_an_app_client_hides_its_secret(stub: Stubber, pool: PoolRef) -> None:
    document = {"ClientId": "c1", "ClientName": "key-web", "UserPoolId": POOL_ID}
    stub.add_response("describe_user_pool_client", {"UserPoolClient": {**document, "ClientSecret": "hush" * 6}})
    client = app_clients.describe_client(pool, "c1", priority=BULK)
    assert "hush" not in repr(client)
    assert client.secret is not None
    assert client.secret.get_secret_value() == "hush" * 6
    assert client.document == document
