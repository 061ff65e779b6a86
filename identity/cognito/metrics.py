"""The Prometheus view of calls to Cognito. Pools are not labels: there are too many of them."""

from prometheus_client import Counter, Gauge, Histogram

from identity.cognito.calls import Call, Outcome

CALL_SECONDS = Histogram(
    "lifeguard_cognito_call_seconds",
    "Duration of calls to Amazon Cognito; the count of each series is the number of calls.",
    ("cell", "category", "operation", "outcome"),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
BUDGET_WAIT_SECONDS = Histogram(
    "lifeguard_budget_wait_seconds",
    "Time that calls to Amazon Cognito waited for the rate budget; granted=no were told to come back later.",
    ("cell", "category", "priority", "granted"),
    buckets=(0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
# Every process knows the rate from its last call; the newest of them is right.
BUDGET_RATE = Gauge(
    "lifeguard_budget_rate",
    "Requests per second that the rate budget grants now: the quota, less what throttled calls taught.",
    ("cell", "category"),
    multiprocess_mode="mostrecent",
)
THROTTLED = Counter(
    "lifeguard_cognito_throttled",
    "Calls that Amazon Cognito refused because a request-rate quota was used up.",
    ("cell", "category", "operation"),
)


class PrometheusObserver:
    """Counts and times each call."""

    def observe(self, call: Call, outcome: Outcome, seconds: float) -> None:
        """See ``hooks.Observer``."""
        CALL_SECONDS.labels(call.endpoint.name, call.category, call.operation, outcome).observe(seconds)
        if outcome is Outcome.THROTTLED:
            THROTTLED.labels(call.endpoint.name, call.category, call.operation).inc()


def budget_wait(call: Call, seconds: float, *, granted: bool) -> None:
    """Record what a call waited for the budget, in seconds, and whether it got its slot."""
    labels = (call.endpoint.name, call.category, call.priority.name.lower(), "yes" if granted else "no")
    BUDGET_WAIT_SECONDS.labels(*labels).observe(seconds)


def budget_rate(call: Call, per_second: float) -> None:
    """Record what the budget grants of the call's category, in requests per second."""
    BUDGET_RATE.labels(call.endpoint.name, call.category).set(per_second)
