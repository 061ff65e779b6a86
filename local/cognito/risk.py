"""Threat protection of a pool and of single clients, which inherit the pool's until they have their own."""

import ipaddress

from local.cognito.clients import existing_client
from local.cognito.errors import ServiceError, invalid
from local.cognito.model import Doc
from local.cognito.operations import Call, operation

_KIND = "risk"
_PARTS = ("CompromisedCredentialsRiskConfiguration", "AccountTakeoverRiskConfiguration", "RiskExceptionConfiguration")
_EVENTS = ["SIGN_IN", "PASSWORD_CHANGE", "SIGN_UP"]


def _require_protection(pool: Doc) -> None:
    """Threat protection must be on, which needs the Plus plan (B:SetRiskConfiguration)."""
    if pool.get("UserPoolAddOns", {}).get("AdvancedSecurityMode", "OFF") == "OFF":
        raise ServiceError("UserPoolAddOnNotEnabledException", "Threat protection is not enabled for this user pool.")


@operation("SetRiskConfiguration")
def set_risk_configuration(call: Call) -> Doc:
    """Replace the configuration of a pool or client; naming nothing else resets it (B:SetRiskConfiguration)."""
    pool, params = call.pool(), call.params
    _require_protection(pool)
    parts = {name: params[name] for name in _PARTS if name in params}
    _check(parts)
    compromised = parts.get("CompromisedCredentialsRiskConfiguration")
    if compromised is not None:
        # All events are watched unless some are named (B:CompromisedCredentialsRiskConfigurationType).
        parts["CompromisedCredentialsRiskConfiguration"] = {"EventFilter": _EVENTS, **compromised}
    keys, table = _place(call, pool)
    if parts:
        call.store.put(table, {**parts, "LastModifiedDate": call.clock.now()}, **keys)
    else:
        call.store.delete(table, **keys)
    return {"RiskConfiguration": _described(call, pool)}


def _place(call: Call, pool: Doc) -> tuple[dict[str, str], str]:
    """Key and table of the configuration that the request names."""
    if "ClientId" not in call.params:
        return {"pool_id": str(pool["Id"]), "kind": _KIND}, "pool_settings"
    return {"client_id": str(existing_client(call)["ClientId"]), "kind": _KIND}, "client_settings"


def _check(parts: Doc) -> None:
    takeover = parts.get("AccountTakeoverRiskConfiguration", {})
    if (
        any(action["Notify"] for action in takeover.get("Actions", {}).values())
        and "NotifyConfiguration" not in takeover
    ):
        raise invalid("NotifyConfiguration is required where an action notifies.")
    exceptions = parts.get("RiskExceptionConfiguration", {})
    for name in ("BlockedIPRangeList", "SkippedIPRangeList"):
        for text in exceptions.get(name, []):
            _check_range(text)
    if set(exceptions.get("BlockedIPRangeList", [])) & set(exceptions.get("SkippedIPRangeList", [])):
        raise invalid("An IP range is both blocked and skipped.")


def _check_range(text: str) -> None:
    try:
        ipaddress.ip_network(text)
    except ValueError as error:
        raise invalid(f"Invalid IP range: {text}") from error
    if "/" not in text:
        raise invalid(f"Invalid IP range, CIDR notation is wanted: {text}")


@operation("DescribeRiskConfiguration")
def describe_risk_configuration(call: Call) -> Doc:
    """What is set at this level: a client that inherits has nothing of its own."""
    pool = call.pool()
    _require_protection(pool)
    return {"RiskConfiguration": _described(call, pool)}


def _described(call: Call, pool: Doc) -> Doc:
    keys, table = _place(call, pool)
    named: Doc = {name: call.params[name] for name in ("UserPoolId", "ClientId") if name in call.params}
    return {**named, **(call.store.get(table, **keys) or {})}
