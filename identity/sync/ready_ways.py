"""Which ways in of a policy Cognito has: sign-in pages offer no other, and passwords go when the codes are there.

A policy counts at once, and Cognito follows after seconds, or not at all while something is in the way. What it has is
read from the records of the resources that decide it. What was seen once stays, for as long as it is allowed: that
somebody changed it in Cognito is told as drift, and leaves no tenant with other ways in than it chose.
"""

from collections.abc import Mapping
from typing import Any

from identity.cognito.pool_spec import MfaMode
from identity.models import AppClient, Family, SyncedResource
from identity.sync.changes import same
from identity.sync.drift import kept_of
from identity.sync.threeway import WHOLE
from identity.sync.tracking import paths_applied
from tenants.models import MfaPolicy, SignInPolicy, SyncKind, Tenant, UserPool
from tenants.pool_options import FirstFactor
from tenants.ways_in import allowed_ways

_FACTORS = "Policies.SignInPolicy.AllowedFirstAuthFactors"
_FLOWS, _CHOICE = "ExplicitAuthFlows", "ALLOW_USER_AUTH"
_MODE = "MfaConfiguration"
# What a way needs of the pool besides.
_NEEDS = {
    FirstFactor.WEB_AUTHN.value: "WebAuthnConfiguration.RelyingPartyId",
    FirstFactor.SMS_OTP.value: "SmsMfaConfiguration.SmsConfiguration.SnsCallerArn",
}


def note_ready_ways(pool: UserPool, tenant: Tenant | None = None) -> None:
    """Keep which ways in Cognito was seen to have, of what the policies of a pool's tenants allow.

    Args:
        pool: where they sign in.
        tenant: the only one that is looked at; all of the pool where it is None.
    """
    chosen = pool.tenants.select_related("policy").exclude(policy__first_factors=[], policy__ready_factors=[])
    tenants = list(chosen if tenant is None else chosen.filter(pk=tenant.pk))
    if not tenants:
        return
    of_pool = _settings(SyncKind.POOL, [pool.pk], (Family.POOL, Family.MFA)).get(pool.pk, {})
    of_clients = _settings(SyncKind.TENANT, [each.pk for each in tenants], (Family.CLIENT,), AppClient.SIGN_IN)
    for each in tenants:
        each.pool = pool
        policy = each.policy
        seen = {*policy.ready_factors, *_live(of_pool, of_clients.get(each.pk, {}), policy)}
        ready = [way for way in allowed_ways(each) if way in seen]
        if ready != policy.ready_factors:
            # Of a policy that was changed meanwhile the next reconcile has to speak.
            as_read = SignInPolicy.objects.filter(pk=policy.pk, first_factors=policy.first_factors)
            as_read.update(ready_factors=ready)


def _live(of_pool: Mapping[str, Any], of_client: Mapping[str, Any], policy: SignInPolicy) -> set[str]:
    if _CHOICE not in (of_client.get(_FLOWS) or ()):
        return set()
    if of_pool.get(_MODE) == MfaMode.REQUIRED.value and policy.mfa != MfaPolicy.REQUIRED:
        # A second factor is still demanded of everybody, so that no code leads in.
        return set()
    factors = of_pool.get(_FACTORS) or ()
    return {way for way in factors if way not in _NEEDS or of_pool.get(_NEEDS[way])}


def _settings(scope: SyncKind, keys: list[Any], families: tuple[Family, ...], purpose: str = "") -> dict[Any, Any]:
    """What is in Cognito by key and path, as the records of the resources have it."""
    found: dict[Any, dict[str, Any]] = {}
    rows = SyncedResource.objects.filter(scope=scope, key__in=keys, family__in=families)
    for row in rows.filter(name__endswith=f"-{purpose}") if purpose else rows:
        drifted = {each["field"]: each["live"] for each in row.drift}
        if WHOLE in drifted:
            continue
        applied = {path: row.last_applied[path] for path in paths_applied(row.last_applied)}
        kept = {
            each.path: each.value for each in kept_of(row) if same(each.instead_of, row.last_applied.get(each.path))
        }
        found.setdefault(row.key, {}).update({**applied, **kept, **drifted})
    return found
