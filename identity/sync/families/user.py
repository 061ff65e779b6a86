"""A user of a tenant, as Cognito has them: how what differs is changed.

One user is reconciled by `UserFamily`, many at once by `identity.sync.user_batch`; both go by the functions here.
"""

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import ClassVar

from django.db.models.functions import Now

from identity.cognito import errors, users
from identity.cognito.calls import Priority
from identity.cognito.endpoint import PoolRef
from identity.cognito.users import CognitoUser
from identity.models import DirectoryUser, Family
from identity.sync.changes import Change
from identity.sync.errors import Blocked
from identity.sync.families.user_spec import ATTRIBUTES, SUBJECT, LiveUser, UserSpec, differences, seen
from identity.sync.family import Fact, ResourceFamily, Site
from identity.sync.subjects import keep_subjects


def apply_changes(
    pool: PoolRef,
    spec: UserSpec,
    live: LiveUser,
    changes: Sequence[Change],
    *,
    priority: Priority,
    look: Callable[[], CognitoUser | None],
    before_write: Callable[[], None],
) -> LiveUser:
    """Make `changes` in Cognito and return the user as they are then. Remote calls alone; touches no table.

    Args:
        pool: where.
        spec: what should be.
        live: what is.
        changes: from one to the other.
        priority: of the calls; what takes access away goes before configuration.
        look: finds the user again, where Cognito says that there is one already.
        before_write: makes sure of the right to write, before each call.

    Raises:
        Blocked: the user should be there and is not, and only they can choose the password that a new one needs.
        CognitoError: a call did not succeed; what came before it stands.
    """
    for change in changes:
        if change.field not in ATTRIBUTES:
            before_write()
            live = _apply(pool, spec, live, change, priority=priority, look=look)
    if live.cognito is None:
        return live
    if any(change.field == "User" for change in changes):
        # Somebody who was there already, from a create whose answer was lost, may differ.
        return apply_changes(
            pool, spec, live, differences(spec, live), priority=priority, look=look, before_write=before_write
        )
    wanted = spec.attributes
    differing = {name: value for name, value in wanted.items() if live.cognito.attributes.get(name) != value}
    if not differing or not any(change.field in ATTRIBUTES for change in changes):
        return live
    if "email" in differing and "email_verified" in wanted:
        # An address that comes without this is unverified (AdminUpdateUserAttributes in botocore's service model).
        differing["email_verified"] = wanted["email_verified"]
    before_write()
    users.update_attributes(pool, spec.username, differing, priority=priority)
    return replace(live, cognito=replace(live.cognito, attributes={**live.cognito.attributes, **differing}))


class UserFamily(ResourceFamily[UserSpec, LiveUser]):
    """One user."""

    family: ClassVar[Family] = Family.USER
    ours: ClassVar[frozenset[str]] = frozenset({SUBJECT})

    def __init__(self, user: DirectoryUser) -> None:
        self._user = user

    def facts(self, spec: UserSpec) -> tuple[Fact, ...]:
        """See `ResourceFamily`."""
        return (Fact("E-mail", spec.email),)

    def observe(self, site: Site, spec: UserSpec) -> LiveUser:
        """Look the user up by a listing, which bills nothing, and only where it shows nobody by AdminGetUser."""
        found = users.find_user(site.pool_ref, spec.username, priority=site.priority)
        if found is None and spec.present and (self._user.cognito_sub or not spec.may_be_made):
            # A listing may not show a new user yet (botocore's model: ListUsers is eventually consistent).
            found = _confirm(site, spec)
        return seen(self._user, found)

    def diff(self, spec: UserSpec, live: LiveUser) -> list[Change]:
        """See `ResourceFamily`. The changes are in the order in which they are to be made."""
        return differences(spec, live)

    def update(self, site: Site, spec: UserSpec, live: LiveUser, changes: Sequence[Change]) -> LiveUser:
        """Make the changes, and remember what Cognito does not say.

        Raises:
            Blocked: the user should be there and is not. Only they can choose the password that a new one needs.
        """
        now = apply_changes(
            site.pool_ref,
            spec,
            live,
            changes,
            priority=site.priority,
            look=lambda: _confirm(site, spec),
            before_write=site.guard.before_write,
        )
        _remember(self._user, live, now)
        return now

    def remote_id(self, live: LiveUser) -> str:
        """See `ResourceFamily`."""
        return live.cognito.subject if live.cognito is not None else ""


def _apply(
    pool: PoolRef,
    spec: UserSpec,
    live: LiveUser,
    change: Change,
    *,
    priority: Priority,
    look: Callable[[], CognitoUser | None],
) -> LiveUser:
    name, cognito = spec.username, live.cognito
    # Taking access away goes before other configuration.
    urgent = Priority.KILL_SWITCH if priority is Priority.CONFIGURATION else priority
    if cognito is None:
        return replace(live, cognito=_make(pool, spec, priority=priority, look=look))
    match change.field:
        case "Subject":
            return replace(live, subject=cognito.subject)
        case "User":
            _delete(pool, name, priority=urgent)
            return replace(live, cognito=None)
        case "Enabled" if spec.enabled:
            users.enable_user(pool, name, priority=priority)
            return replace(live, cognito=replace(cognito, enabled=True), signed_out=False)
        case "Enabled":
            users.disable_user(pool, name, priority=urgent)
            return replace(live, cognito=replace(cognito, enabled=False))
        case "Tokens":
            users.global_sign_out(pool, name, priority=urgent)
            # Of somebody who stays it is no state that would have to end when they are enabled.
            return replace(live, signed_out=live.signed_out or not spec.enabled, sign_outs=spec.sign_outs)
        case _:
            users.reset_factors(pool, name, priority=priority)
            return replace(live, mfa_resets=spec.mfa_resets)


def _make(pool: PoolRef, spec: UserSpec, *, priority: Priority, look: Callable[[], CognitoUser | None]) -> CognitoUser:
    if not spec.may_be_made:
        raise Blocked(
            "UserMissing", "The user is not in Cognito, and so has no password.", remedy="Send a new invitation."
        )
    try:
        return users.create_user(pool, spec.username, spec.attributes, priority=priority)
    except errors.AlreadyExists as error:
        found = look()
        if found is None:
            raise Blocked(
                "EmailTaken",
                "Another user in Cognito signs in with this address.",
                remedy="Give one of them another address.",
            ) from error
        return found


def _confirm(site: Site, spec: UserSpec) -> CognitoUser | None:
    try:
        return users.get_user(site.pool_ref, spec.username, priority=site.priority)
    except errors.UserNotFound:
        return None


def _delete(pool: PoolRef, username: str, *, priority: Priority) -> None:
    # Where somebody was faster the user is gone, which is what was wanted.
    with contextlib.suppress(errors.UserNotFound):
        users.delete_user(pool, username, priority=priority)


def _remember(user: DirectoryUser, before: LiveUser, now: LiveUser) -> None:
    """Keep on our row what Cognito does not say, and the subject of somebody who was made."""
    row = DirectoryUser.objects.filter(pk=user.pk)
    if now.mfa_resets > before.mfa_resets:
        row.filter(mfa_reset_done__lt=now.mfa_resets).update(
            mfa_reset_done=now.mfa_resets, has_totp=False, other_factors=[]
        )
    if now.sign_outs > before.sign_outs:
        row.filter(sign_outs_done__lt=now.sign_outs).update(sign_outs_done=now.sign_outs)
    if now.signed_out != before.signed_out:
        row.update(tokens_revoked_at=Now() if now.signed_out else None)
    if now.subject != before.subject:
        keep_subjects({user.pk: now.subject})
