"""What Cognito refuses a pool ends as blocked, with the cause and what to do, and heals when the cause is gone."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from botocore.session import Session

from identity.cells import endpoint_of
from identity.cognito import pools
from identity.cognito.hooks import hooks
from identity.models import Family, ResourceState, SyncedResource
from identity.services.pool_settings import renew_domain_prefix
from identity.sync import selectors
from identity.sync.failures import UNREACHABLE_AFTER
from identity.sync.views import ResourceView
from tenants.models import Cell, OutboxEntry, PoolKind, PoolSettings, SyncKind, Tenant, UserPool
from tenants.pool_options import CustomAttribute, PoolTier, ThreatMode
from tests.support import by_hand
from tests.support.cognito import LocalCognito
from tests.support.pool_settings import THREATS, an_operator, ref_of, set_on
from tests.support.sync import PRIORITY, Onboard, assert_exactly_one_of_each, entry_of, make_due, resync, run_tenant


@pytest.fixture
def tenant(onboard: Onboard) -> Tenant:
    """A tenant with a dedicated pool, in sync."""
    return settled(onboard)


def settled(onboard: Onboard) -> Tenant:
    tenant = onboard(PoolKind.DEDICATED)
    run_tenant(tenant)
    tenant.refresh_from_db()
    return tenant


def view(tenant: Tenant, family: Family) -> ResourceView:
    """What the tenant's page says of one resource."""
    found = selectors.resources_for_tenant(Tenant.objects.get(pk=tenant.pk))
    return next(each for each in found if each.family == family)


def assert_healed(tenant: Tenant) -> None:
    """The next attempt that is due finds nothing in its way."""
    make_due()
    run_tenant(tenant)
    states = {each.state for each in selectors.resources_for_tenant(Tenant.objects.get(pk=tenant.pk))}
    assert states == {ResourceState.IN_SYNC}, selectors.resources_for_tenant(tenant)
    assert not entry_of(SyncKind.POOL, tenant).is_owed


def assert_others_move(onboard: Onboard) -> None:
    """Another tenant of the same cell is not held up."""
    other = settled(onboard)
    set_on(other, password_history=4)
    run_tenant(other)
    described = pools.describe_pool(ref_of(other), priority=PRIORITY)
    assert described.document["Policies"]["PasswordPolicy"]["PasswordHistorySize"] == 4


def test_an_attribute_of_another_type(cognito: LocalCognito, tenant: Tenant, onboard: Onboard) -> None:
    """Nothing is written, until the settings say what is there or another name."""
    number = {"Name": "department", "AttributeDataType": "Number", "Mutable": True}
    by_hand.client_of(ref_of(tenant)).add_custom_attributes(
        UserPoolId=ref_of(tenant).pool_id,
        CustomAttributes=[number],  # type: ignore[list-item]  # A plain dictionary is one.
    )
    set_on(tenant, custom_attributes=(CustomAttribute(name="department", maximum=64),), password_history=3)
    cognito.forget_calls()
    run_tenant(tenant)
    assert cognito.writes() == []
    shown = view(tenant, Family.POOL)
    assert shown.state == ResourceState.BLOCKED
    assert "custom:department is Number, changeable, not String, changeable, at most 64" in shown.detail
    assert "another name" in shown.remedy
    assert_others_move(onboard)
    set_on(tenant, custom_attributes=(CustomAttribute(name="division", maximum=64),))
    assert_healed(tenant)
    set_on(tenant, custom_attributes=(*an_attribute("division"), CustomAttribute(name="department", type="Number")))
    assert_healed(tenant)


def an_attribute(name: str) -> tuple[CustomAttribute, ...]:
    return (CustomAttribute(name=name, maximum=64),)


def test_a_domain_prefix_of_another_account(cognito: LocalCognito, onboard: Onboard) -> None:
    """The pool is there and its tenant signs in; an operator draws another prefix."""
    tenant = onboard(PoolKind.DEDICATED)
    taken = tenant.pool.domain_prefix
    cognito.reserve_domain(taken)
    run_tenant(tenant)
    shown = view(tenant, Family.DOMAIN)
    assert shown.state == ResourceState.BLOCKED
    assert "another AWS account" in shown.detail
    assert "Use another prefix" in shown.remedy
    assert view(tenant, Family.MFA).state == ResourceState.IN_SYNC
    assert view(tenant, Family.CLIENT).state == ResourceState.IN_SYNC
    assert_others_move(onboard)
    renew_domain_prefix(tenant.pool_id, actor=an_operator())
    assert_healed(tenant)
    assert_exactly_one_of_each(tenant)
    assert UserPool.objects.get(pk=tenant.pool_id).domain_prefix == f"{taken}-1"
    assert not SyncedResource.objects.filter(family=Family.DOMAIN, name=taken).exists()


def test_a_full_quota(cognito: LocalCognito, onboard: Onboard, request: pytest.FixtureRequest) -> None:
    """It is named, and where to raise it."""
    request.addfinalizer(lambda: cognito.limit(clients_per_pool=None))
    old = settled(onboard)
    tenant = onboard(PoolKind.DEDICATED)
    cognito.limit(clients_per_pool=0)
    run_tenant(tenant)
    shown = view(tenant, Family.CLIENT)
    assert shown.state == ResourceState.BLOCKED
    assert "app clients per user pool" in shown.detail
    assert "Service Quotas" in shown.remedy
    set_on(old, password_history=4)
    run_tenant(old)
    assert not entry_of(SyncKind.POOL, old).is_owed
    cognito.limit(clients_per_pool=None)
    assert_healed(tenant)


def test_a_plan_without_the_feature(tenant: Tenant) -> None:
    """Rows that no form would have saved, as after somebody's restore of an old table."""
    PoolSettings.objects.create(pool_id=tenant.pool_id, threat_mode=ThreatMode.AUDIT)
    resync(tenant)
    shown = view(tenant, Family.POOL)
    assert shown.state == ResourceState.BLOCKED
    assert "feature plan does not include this" in shown.detail
    assert "Raise the pool's feature plan" in shown.remedy
    PoolSettings.objects.update(tier=PoolTier.PLUS)
    assert_healed(tenant)


def test_an_operation_that_the_endpoint_lacks(tenant: Tenant) -> None:
    """Said as that, and not faked; everything before it is done."""
    endpoint = endpoint_of(tenant.pool.cell)
    hooks.capabilities.record_unsupported(endpoint, "DescribeRiskConfiguration")
    set_on(tenant, **THREATS)
    run_tenant(tenant)
    assert view(tenant, Family.POOL).state == ResourceState.IN_SYNC
    described = pools.describe_pool(ref_of(tenant), priority=PRIORITY)
    assert described.document["UserPoolAddOns"] == {"AdvancedSecurityMode": "ENFORCED"}
    shown = view(tenant, Family.RISK)
    assert shown.state == ResourceState.BLOCKED
    assert "does not offer the operation" in shown.detail


@pytest.fixture
def role_arn(local_cell: Cell) -> Iterator[str]:
    """A role that asks for the external id "right"."""
    iam: Any = Session().create_client("iam", region_name=local_cell.region, endpoint_url=local_cell.endpoint_url)
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "*"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"sts:ExternalId": "right"}},
            }
        ],
    }
    role = iam.create_role(RoleName="lifeguard-pools", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    yield role["Arn"]
    iam.delete_role(RoleName=role["RoleName"])


def test_a_role_that_is_not_allowed(tenant: Tenant, local_cell: Cell, role_arn: str) -> None:
    """The action that it lacks is named."""
    Cell.objects.filter(pk=local_cell.pk).update(role_arn=role_arn, external_id="wrong")
    resync(tenant)
    shown = view(tenant, Family.POOL)
    assert shown.state == ResourceState.BLOCKED
    assert "sts:AssumeRole" in shown.remedy
    Cell.objects.filter(pk=local_cell.pk).update(role_arn="", external_id="")
    assert_healed(tenant)


def test_a_region_that_does_not_answer(tenant: Tenant, local_cell: Cell) -> None:
    """At first it is tried again; after a while a person is asked to look."""
    Cell.objects.filter(pk=local_cell.pk).update(endpoint_url="http://127.0.0.1:9")
    resync(tenant)
    assert view(tenant, Family.POOL).state == ResourceState.FAILING
    OutboxEntry.objects.filter(kind=SyncKind.POOL, key=tenant.pool_id).update(attempts=UNREACHABLE_AFTER)
    make_due()
    run_tenant(tenant)
    shown = view(tenant, Family.POOL)
    assert shown.state == ResourceState.BLOCKED
    assert "Region" in shown.remedy
    Cell.objects.filter(pk=local_cell.pk).update(endpoint_url=local_cell.endpoint_url)
    assert_healed(tenant)


def test_an_import_of_users_is_waited_for(cognito: LocalCognito, tenant: Tenant) -> None:
    """However long it takes: nobody is asked to do anything about it."""
    cognito.take_imports(3600)
    client, pool_id = by_hand.client_of(ref_of(tenant)), ref_of(tenant).pool_id
    header = client.get_csv_header(UserPoolId=pool_id)["CSVHeader"]
    job = client.create_user_import_job(
        UserPoolId=pool_id, JobName="theirs", CloudWatchLogsRoleArn="arn:aws:iam::123456789012:role/logs"
    )["UserImportJob"]
    values = {"cognito:username": "joe", "email": "joe@a.example", "email_verified": "true"}
    flags = {name: "false" for name in header if name.endswith(("_enabled", "_verified"))}
    line = ",".join({**flags, **values}.get(name, "") for name in header)
    encrypted = {"x-amz-server-side-encryption": "aws:kms"}
    content = f"{','.join(header)}\n{line}\n"
    httpx.put(job["PreSignedUrl"], content=content, headers=encrypted, timeout=30).raise_for_status()
    client.start_user_import_job(UserPoolId=pool_id, JobId=job["JobId"])
    set_on(tenant, password_history=3)
    OutboxEntry.objects.filter(kind=SyncKind.POOL, key=tenant.pool_id).update(attempts=UNREACHABLE_AFTER)
    run_tenant(tenant)
    shown = view(tenant, Family.POOL)
    assert shown.state == ResourceState.FAILING
    assert "Users are being imported" in shown.detail
    client.stop_user_import_job(UserPoolId=pool_id, JobId=job["JobId"])
    cognito.take_imports(2)
    assert_healed(tenant)
