"""What happens around every call: budget, observers, and the memory of what an endpoint lacks."""

from dataclasses import dataclass, field

import pytest
from botocore.stub import Stubber
from prometheus_client import REGISTRY

from identity.cognito import errors
from identity.cognito.calls import Call, Outcome, Priority
from identity.cognito.categories import Category
from identity.cognito.endpoint import CellEndpoint
from identity.cognito.gate import call
from identity.cognito.hooks import Hooks

REQUEST = {"UserPoolId": "eu-west-1_a"}


def delete(endpoint: CellEndpoint) -> None:
    call(endpoint, "DeleteUserPool", REQUEST, priority=Priority.CONFIGURATION)


@dataclass
class Ledger:
    """A budget that writes down what it was asked, and lets go or not."""

    refusal: errors.Throttled | None = None
    asked: list[tuple[CellEndpoint, Category, str, str | None, Priority]] = field(default_factory=list)

    def acquire(
        self,
        endpoint: CellEndpoint,
        category: Category,
        operation: str,
        pool_id: str | None,
        priority: Priority,
        username: str | None = None,
    ) -> None:
        self.asked.append((endpoint, category, operation, pool_id, priority))
        if self.refusal:
            raise self.refusal


@dataclass
class Witness:
    """An observer that remembers."""

    seen: list[tuple[Call, Outcome, float]] = field(default_factory=list)

    def observe(self, call: Call, outcome: Outcome, seconds: float) -> None:
        self.seen.append((call, outcome, seconds))


def test_the_budget_is_asked_before_each_call(fresh_hooks: Hooks, stub: Stubber, endpoint: CellEndpoint) -> None:
    fresh_hooks.budget = ledger = Ledger()
    stub.add_response("delete_user_pool", {}, REQUEST)
    delete(endpoint)
    assert ledger.asked == [
        (endpoint, Category.USER_POOL_UPDATE, "DeleteUserPool", "eu-west-1_a", Priority.CONFIGURATION)
    ]


def test_a_budget_that_refuses_prevents_the_call(fresh_hooks: Hooks, stub: Stubber, endpoint: CellEndpoint) -> None:
    refusal = errors.Throttled("Busy.", code="Budget", operation="DeleteUserPool", retry_after=2.0)
    fresh_hooks.budget = Ledger(refusal)
    fresh_hooks.observers = [witness := Witness()]
    with pytest.raises(errors.Throttled) as raised:
        delete(endpoint)
    assert raised.value.retry_after == 2.0
    assert witness.seen == []


def test_the_pool_concerned_can_be_named_apart(fresh_hooks: Hooks, stub: Stubber, endpoint: CellEndpoint) -> None:
    fresh_hooks.budget = ledger = Ledger()
    stub.add_response("describe_user_pool_domain", {"DomainDescription": {}}, {"Domain": "d"})
    call(endpoint, "DescribeUserPoolDomain", {"Domain": "d"}, priority=Priority.BULK, pool_id="eu-west-1_b")
    assert ledger.asked[0][3] == "eu-west-1_b"


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("TooManyRequestsException", Outcome.THROTTLED),
        ("ConcurrentModificationException", Outcome.CONFLICT),
        ("InternalErrorException", Outcome.AMBIGUOUS),
        ("UserImportInProgressException", Outcome.TRANSIENT),
        ("ResourceNotFoundException", Outcome.REFUSED),
        ("UnknownOperationException", Outcome.UNSUPPORTED),
    ],
)
def test_observers_learn_how_a_call_ended(
    code: str, outcome: Outcome, fresh_hooks: Hooks, stub: Stubber, endpoint: CellEndpoint
) -> None:
    fresh_hooks.observers = [witness := Witness()]
    stub.add_client_error("delete_user_pool", code)
    with pytest.raises(errors.CognitoError):
        delete(endpoint)
    ((seen, ended, seconds),) = witness.seen
    assert (seen.operation, seen.pool_id, ended) == ("DeleteUserPool", "eu-west-1_a", outcome)
    assert seconds >= 0


def test_prometheus_counts_calls(stub: Stubber, endpoint: CellEndpoint) -> None:
    stub.add_response("delete_user_pool", {}, REQUEST)
    delete(endpoint)
    labels = {
        "cell": endpoint.name,
        "category": "UserPoolUpdate",
        "operation": "DeleteUserPool",
        "outcome": "ok",
    }
    assert REGISTRY.get_sample_value("lifeguard_cognito_call_seconds_count", labels) == 1


def test_a_missing_operation_is_remembered_and_not_tried_again(
    fresh_hooks: Hooks, stub: Stubber, endpoint: CellEndpoint
) -> None:
    fresh_hooks.budget = ledger = Ledger()
    stub.add_client_error("delete_user_pool", "UnknownOperationException")
    for _ in range(2):
        with pytest.raises(errors.UnsupportedByEndpoint) as raised:
            delete(endpoint)
        assert raised.value.operation == "DeleteUserPool"
    assert len(ledger.asked) == 1
    assert fresh_hooks.capabilities.is_unsupported(endpoint, "DeleteUserPool")
    assert not fresh_hooks.capabilities.is_unsupported(endpoint, "DescribeUserPool")
