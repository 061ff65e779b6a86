"""Switching off first what a change of a pool's settings would otherwise be refused for.

"Before you can change to a lower plan, you must switch off its features" (developer guide, "feature-plans-deactivate");
and one-time codes as a first factor, e-mail codes as a second one, depend on settings that other operations write.

Somebody may have set up by hand what has to go, and had it reported as drift. It goes all the same, because the change
cannot be made beside it; so each write leaves an audit event that says what there was.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from identity.cognito import branding, domains, log_delivery, pools
from identity.cognito.domains import LoginPages
from identity.cognito.merge import merge_mfa_update
from identity.cognito.pool_spec import MfaMode, Tier
from identity.models import AppClient
from identity.sync.changes import Change, Document, as_json
from identity.sync.family import Site
from tenants.actor import system
from tenants.audit_actions import Action
from tenants.services import audit

_PLANS = [tier.value for tier in Tier]
_ONE_TIME_CODES = {"EMAIL_OTP", "SMS_OTP"}


def is_lower_plan(change: Change) -> bool:
    """Say whether a change lowers the feature plan. Pure."""
    return change.field == "UserPoolTier" and _PLANS.index(change.after) < _PLANS.index(change.before or "ESSENTIALS")


def make_room(site: Site, document: Document, changes: Sequence[Change]) -> bool:
    """Switch off what stands in the way of `changes`, and nothing that is to stay.

    Args:
        site: where; asked for the right to write before each call.
        document: the pool as it is described now.
        changes: what is about to be written to it.

    Returns:
        Whether the pool may be another now than `document` says.
    """
    goals = {change.field: change.after for change in changes}
    lowered = next((change.after for change in changes if is_lower_plan(change)), None)
    to_lite = lowered == Tier.LITE.value
    factors = set(goals.get("Policies.SignInPolicy.AllowedFirstAuthFactors") or ())
    relaxed = mfa_without(
        email=to_lite or goals.get("EmailConfiguration.EmailSendingAccount") == "COGNITO_DEFAULT",
        passkeys=to_lite,
        required=document.get("MfaConfiguration") == MfaMode.REQUIRED.value and bool(factors & _ONE_TIME_CODES),
    )
    if relaxed:
        _relax_mfa(site, relaxed)
    if to_lite:
        _drop_styles(site)
        _serve_classic_pages(site)
    if lowered is not None:
        _stop_activity_log(site)
    return bool(relaxed)


def mfa_without(*, email: bool, passkeys: bool, required: bool) -> dict[str, Any]:
    """Return the changes that take factors away, and make MFA that is required optional. Pure."""
    changes: dict[str, Any] = {}
    if email:
        changes["EmailMfaConfiguration"] = None
    if passkeys:
        changes["WebAuthnConfiguration"] = None
    if required:
        changes["MfaConfiguration"] = MfaMode.OPTIONAL.value
    return changes


def _relax_mfa(site: Site, changes: dict[str, Any]) -> None:
    live = pools.get_mfa_config(site.pool_ref, priority=site.priority).document
    if all(live.get(name) == value for name, value in changes.items()):
        return
    site.guard.before_write()
    pools.set_mfa_config(site.pool_ref, merge_mfa_update(live, changes), priority=site.priority)
    _tell(site, {name: live.get(name) for name in changes}, changes)


def _drop_styles(site: Site) -> None:
    """Managed login's styles of our native clients; the next look at each makes a style sheet of the classic pages."""
    pool = site.pool_ref
    ours = AppClient.objects.filter(pool=site.pool).exclude(purpose__in=(AppClient.SIGN_IN, AppClient.FEDERATED))
    for client_id in ours.values_list("client_id", flat=True):
        style = branding.describe_style(pool, client_id, priority=site.priority)
        if style is not None:
            site.guard.before_write()
            branding.delete_style(pool, style.style_id, priority=site.priority)
            _tell(site, {"ClientId": client_id, "Settings": style.settings})


def _serve_classic_pages(site: Site) -> None:
    """Managed login is not in the Lite plan."""
    pool, prefix = site.pool_ref, site.pool.domain_prefix
    found = domains.describe_domain(pool.endpoint, prefix, priority=site.priority, pool_id=pool.pool_id)
    if found is not None and found.pool_id == pool.pool_id and found.login_pages is LoginPages.MANAGED:
        site.guard.before_write()
        domains.update_domain(pool, prefix, login_pages=LoginPages.CLASSIC, priority=site.priority)
        pages = {"ManagedLoginVersion": int(LoginPages.MANAGED)}
        _tell(site, pages, {"ManagedLoginVersion": int(LoginPages.CLASSIC)})


def _stop_activity_log(site: Site) -> None:
    """What users do is logged in the Plus plan alone."""
    live = log_delivery.get_log_delivery(site.pool_ref, priority=site.priority)
    if destination := live.pop(log_delivery.ACTIVITY, None):
        site.guard.before_write()
        log_delivery.set_log_delivery(site.pool_ref, live, priority=site.priority)
        _tell(site, {log_delivery.ACTIVITY: destination})


def _tell(site: Site, before: Mapping[str, Any], after: Mapping[str, Any] | None = None) -> None:
    """Record a write that has just been made; `after` is empty where nothing is left of it."""
    before, after = as_json(before), as_json(after or {})
    with transaction.atomic():
        audit.record(
            Action.POOL_MADE_ROOM,
            actor=system("sync"),
            tenant=site.tenant,
            target=site.tracked.row,
            before=before,
            after=after,
        )
