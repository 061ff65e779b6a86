"""Deciding about what somebody changed in Cognito past Lifeguard: have ours back, or adopt what is there.

Nothing is written to Cognito here. A decision is kept with the resource's record, where the next reconcile finds it
(`identity.sync.threeway`), or in our own model where the setting has a home there.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from identity.models import DirectoryUser, Family, ResourceState, SyncedResource
from identity.selectors.own import own_records
from identity.sync.adoptable import MFA_MODE, MINIMUM_LENGTH, why_not_adopted
from identity.sync.drift import Decided, Drifted, drifted_of, fingerprint
from identity.sync.field_words import field_in_words
from tenants.actor import Actor
from tenants.audit_actions import Action
from tenants.errors import Conflict, NotFound, ValidationFailed
from tenants.models import MfaPolicy, SyncKind, Tenant, UserPool
from tenants.services import audit
from tenants.services.outbox import request_sync
from tenants.services.policy import PolicyChange, update_policy

_MFA = {"OFF": MfaPolicy.OFF, "OPTIONAL": MfaPolicy.OPTIONAL, "ON": MfaPolicy.REQUIRED}
# Settings of a dedicated pool that its tenant's own policy says: adopting one changes the policy.
_HOMES: Mapping[tuple[str, str], Callable[[Any], PolicyChange]] = {
    (Family.POOL, MINIMUM_LENGTH): lambda live: PolicyChange(password_min_length=int(live)),
    (Family.MFA, MFA_MODE): lambda live: PolicyChange(mfa=_MFA[live]),
}


@transaction.atomic
def restore_ours(
    resource_id: int, paths: Collection[str] | None, *, seen: str, tenant: Tenant | None, actor: Actor
) -> SyncedResource:
    """Have a worker write what Lifeguard wants over what somebody changed.

    Args:
        resource_id: the resource's record.
        paths: the settings; None for all that drifted.
        seen: the `fingerprint` of those settings when the person looked.
        tenant: within whom it must be; None for operators.
        actor: who decided.

    Raises:
        NotFound: no such resource of this tenant.
        Conflict: it differs in another way by now.
    """
    row = _lock(resource_id, tenant)
    drift = _as_seen(row, paths, seen)
    row.restore = sorted({*row.restore, *(each.path for each in drift)})
    # Who wants ours back has thought better of a choice that no worker has carried out yet.
    row.adopted = {
        path: choice
        for path, choice in row.adopted.items()
        if not any(each.path == path and each.decided is Decided.ADOPTING for each in drift)
    }
    row.save(update_fields=["restore", "adopted", "updated_at"])
    _record(
        Action.DRIFT_RESTORE_ASKED,
        row,
        actor=actor,
        before={each.path: each.live for each in drift},
        after={each.path: each.wanted for each in drift},
    )
    request_sync(SyncKind(row.scope), row.key, actor=actor)
    return row


@transaction.atomic
def adopt_live(
    resource_id: int, paths: Collection[str] | None, *, seen: str, tenant: Tenant | None, actor: Actor
) -> SyncedResource:
    """Take what somebody set in Cognito for what should be there.

    Args:
        resource_id: the resource's record.
        paths: the settings; None for all that drifted and may be adopted.
        seen: the `fingerprint` of those settings when the person looked.
        tenant: within whom it must be; None for operators.
        actor: who decided.

    Raises:
        NotFound: no such resource of this tenant.
        Conflict: it differs in another way by now.
        ValidationFailed: a setting may not be adopted; `identity.sync.adoptable` says why.
    """
    row = _lock(resource_id, tenant)
    drift, owner = _adoptable(row, _as_seen(row, paths, seen), all_that_may=paths is None), _owner_of(row)
    for each in drift:
        home = _HOMES.get((row.family, each.path))
        if home is not None and owner is not None:
            update_policy(owner, home(each.live), actor=actor)
            _is_wanted_now(row, each.path)
        else:
            # Against the wish that a reconcile found; an earlier choice was about the same one.
            row.adopted[each.path] = {"value": each.live, "instead_of": each.last_applied}
    row.restore = [path for path in row.restore if path not in {each.path for each in drift}]
    row.save(update_fields=["restore", "adopted", "drift", "state", "detail", "updated_at"])
    _record(
        Action.DRIFT_ADOPTED,
        row,
        actor=actor,
        before={each.path: each.wanted for each in drift},
        after={each.path: each.live for each in drift},
    )
    request_sync(SyncKind(row.scope), row.key, actor=actor)
    return row


@transaction.atomic
def end_adoption(resource_id: int, path: str, *, tenant: Tenant | None, actor: Actor) -> SyncedResource:
    """Return to our own value of a setting of which a live value was adopted.

    Raises:
        NotFound: no such resource of this tenant.
        Conflict: no value of this setting is adopted, or not any more.
    """
    row = _lock(resource_id, tenant)
    choice = row.adopted.pop(path, None)
    if choice is None:
        raise Conflict(_("No value of this setting is adopted any more."))
    row.restore = sorted({*row.restore, path})
    row.save(update_fields=["restore", "adopted", "updated_at"])
    before, after = {path: choice["value"]}, {path: choice["instead_of"]}
    _record(Action.DRIFT_ADOPTION_ENDED, row, actor=actor, before=before, after=after)
    request_sync(SyncKind(row.scope), row.key, actor=actor)
    return row


def _lock(resource_id: int, tenant: Tenant | None) -> SyncedResource:
    rows = SyncedResource.objects.all() if tenant is None else own_records(tenant)
    row = rows.select_for_update().filter(pk=resource_id).first()
    if row is None:
        raise NotFound
    return row


def _as_seen(row: SyncedResource, paths: Collection[str] | None, seen: str) -> Sequence[Drifted]:
    drift = drifted_of(row)
    if fingerprint(drift, paths) != seen or not drift:
        raise Conflict(_("It differs in another way by now. Look at it again, then decide."))
    return [each for each in drift if paths is None or each.path in paths]


def _adoptable(row: SyncedResource, drift: Sequence[Drifted], *, all_that_may: bool) -> Sequence[Drifted]:
    """What of the drift may be adopted; anything else is refused unless only `all_that_may` is asked for."""
    family, shared = Family(row.family), _is_shared(row)
    reasons = {each.path: why_not_adopted(family, each.path, each.live, shared=shared) for each in drift}
    refused = [f"{field_in_words(path)}: {reason}" for path, reason in reasons.items() if reason is not None]
    if refused and not all_that_may:
        raise ValidationFailed(" ".join(refused))
    chosen = [each for each in drift if reasons[each.path] is None]
    if not chosen:
        raise ValidationFailed(_("None of these changes may be adopted."))
    return chosen


def _is_wanted_now(row: SyncedResource, path: str) -> None:
    """Take a setting out of the drift: our own model says by now what is live."""
    row.drift = [each for each in row.drift if each["field"] != path]
    if not row.drift:
        row.state, row.detail = ResourceState.PENDING, ""


def _record(
    action: Action, row: SyncedResource, *, actor: Actor, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    audit.record(action, actor=actor, tenant=_owner_of(row), target=row, before=before, after=after)


def _owner_of(row: SyncedResource) -> Tenant | None:
    """The one tenant whom the resource concerns; None for a shared pool."""
    tenants = Tenant.objects.select_related("pool")
    match row.scope:
        case SyncKind.TENANT:
            return tenants.filter(pk=row.key).first()
        case SyncKind.USER:
            users = DirectoryUser.objects.filter(pk=row.key)
            return tenants.filter(pk__in=users.values("tenant")).first()
        case _:
            return None if _is_shared(row) else tenants.filter(pool=row.key).first()


def _is_shared(row: SyncedResource) -> bool:
    """Whether the resource is a shared pool's own."""
    pool = UserPool.objects.filter(pk=row.key).first() if row.scope == SyncKind.POOL else None
    return pool is not None and pool.is_shared
