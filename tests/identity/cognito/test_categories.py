"""The table of quota categories against botocore's service model."""

import pytest

from identity.cognito.categories import CATEGORY_OF, Category, category_of, is_read
from identity.cognito.clients import service_model


def test_every_operation_in_the_table_exists() -> None:
    assert set(CATEGORY_OF) - set(service_model().operation_names) == set()


def test_an_operation_outside_the_table_is_unassigned() -> None:
    assert category_of("ListUserPoolClientSecrets") is Category.UNASSIGNED


CHANGING = ("Create", "Update", "Delete", "Set", "Add", "Remove", "Reset", "Revoke", "Confirm", "Respond", "Verify")


@pytest.mark.parametrize(
    "operation",
    [name for name in service_model().operation_names if name.removeprefix("Admin").startswith(CHANGING)],
)
def test_what_changes_something_is_no_read(operation: str) -> None:
    assert not is_read(operation)


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("DescribeUserPool", True),
        ("AdminListGroupsForUser", True),
        ("GetUserPoolMfaConfig", True),
        ("InitiateAuth", True),
        ("GetTokensFromRefreshToken", False),
        ("GetUserAttributeVerificationCode", False),
        ("GetClientToken", False),
        ("AdminCreateUser", False),
    ],
)
def test_reads(operation: str, expected: bool) -> None:
    assert is_read(operation) is expected
