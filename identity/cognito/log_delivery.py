"""Where a pool's logs go: undeliverable messages, and what users do (Plus plan)."""

from collections.abc import Mapping
from typing import Any

from identity.cognito.calls import Priority
from identity.cognito.endpoint import PoolRef
from identity.cognito.gate import call

NOTIFICATIONS, ACTIVITY = "userNotification", "userAuthEvents"
# Each source has one level (SetLogDeliveryConfiguration in botocore's service model).
_LEVELS = {NOTIFICATIONS: "ERROR", ACTIVITY: "INFO"}
# The service in a destination's ARN, and how the API calls a destination of it.
_DESTINATIONS = {
    "logs": ("CloudWatchLogsConfiguration", "LogGroupArn"),
    "s3": ("S3Configuration", "BucketArn"),
    "firehose": ("FirehoseConfiguration", "StreamArn"),
}


def get_log_delivery(pool: PoolRef, *, priority: Priority) -> dict[str, str]:
    """The ARN of the destination by source; what is not delivered is not in it."""
    answer = call(pool.endpoint, "GetLogDeliveryConfiguration", {"UserPoolId": pool.pool_id}, priority=priority)
    return _by_source(answer["LogDeliveryConfiguration"])


def set_log_delivery(pool: PoolRef, destinations: Mapping[str, str], *, priority: Priority) -> dict[str, str]:
    """Replace all destinations and return them as they are then.

    Arguments:
        destinations: ARN of a CloudWatch log group, S3 bucket or Firehose stream by source.
    """
    entries = [_entry(source, arn) for source, arn in sorted(destinations.items())]
    request = {"UserPoolId": pool.pool_id, "LogConfigurations": entries}
    answer = call(pool.endpoint, "SetLogDeliveryConfiguration", request, priority=priority)
    return _by_source(answer["LogDeliveryConfiguration"])


def _entry(source: str, arn: str) -> dict[str, Any]:
    member, name = _DESTINATIONS[arn.split(":")[2]]
    return {"EventSource": source, "LogLevel": _LEVELS[source], member: {name: arn}}


def _by_source(configuration: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for entry in configuration["LogConfigurations"]:
        for member, name in _DESTINATIONS.values():
            if arn := entry.get(member, {}).get(name):
                found[entry["EventSource"]] = arn
    return found
