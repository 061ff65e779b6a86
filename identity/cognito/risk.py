"""Threat protection of a pool: what happens to sign-ins that look dangerous (Plus plan)."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from identity.cognito import errors
from identity.cognito.calls import Priority
from identity.cognito.endpoint import PoolRef
from identity.cognito.gate import call

PARTS = ("CompromisedCredentialsRiskConfiguration", "AccountTakeoverRiskConfiguration", "RiskExceptionConfiguration")
LEVELS = ("LowAction", "MediumAction", "HighAction")


@dataclass(frozen=True, slots=True)
class RiskSpec:
    """The rules of a pool.

    Arguments:
        block_compromised: whether a password that is known to have leaked is refused.
        low, medium, high: what happens to a sign-in of that risk, by Cognito's names.
        allowed, blocked: CIDR ranges that are never examined, and never let in.
    """

    block_compromised: bool
    low: str
    medium: str
    high: str
    allowed: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()


def risk_settings(spec: RiskSpec) -> dict[str, Any]:
    """The members of SetRiskConfiguration that ``spec`` decides. Mails about risks are left to who set them up."""
    actions = dict(zip(LEVELS, (spec.low, spec.medium, spec.high), strict=True))
    return {
        "CompromisedCredentialsRiskConfiguration": {
            "EventFilter": ["SIGN_IN", "PASSWORD_CHANGE", "SIGN_UP"],
            "Actions": {"EventAction": "BLOCK" if spec.block_compromised else "NO_ACTION"},
        },
        "AccountTakeoverRiskConfiguration": {
            "Actions": {level: {"EventAction": action} for level, action in actions.items()}
        },
        "RiskExceptionConfiguration": {
            "SkippedIPRangeList": list(spec.allowed),
            "BlockedIPRangeList": list(spec.blocked),
        },
    }


def describe_risk(pool: PoolRef, *, priority: Priority) -> Mapping[str, Any] | None:
    """The rules of a pool in the API's own names; ``None`` where it has none, or no threat protection."""
    try:
        answer = call(pool.endpoint, "DescribeRiskConfiguration", {"UserPoolId": pool.pool_id}, priority=priority)
    except errors.OperationNotEnabled:
        return None
    found: Mapping[str, Any] = answer["RiskConfiguration"]
    return found if any(found.get(part) for part in PARTS) else None


def set_risk(pool: PoolRef, settings: Mapping[str, Any], *, priority: Priority) -> Mapping[str, Any]:
    """Replace the rules of a pool and return them as they are then.

    Arguments:
        settings: members of SetRiskConfiguration, made from what was read under the pool's write lock.
    """
    request = {**settings, "UserPoolId": pool.pool_id}
    answer = call(pool.endpoint, "SetRiskConfiguration", request, priority=priority)
    found: Mapping[str, Any] = answer["RiskConfiguration"]
    return found


def reset_risk(pool: PoolRef, *, priority: Priority) -> None:
    """Drop the rules of a pool: its id alone means that (SetRiskConfiguration in botocore's service model).

    A pool without threat protection has none to speak of.
    """
    with contextlib.suppress(errors.OperationNotEnabled):
        call(pool.endpoint, "SetRiskConfiguration", {"UserPoolId": pool.pool_id}, priority=priority)
