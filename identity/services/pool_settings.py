"""Changing what an operator sets on a user pool."""

import uuid
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from identity.models import Family, ResourceState, SyncedResource
from identity.sync.tracking import paths_applied
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import Conflict, NotFound, ValidationFailed
from tenants.models import MfaPolicy, PoolSettings, SignInPolicy, SyncKind, TenantApplication, UserPool
from tenants.models.pool_settings import options_of
from tenants.pool_options import FirstFactor, PoolOptions, as_column
from tenants.pool_rules import PoolContext, consequences, faults
from tenants.services import audit
from tenants.services.outbox import request_sync

_ATTRIBUTE = "SchemaAttributes.custom:"
# What decides which ways in beside the password a pool can have (`tenants.first_factors`).
_OF_WAYS = {"tier", "first_factors", "sms_role_arn", "passkey_rp_id", "passkey_is_mfa"}
_SMS_ROLE = "SmsMfaConfiguration.SmsConfiguration.SnsCallerArn"


class NotConfirmed(ValidationFailed):
    """Settings with consequences that nobody has said yes to; `told` is what to say.

    Args:
        told: the consequences, a sentence or two each.
    """

    def __init__(self, told: list[str]) -> None:
        super().__init__(_("Read what this change does, then confirm it."))
        self.told = told


def context_of(pool: UserPool) -> PoolContext:
    """Return what is true of a pool beside its settings, as far as Cognito has followed."""
    tenant = None if pool.is_shared else pool.tenants.select_related("policy").first()
    records = SyncedResource.objects.filter(
        scope=SyncKind.POOL, key=pool.pk, family__in=(Family.POOL, Family.MFA)
    ).values_list("last_applied", flat=True)
    applied = [path for record in records for path in paths_applied(record)]
    return PoolContext(
        region=pool.cell.region,
        mfa=tenant.policy.mfa if tenant is not None else MfaPolicy.OPTIONAL,
        ways=tuple(tenant.policy.first_factors) if tenant is not None else (),
        attributes=frozenset(path.removeprefix(_ATTRIBUTE) for path in applied if path.startswith(_ATTRIBUTE)),
        has_sms=_SMS_ROLE in applied,
        native=_native_in(pool),
    )


@transaction.atomic
def change_pool_settings(pool_id: uuid.UUID, options: PoolOptions, *, confirmed: bool, actor: Actor) -> UserPool:
    """Set everything on a pool, and have Cognito follow.

    Args:
        pool_id: the pool.
        options: all settings; `removed_tags` is worked out here.
        confirmed: whether the actor has seen what the change does.
        actor: who changes it.

    Raises:
        NotFound: no such pool.
        ValidationFailed: names every option that cannot be so.
        NotConfirmed: it has consequences, and `confirmed` is not given.
    """
    pool = _locked(pool_id)
    before, context = options_of(pool), context_of(pool)
    options = replace(options, removed_tags=_removed_tags(options, before))
    problems = {**faults(options, before, context), **_kept_for_tenants(pool, options)}
    if problems:
        raise ValidationFailed(_("The settings were not saved."), fields=problems)
    changed = [each.name for each in fields(PoolOptions) if getattr(options, each.name) != getattr(before, each.name)]
    if not changed:
        return pool
    told = consequences(options, before, context)
    if told and not confirmed:
        raise NotConfirmed(told)
    row = PoolSettings.objects.filter(pool=pool).first() or PoolSettings(pool=pool)
    row.take(options)
    row.save()
    audit.record(
        Action.POOL_SETTINGS_CHANGED,
        actor=actor,
        target=pool,
        before=_columns(before, changed),
        after=_columns(options, changed),
    )
    request_sync(SyncKind.POOL, pool.pk, actor=actor)
    if "remembers_devices" in changed:
        # What was remembered until now counts no more, also when it is switched on again.
        SignInPolicy.objects.filter(tenant__pool=pool).update(remembered_since=timezone.now())
    if "tier" in changed and not pool.is_shared:
        # Which of Cognito's own pages are served, and so which styles they need, follows from the plan.
        for tenant_id in pool.tenants.values_list("pk", flat=True):
            request_sync(SyncKind.TENANT, tenant_id, actor=actor)
    elif _OF_WAYS & set(changed):
        # Whether a tenant's app client lets people choose a factor follows from what the pool has of those it allows.
        for tenant_id in pool.tenants.exclude(policy__first_factors=[]).values_list("pk", flat=True):
            request_sync(SyncKind.TENANT, tenant_id, actor=actor)
    return pool


@transaction.atomic
def renew_domain_prefix(pool_id: uuid.UUID, *, actor: Actor) -> UserPool:
    """Draw another domain prefix for a pool whose own belongs to somebody else.

    Raises:
        NotFound: no such pool.
        Conflict: the pool has its domain, which identity providers may know, or waits for it without trouble.
    """
    pool = _locked(pool_id)
    if not may_renew_domain(pool):
        raise Conflict(_("Another prefix is only for a pool whose prefix belongs to somebody else."))
    before = pool.domain_prefix
    pool.domain_number += 1
    pool.save(update_fields=["domain_number"])
    after = {"domain_prefix": pool.domain_prefix}
    audit.record(Action.POOL_DOMAIN_RENEWED, actor=actor, target=pool, before={"domain_prefix": before}, after=after)
    request_sync(SyncKind.POOL, pool.pk, actor=actor)
    return pool


def may_renew_domain(pool: UserPool) -> bool:
    """Say whether the pool never had its domain, and cannot get it."""
    records = SyncedResource.objects.filter(
        scope=SyncKind.POOL, key=pool.pk, family=Family.DOMAIN, name=pool.domain_prefix
    )
    return records.filter(state=ResourceState.BLOCKED, last_applied={}).exists()


def _native_in(pool: UserPool) -> tuple[str, ...]:
    """Native mode is for pools of one tenant, so that a shared one costs no question."""
    if pool.is_shared:
        return ()
    found = TenantApplication.objects.filter(tenant__pool=pool, application__native__isnull=False)
    return tuple(sorted(found.values_list("application__name", flat=True)))


def _kept_for_tenants(pool: UserPool, options: PoolOptions) -> dict[str, str]:
    """Keep codes by e-mail in a shared pool of whose tenants some have nothing else that everybody can come by."""
    if not pool.is_shared or FirstFactor.EMAIL_OTP in options.first_factors:
        return {}
    if names := sorted(pool.tenants.filter(policy__password_allowed=False).values_list("name", flat=True)):
        text = _("These tenants do without passwords, and need codes by e-mail: %(names)s.")
        return {"first_factors": text % {"names": ", ".join(names)}}
    return {}


def _locked(pool_id: uuid.UUID) -> UserPool:
    pool = UserPool.objects.select_for_update(of=("self",)).select_related("cell").filter(pk=pool_id).first()
    if pool is None:
        raise NotFound
    return pool


def _removed_tags(options: PoolOptions, before: PoolOptions) -> tuple[str, ...]:
    """Cognito keeps a tag until told otherwise, and others have tags there too: so what was ours is remembered."""
    once = {*before.tags, *before.removed_tags}
    return tuple(sorted(once - set(options.tags)))


def _columns(options: PoolOptions, names: list[str]) -> Mapping[str, Any]:
    return {name: as_column(getattr(options, name)) for name in names}
