"""What a process of the product has once Django is up."""

from identity.cognito.budget.budget import RateBudget
from identity.cognito.hooks import hooks


def test_every_process_asks_the_shared_budget_and_tells_it_what_came_of_it() -> None:
    assert isinstance(hooks.budget, RateBudget)
    assert hooks.budget in hooks.observers
