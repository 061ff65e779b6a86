"""What AWS can have granted a cell, and what it cannot."""

import pytest

from identity.services.cell_quotas import CellQuotas, quota_faults, set_cell_quotas
from tenants.actor import Actor
from tenants.errors import NotFound, ValidationFailed
from tenants.models import Tenant
from tests.factories import CellFactory


@pytest.mark.parametrize("name", ["UserUpdate", "UserList", "UserPoolRead", "UserAuthenticationChallenges", "NoSuch"])
def test_only_what_aws_raises_can_be_raised(name: str, operator: Actor) -> None:
    cell = CellFactory.create()
    with pytest.raises(ValidationFailed) as refused:
        set_cell_quotas(cell.pk, CellQuotas(rates={name: 5000}), actor=operator)
    assert set(refused.value.fields) == {name}
    cell.refresh_from_db()
    assert cell.raised_quotas == {}


def test_usable_figures() -> None:
    assert quota_faults(CellQuotas(rates={})) == {}
    assert quota_faults(CellQuotas(rates={"UserAuthentication": 10_000, "UserFederation": 25}, user_pools=10_000)) == {}


def test_a_cell_that_is_not(operator: Actor) -> None:
    with pytest.raises(NotFound):
        set_cell_quotas(Tenant().pk, CellQuotas(rates={}), actor=operator)
