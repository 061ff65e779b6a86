"""`manage.py doctor` on cells: roles that let us in or not, what they may do, and what an endpoint lacks."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.session import Session

from config.doctor.finding import Finding, Level
from identity.cells import endpoint_of
from identity.cognito import pools
from identity.cognito.calls import Priority
from identity.cognito.pool_spec import PoolSpec
from tenants.models import Cell
from tests.factories import CellFactory, UserPoolFactory
from tests.support.cognito import LocalCognito
from tests.support.doctor import assert_told, by_check
from tests.support.stack_plugin import ROOT

EXTERNAL_ID = "between-us"
NEEDED = json.loads((ROOT / "docs" / "aws" / "iam-policy.json").read_text())

Roles = Callable[..., Cell]


@pytest.fixture
def with_role(local_cell: Cell) -> Iterator[Roles]:
    """Make a role in the local AWS that asks for an external id and allows some actions; the cell then uses it."""
    iam: Any = Session().create_client("iam", region_name=local_cell.region, endpoint_url=local_cell.endpoint_url)
    made: list[str] = []

    def make(actions: set[str], *, external_id: str = EXTERNAL_ID) -> Cell:
        condition = {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}}
        trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole", "Condition": condition}
        document = {"Version": "2012-10-17", "Statement": [trust]}
        role = iam.create_role(RoleName="lifeguard-doctor", AssumeRolePolicyDocument=json.dumps(document))["Role"]
        made.append(role["RoleName"])
        allow = {"Effect": "Allow", "Action": sorted(actions), "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": [allow]}
        iam.put_role_policy(RoleName=role["RoleName"], PolicyName="lifeguard", PolicyDocument=json.dumps(document))
        local_cell.role_arn, local_cell.external_id = role["Arn"], external_id
        local_cell.save()
        return local_cell

    yield make
    for name in made:
        iam.delete_role_policy(RoleName=name, PolicyName="lifeguard")
        iam.delete_role(RoleName=name)


def needed_actions() -> set[str]:
    """The actions that the documented policy allows."""
    found: set[str] = set()
    for statement in NEEDED["Statement"]:
        actions = statement["Action"]
        found.update([actions] if isinstance(actions, str) else actions)
    return found


def of_cell(cell: Cell) -> dict[str, Finding]:
    """What doctor says of one cell, by the word after its name."""
    prefix = f"{cell.name}: "
    return {name.removeprefix(prefix): each for name, each in by_check().items() if name.startswith(prefix)}


def test_a_role_that_may_do_all_that_is_needed(with_role: Roles) -> None:
    found = of_cell(with_role({*needed_actions(), "iam:SimulatePrincipalPolicy"}))
    assert_told(found["identity"], Level.OK, "assumed-role/lifeguard-doctor")
    assert_told(found["permissions"], Level.OK, f"all {len(needed_actions())} needed actions are allowed")
    assert found["clock"].level is Level.OK


def test_a_role_that_lost_a_permission(with_role: Roles) -> None:
    kept = needed_actions() - {"cognito-idp:AdminDisableUser", "cognito-idp:UpdateUserPool"}
    found = of_cell(with_role({*kept, "iam:SimulatePrincipalPolicy"}))["permissions"]
    assert_told(found, Level.FAILED, "UpdateUserPool, AdminDisableUser", "docs/aws/iam-policy.json")


def test_a_role_that_may_not_be_asked_about_is_tried_without_changing_anything(
    with_role: Roles, cognito: LocalCognito
) -> None:
    cell = with_role(needed_actions())
    made = pools.create_pool(
        endpoint_of(cell), PoolSpec("lg-doctor", email_alias=True), priority=Priority.CONFIGURATION
    )
    UserPoolFactory.create(cell=cell, cognito_id=made.pool_id)
    cognito.forget_calls()
    found = of_cell(cell)["permissions"]
    assert made.pool_id in {call.pool_id for call in cognito.calls()}
    assert_told(found, Level.WARNING, "Trying it shows", "CreateUserPool", "iam:SimulatePrincipalPolicy")
    assert not [call for call in cognito.calls() if call.is_write and call.status == 200]


def test_a_role_that_does_not_let_us_in(with_role: Roles) -> None:
    found = of_cell(with_role(needed_actions(), external_id="somebody-else"))
    assert_told(found["identity"], Level.FAILED, "AssumeRole", "external id")
    assert set(found) == {"identity"}


def test_a_cell_whose_endpoint_does_not_answer_leaves_the_others_alone(local_cell: Cell) -> None:
    dead = CellFactory.create(endpoint_url="http://127.0.0.1:9")
    assert_told(of_cell(dead)["identity"], Level.FAILED, "http://127.0.0.1:9 does not answer", "Region and endpoint")
    assert of_cell(local_cell)["identity"].level is Level.OK


def test_what_an_endpoint_lacks_is_told(local_cell: Cell) -> None:
    local_cell.unsupported_operations = {"SetRiskConfiguration": "2026-11-21T00:00:00+00:00"}
    local_cell.save()
    assert_told(of_cell(local_cell)["endpoint"], Level.WARNING, "does not offer SetRiskConfiguration", "emulator")


def test_without_any_cell(db: None) -> None:
    assert_told(by_check()["cells"], Level.WARNING, "no tenant can be onboarded", "Pools and cells")
