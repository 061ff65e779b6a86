"""The table of quotas: complete, and what raises it."""

import pytest

from identity.cognito.categories import Category, category_of
from identity.cognito.quotas import ADJUSTABLE, QUOTAS, allowed_per_second


def test_every_category_has_a_quota() -> None:
    assert set(QUOTAS) == set(Category)


@pytest.mark.parametrize(
    ("category", "raised", "allowed"),
    [
        (Category.USER_CREATION, {}, 50),
        (Category.USER_CREATION, {"UserCreation": 200}, 200),
        # AWS grants its default to everybody.
        (Category.USER_CREATION, {"UserCreation": 10}, 50),
        # Not adjustable.
        (Category.USER_UPDATE, {"UserUpdate": 100}, 25),
        (Category.CHALLENGE_RESPONSES, {}, 360),
        (Category.CHALLENGE_RESPONSES, {"UserAuthentication": 200}, 600),
        (Category.UNASSIGNED, {}, 5),
    ],
)
def test_what_a_cell_may_use(category: Category, raised: dict[str, int], allowed: int) -> None:
    assert allowed_per_second(category, raised) == allowed


def test_what_aws_raises() -> None:
    assert {str(category) for category in ADJUSTABLE} == {
        "UserAuthentication", "UserCreation", "UserFederation", "UserRead", "UserToken", "UserResourceRead",
    }  # fmt: skip


def test_a_new_password_for_a_temporary_one_counts_as_account_recovery() -> None:
    assert category_of("RespondToAuthChallenge", "NEW_PASSWORD_REQUIRED") is Category.USER_ACCOUNT_RECOVERY
    assert category_of("RespondToAuthChallenge", "PASSWORD_VERIFIER") is Category.CHALLENGE_RESPONSES
