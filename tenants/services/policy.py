"""Changing what a tenant asks of those who sign in."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants import first_factors, own_details, passwordless
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import ValidationFailed
from tenants.factor_rules import faults, in_order, remembering_obstacle
from tenants.models import SignInPolicy, SyncKind, Tenant, UserPool
from tenants.models.pool_settings import options_of
from tenants.pool_rules import policy_fault
from tenants.services import audit
from tenants.services.outbox import request_sync
from tenants.services.policy_ways import require_ways

# What Cognito keeps for a whole pool, so that a change has to reach the pool as well as the tenant's own client.
_POOL_WIDE = {"first_factors", "mfa", "second_factors", "password_min_length"}


@dataclass(frozen=True, kw_only=True)
class PolicyChange:
    """What to change; None leaves a value as it is. Times are in minutes, but for days that are called so."""

    first_factors: Sequence[str] | None = None
    mfa: str | None = None
    second_factors: Sequence[str] | None = None
    remember_days: int | None = None
    password_min_length: int | None = None
    session_idle_minutes: int | None = None
    session_absolute_minutes: int | None = None
    sign_up: str | None = None
    # By detail; one that is not named stays as it is.
    own_details: Mapping[str, str] | None = None


@transaction.atomic
def update_policy(tenant: Tenant, change: PolicyChange, *, actor: Actor) -> SignInPolicy:
    """Change a tenant's sign-in policy, and have Cognito follow where it is Cognito's to enforce.

    Raises:
        ValidationFailed: a value out of its bounds, an idle limit above the absolute one, a factor that the pool does
            not have, factors that do not go together, days for a pool that remembers no browsers, something that
            nobody may do with a detail of theirs, or a password length in a shared pool, where it is the same for
            every tenant.
    """
    policy = SignInPolicy.objects.select_for_update(of=("self",)).get(tenant=tenant)
    given = _given(policy, change)
    wanted = {name: value for name, value in given.items() if value is not None and getattr(policy, name) != value}
    if not wanted:
        return policy
    if tenant.pool.is_shared and "password_min_length" in wanted:
        message = _("The password length of a shared pool is the same for all its tenants.")
        raise ValidationFailed(message, fields={"password_min_length": message})
    if "mfa" in wanted and not tenant.pool.is_shared:
        _require_possible(tenant, str(wanted["mfa"]))
    if {"first_factors", "mfa"} & wanted.keys():
        _require_ways(tenant, policy, wanted)
    if change.second_factors is not None:
        _require_factors(tenant, change.second_factors, policy.second_factors)
    if wanted.get("remember_days"):
        _require_remembering(tenant)
    before = {name: getattr(policy, name) for name in wanted}
    for name, value in wanted.items():
        setattr(policy, name, value)
    # What is allowed again later is offered when Cognito was seen to have it again.
    policy.ready_factors = [way for way in policy.ready_factors if way in policy.first_factors]
    _require_valid(policy)
    if wanted.get("remember_days", policy.remember_days) < before.get("remember_days", 0):
        _forget_older(policy)
    policy.save(update_fields=[*wanted, "ready_factors", "remembered_since", "updated_at"])
    audit.record(Action.POLICY_UPDATED, actor=actor, tenant=tenant, target=policy, before=before, after=wanted)
    if not tenant.pool.is_shared and _POOL_WIDE & wanted.keys():
        request_sync(SyncKind.POOL, tenant.pool_id, actor=actor)
    request_sync(SyncKind.TENANT, tenant.pk, actor=actor)
    return policy


def _forget_older(policy: SignInPolicy) -> None:
    """Let browsers that fewer days leave out count no more, whatever the days are later."""
    oldest = timezone.now() - timedelta(days=policy.remember_days)
    policy.remembered_since = max(oldest, policy.remembered_since or oldest)


def _require_ways(tenant: Tenant, policy: SignInPolicy, wanted: Mapping[str, Any]) -> None:
    ways, mfa = wanted.get("first_factors", policy.first_factors), wanted.get("mfa", policy.mfa)
    if not policy.password_allowed and (problems := passwordless.faults(ways, mfa)):
        raise ValidationFailed(_("The policy was not saved."), fields=problems)
    field = "first_factors" if "first_factors" in wanted else "mfa"
    require_ways(tenant, ways, before=policy.first_factors, mfa=mfa, field=field)


def _given(policy: SignInPolicy, change: PolicyChange) -> dict[str, Any]:
    """Return what a change says, as it is kept."""
    given = asdict(change)
    if change.second_factors is not None:
        given["second_factors"] = in_order(change.second_factors)
    if change.first_factors is not None:
        given["first_factors"] = first_factors.in_order(change.first_factors)
    if change.own_details is not None:
        given["own_details"] = _own_details(policy, change.own_details)
    return given


def _own_details(policy: SignInPolicy, wanted: Mapping[str, str]) -> dict[str, str]:
    if message := own_details.faults(wanted):
        raise ValidationFailed(message, fields={"own_details": message})
    return own_details.complete({**policy.own_details, **wanted})


def _require_valid(policy: SignInPolicy) -> None:
    problems: dict[str, str] = {}
    try:
        policy.clean_fields(exclude=["tenant"])
    except ValidationError as error:
        problems = {name: messages[0] for name, messages in error.message_dict.items()}
    else:
        if policy.session_idle_minutes > policy.session_absolute_minutes:
            problems["session_idle_minutes"] = _("This cannot be longer than a session may last at all.")
    if problems:
        raise ValidationFailed(_("The policy was not saved."), fields=problems)


def _require_possible(tenant: Tenant, mfa: str) -> None:
    """Refuse what Cognito would refuse the pool. It is held, so that its settings do not change meanwhile."""
    pool = UserPool.objects.select_for_update().get(pk=tenant.pool_id)
    if policy_fault(options_of(pool), mfa):
        message = _("Ways in without a password are on in your user pool. Ask your provider to switch them off first.")
        raise ValidationFailed(message, fields={"mfa": message})


def _require_factors(tenant: Tenant, factors: Sequence[str], before: Sequence[str]) -> None:
    pool = UserPool.objects.select_for_update().get(pk=tenant.pool_id)
    if message := faults(factors, before, options_of(pool)):
        raise ValidationFailed(message, fields={"second_factors": message})


def _require_remembering(tenant: Tenant) -> None:
    pool = UserPool.objects.select_for_update().get(pk=tenant.pool_id)
    if message := remembering_obstacle(options_of(pool)):
        raise ValidationFailed(message, fields={"remember_days": message})
