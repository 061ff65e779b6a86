"""Where a pool's logs go."""

from local.cognito.errors import ServiceError, invalid
from local.cognito.model import Doc
from local.cognito.operations import Call, operation

_DESTINATIONS = ("CloudWatchLogsConfiguration", "S3Configuration", "FirehoseConfiguration")
_LEVELS = {"userNotification": "ERROR", "userAuthEvents": "INFO"}
KIND = "log-delivery"


@operation("SetLogDeliveryConfiguration")
def set_log_delivery_configuration(call: Call) -> Doc:
    """Replace all destinations (reference section 9); an empty list ends all delivery."""
    pool, entries = call.pool(), call.params["LogConfigurations"]
    sources = [str(entry["EventSource"]) for entry in entries]
    if len(set(sources)) != len(sources):
        raise invalid("An EventSource is configured twice.")
    for entry in entries:
        _check(entry)
    if "userAuthEvents" in sources and pool["UserPoolTier"] != "PLUS":
        message = "Exporting user activity logs needs the PLUS feature plan."
        raise ServiceError("FeatureUnavailableInTierException", message)
    pool_id = str(pool["Id"])
    call.store.put("pool_settings", {"LogConfigurations": entries}, pool_id=pool_id, kind=KIND)
    return {"LogDeliveryConfiguration": {"UserPoolId": pool_id, "LogConfigurations": entries}}


def _check(entry: Doc) -> None:
    source = str(entry["EventSource"])
    if entry["LogLevel"] != _LEVELS[source]:
        raise invalid(f"{source} has the log level {_LEVELS[source]} only.")
    given = [name for name in _DESTINATIONS if any(entry.get(name, {}).values())]
    if len(given) != 1:
        raise invalid(f"{source} needs exactly one destination.")
    if source == "userNotification" and given != ["CloudWatchLogsConfiguration"]:
        raise invalid("userNotification is delivered to CloudWatch Logs only.")


@operation("GetLogDeliveryConfiguration")
def get_log_delivery_configuration(call: Call) -> Doc:
    """All destinations."""
    pool_id = str(call.pool()["Id"])
    found = call.store.get("pool_settings", pool_id=pool_id, kind=KIND) or {"LogConfigurations": []}
    return {"LogDeliveryConfiguration": {"UserPoolId": pool_id, **found}}
