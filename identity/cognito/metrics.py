"""The Prometheus view of calls to Cognito."""

from prometheus_client import Histogram

from identity.cognito.calls import Call, Outcome

CALL_SECONDS = Histogram(
    "lifeguard_cognito_call_seconds",
    "Duration of calls to Amazon Cognito; the count of each series is the number of calls.",
    ("cell", "category", "operation", "outcome"),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


class PrometheusObserver:
    """Counts and times each call. Pools are not labels: there are too many of them."""

    def observe(self, call: Call, outcome: Outcome, seconds: float) -> None:
        """See ``hooks.Observer``."""
        CALL_SECONDS.labels(call.endpoint.name, call.category, call.operation, outcome).observe(seconds)
