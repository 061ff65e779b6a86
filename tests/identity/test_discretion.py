"""A tenant in a shared pool is not told which pool that is."""

import pytest

from identity.selectors import discreet
from tenants.models import PoolKind, Tenant, UserPool


def tenant_in(kind: PoolKind) -> Tenant:
    return Tenant(name="Acme", slug="acme", pool=UserPool(kind=kind, cognito_id="eu-central-1_AbCdEf123"))


@pytest.mark.parametrize("identifier", ["cognito_id", "name", "domain_prefix"])
def test_the_identifiers_of_a_shared_pool_are_taken_out(identifier: str) -> None:
    tenant = tenant_in(PoolKind.SHARED)
    value = getattr(tenant.pool, identifier)
    assert discreet(f"User pool {value} does not exist.", tenant) == "User pool (the user pool) does not exist."


def test_a_pool_of_ones_own_is_named() -> None:
    tenant = tenant_in(PoolKind.DEDICATED)
    assert discreet("User pool eu-central-1_AbCdEf123 is full.", tenant) == "User pool eu-central-1_AbCdEf123 is full."


@pytest.mark.parametrize("kind", list(PoolKind))
def test_what_the_operator_has_in_aws_is_taken_out(kind: PoolKind) -> None:
    words = 'arn:aws:sts::123456789012:assumed-role/lifeguard/x is not authorized, nor "arn:aws:iam::1:role/y"'
    assert "123456789012" not in discreet(words, tenant_in(kind))
    assert discreet(words, tenant_in(kind)) == '(an AWS resource) is not authorized, nor "(an AWS resource)"'
