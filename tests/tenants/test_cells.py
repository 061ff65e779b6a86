"""Adding cells."""

from dataclasses import replace

import pytest

from tenants.actor import Actor
from tenants.errors import ValidationFailed
from tenants.models import AuditEvent, Cell
from tenants.services.cells import CellSettings, add_cell, cell_faults

FRANKFURT = CellSettings(
    name="frankfurt",
    region="eu-central-1",
    role_arn="arn:aws:iam::123456789012:role/lifeguard",
    external_id="lifeguard-7f3a",
)


def test_a_cell_is_added_and_audited(operator: Actor) -> None:
    cell = add_cell(FRANKFURT, actor=operator)
    assert Cell.objects.get(name="frankfurt") == cell
    assert AuditEvent.objects.get(action="cell.added").after["region"] == "eu-central-1"


def test_a_name_is_taken_once(operator: Actor) -> None:
    add_cell(FRANKFURT, actor=operator)
    with pytest.raises(ValidationFailed) as refused:
        add_cell(FRANKFURT, actor=operator)
    assert set(refused.value.fields) == {"name"}


@pytest.mark.parametrize(
    "settings",
    [
        FRANKFURT,
        replace(FRANKFURT, region="us-gov-west-1", role_arn="arn:aws-us-gov:iam::123456789012:role/path/to/lifeguard"),
        CellSettings(name="local", region="us-east-1", endpoint_url="http://cognito:4566"),
        CellSettings(
            name="local",
            region="us-east-1",
            endpoint_url="http://127.0.0.1:4566",
            hosted_base_url="http://localhost:4566",
        ),
    ],
)
def test_usable_cells(settings: CellSettings) -> None:
    assert cell_faults(settings) == {}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "Frankfurt"}, "name"),
        ({"name": "eu main"}, "name"),
        ({"region": "frankfurt"}, "region"),
        ({"region": "eu-central-1\n"}, "region"),
        ({"role_arn": "arn:aws:iam::123:role/x"}, "role_arn"),
        ({"role_arn": "arn:aws:iam::123456789012:user/x"}, "role_arn"),
        ({"role_arn": "", "external_id": "lifeguard"}, "external_id"),
        ({"external_id": "has spaces"}, "external_id"),
        ({"endpoint_url": "cognito:4566"}, "endpoint_url"),
        ({"endpoint_url": "https://user@cognito.example"}, "endpoint_url"),
        ({"endpoint_url": "https://cognito.example/?a=b"}, "endpoint_url"),
        ({"endpoint_url": "https://[::1"}, "endpoint_url"),
        ({"endpoint_url": "file:///etc/passwd"}, "endpoint_url"),
        ({"hosted_base_url": "https://pages.example"}, "hosted_base_url"),
    ],
)
def test_what_cannot_be_used_is_named(change: dict[str, str], field: str) -> None:
    assert set(cell_faults(replace(FRANKFURT, **change))) == {field}
