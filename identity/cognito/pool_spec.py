"""What a user pool should look like, and the requests that say so. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Tier(StrEnum):
    """A pool's feature plan."""

    LITE = "LITE"
    ESSENTIALS = "ESSENTIALS"
    PLUS = "PLUS"


class MfaMode(StrEnum):
    """Whether a pool asks its local users for a second factor."""

    OFF = "OFF"
    OPTIONAL = "OPTIONAL"
    REQUIRED = "ON"


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """A pool's rules for passwords.

    ``history`` is how many earlier passwords are refused (0 to 24; Essentials and up); ``temporary_days`` is how long a
    temporary password is valid.
    """

    minimum_length: int = 12
    uppercase: bool = True
    lowercase: bool = True
    numbers: bool = True
    symbols: bool = False
    history: int = 0
    temporary_days: int = 7


@dataclass(frozen=True, slots=True)
class PoolSpec:
    """The settings of a user pool that Lifeguard decides.

    ``email_alias`` lets users sign in with a verified e-mail address in place of the username. It cannot be changed
    after the pool is created; neither can the case-insensitive usernames, which every pool of ours has.
    """

    name: str
    email_alias: bool
    tier: Tier = Tier.ESSENTIALS
    deletion_protection: bool = True
    password_policy: PasswordPolicy = PasswordPolicy()
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MfaSpec:
    """A pool's second factors: the mode, and whether authenticator apps (TOTP) may be one."""

    mode: MfaMode
    totp: bool = True


def pool_settings(spec: PoolSpec) -> dict[str, Any]:
    """The members of UpdateUserPool that ``spec`` decides: the ``changes`` for ``merge.merge_pool_update``.

    As there, ``None`` stands for a member that must be absent.
    """
    return {
        "PoolName": spec.name,
        "UserPoolTier": spec.tier.value,
        "DeletionProtection": "ACTIVE" if spec.deletion_protection else "INACTIVE",
        "Policies": {"PasswordPolicy": _password_policy(spec.password_policy)},
        "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True},
        "AccountRecoverySetting": {"RecoveryMechanisms": [{"Name": "verified_email", "Priority": 1}]},
        "AutoVerifiedAttributes": ["email"],
        # A user's new address counts only once a code sent to it has come back.
        "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
        "UserPoolTags": dict(spec.tags),
    }


def create_pool_request(spec: PoolSpec) -> dict[str, Any]:
    """The CreateUserPool request for ``spec``. MFA is off: CreateUserPool can configure no factor but SMS."""
    request = _without_none(pool_settings(spec))
    request["UsernameConfiguration"] = {"CaseSensitive": False}
    if spec.email_alias:
        request["AliasAttributes"] = ["email"]
    return request


def _without_none(members: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _without_none(value) if isinstance(value, Mapping) else value
        for name, value in members.items()
        if value is not None
    }


def _password_policy(policy: PasswordPolicy) -> dict[str, Any]:
    return {
        "MinimumLength": policy.minimum_length,
        "RequireUppercase": policy.uppercase,
        "RequireLowercase": policy.lowercase,
        "RequireNumbers": policy.numbers,
        "RequireSymbols": policy.symbols,
        "TemporaryPasswordValidityDays": policy.temporary_days,
        # The Lite plan refuses the member even with 0, so that no history is said by leaving it out.
        "PasswordHistorySize": policy.history or None,
    }
