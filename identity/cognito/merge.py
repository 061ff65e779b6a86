"""Read, merge, write: complete update requests from what Cognito describes. Pure.

UpdateUserPool and UpdateUserPoolClient reset what they omit (their descriptions in botocore's service model), so that
an update is always the described settings with the changes laid over them. What may be sent is taken from botocore's
model of the request, so that a setting that Lifeguard does not know survives too.
"""

from collections.abc import Mapping
from typing import Any, cast

from botocore.model import StructureShape

from identity.cognito.clients import service_model

Document = Mapping[str, Any]


def merge_pool_update(described: Document, changes: Document) -> dict[str, Any]:
    """The UpdateUserPool request that applies ``changes`` to a pool and leaves the rest as it is.

    Arguments:
        described: ``UserPool`` of a DescribeUserPool answer.
        changes: members of UpdateUserPool. Structures are merged member by member, lists and maps such as
            ``UserPoolTags`` are replaced whole, and ``None`` removes a member, which resets it to Cognito's default.
            ``MfaConfiguration`` is better set by ``pools.set_mfa_config``, which takes the factors with it.
    """
    current = {**described, "UserPoolId": described["Id"], "PoolName": described["Name"]}
    request = _merge("UpdateUserPool", current, changes)
    _drop_superseded_validity(request)
    return request


def merge_client_update(described: Document, changes: Document) -> dict[str, Any]:
    """The UpdateUserPoolClient request that applies ``changes`` to an app client and leaves the rest as it is.

    Arguments:
        described: ``UserPoolClient`` of a DescribeUserPoolClient answer.
        changes: members of UpdateUserPoolClient, laid over as in ``merge_pool_update``.
    """
    return _merge("UpdateUserPoolClient", described, changes)


def merge_mfa_update(described: Document, changes: Document) -> dict[str, Any]:
    """The SetUserPoolMfaConfig request that applies ``changes`` to a pool's factors and leaves the rest as it is.

    Arguments:
        described: a GetUserPoolMfaConfig answer.
        changes: members of SetUserPoolMfaConfig, laid over as in ``merge_pool_update``.
    """
    return _merge("SetUserPoolMfaConfig", described, changes)


def merge_risk_update(described: Document, changes: Document) -> dict[str, Any]:
    """The SetRiskConfiguration request that applies ``changes`` to a pool's rules and leaves the rest as it is.

    Arguments:
        described: ``RiskConfiguration`` of a DescribeRiskConfiguration answer.
        changes: members of SetRiskConfiguration, laid over as in ``merge_pool_update``.
    """
    return _merge("SetRiskConfiguration", described, changes)


def _merge(operation: str, current: Document, changes: Document) -> dict[str, Any]:
    shape = cast("StructureShape", service_model().operation_model(operation).input_shape)
    unknown = sorted(set(changes) - set(shape.members))
    if unknown:
        raise ValueError(f"{operation} has no member {', '.join(unknown)}")
    settable = {name: value for name, value in current.items() if name in shape.members}
    return _overlay(shape, settable, changes)


def _overlay(shape: StructureShape, current: Document, changes: Document) -> dict[str, Any]:
    """``changes`` over ``current``: structures member by member, everything else replaced."""
    merged = dict(current)
    for name, value in changes.items():
        member = shape.members.get(name)
        if value is None:
            merged.pop(name, None)
        elif isinstance(member, StructureShape):
            merged[name] = _overlay(member, current.get(name, {}), value)
        else:
            merged[name] = value
    return merged


def _drop_superseded_validity(request: dict[str, Any]) -> None:
    """Leave out ``UnusedAccountValidityDays`` where the password policy has its successor.

    DescribeUserPool returns both, but an update with both is refused: "Please use TemporaryPasswordValidityDays in
    PasswordPolicy instead of UnusedAccountValidityDays" (GitHub, pulumi/pulumi-aws-native issue 1256).
    """
    invitation = request.get("AdminCreateUserConfig", {})
    password_policy = request.get("Policies", {}).get("PasswordPolicy", {})
    if "UnusedAccountValidityDays" in invitation and "TemporaryPasswordValidityDays" in password_policy:
        request["AdminCreateUserConfig"] = {
            name: value for name, value in invitation.items() if name != "UnusedAccountValidityDays"
        }
