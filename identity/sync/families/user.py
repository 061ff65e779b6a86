"""A user of a tenant, as Cognito has them. Created at the acceptance of an invitation, which sets the password."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from identity.cognito import errors, users
from identity.cognito.calls import Priority
from identity.cognito.users import CognitoUser
from identity.models import DirectoryUser, Family, UserStatus
from identity.sync.changes import Change
from identity.sync.errors import Blocked
from identity.sync.family import Fact, ResourceFamily, Site

_PRIORITY = Priority.CONFIGURATION
# Taking access away goes before other configuration.
_KILL = Priority.KILL_SWITCH


@dataclass(frozen=True)
class UserSpec:
    """What Cognito should know of a user. `mfa_resets` counts the resets that an administrator ever asked for."""

    username: str
    present: bool
    enabled: bool
    email: str
    mfa_resets: int


@dataclass(frozen=True)
class LiveUser:
    """A user in Cognito, if there is one, and what was done to them of which Cognito keeps no trace."""

    cognito: CognitoUser | None
    signed_out: bool
    mfa_resets: int


def desired(user: DirectoryUser) -> UserSpec:
    """Return what Cognito should know of an active, disabled or deleted user. Pure."""
    return UserSpec(
        username=user.username,
        present=user.status != UserStatus.DELETING,
        enabled=user.status == UserStatus.ACTIVE,
        email=user.email,
        mfa_resets=user.mfa_reset_wanted,
    )


class UserFamily(ResourceFamily[UserSpec, LiveUser]):
    """One user."""

    family: ClassVar[Family] = Family.USER

    def __init__(self, user: DirectoryUser) -> None:
        self._user = user

    def facts(self, spec: UserSpec) -> tuple[Fact, ...]:
        """See `ResourceFamily`."""
        return (Fact("E-mail", spec.email),)

    def observe(self, site: Site, spec: UserSpec) -> LiveUser:
        """Look the user up by a listing, which bills nothing, and only where it shows nobody by AdminGetUser."""
        found = users.find_user(site.pool_ref, spec.username, priority=_PRIORITY)
        if found is None and spec.present:
            # A listing may not show a new user yet (botocore's model: ListUsers is eventually consistent).
            found = _confirm(site, spec)
        applied = site.tracked.row.last_applied
        signed_out = applied.get("enabled") is False
        return LiveUser(found, signed_out=signed_out, mfa_resets=self._user.mfa_reset_done)

    def diff(self, spec: UserSpec, live: LiveUser) -> list[Change]:
        """See `ResourceFamily`. The changes are in the order in which they are to be made."""
        if not spec.present:
            return [Change("User", "present", "deleted")] if live.cognito is not None else []
        if live.cognito is None:
            # Who was disabled before they accepted their invitation is not there, and cannot get in either.
            return [Change("User", "absent", "present")] if spec.enabled else []
        return [*_access_changes(spec, live, live.cognito), *_other_changes(spec, live, live.cognito)]

    def update(self, site: Site, spec: UserSpec, live: LiveUser, changes: Sequence[Change]) -> LiveUser:
        """Make the changes one by one.

        Raises:
            Blocked: the user should be there and is not. Only they can choose the password that a new one needs.
        """
        for change in changes:
            site.guard.before_write()
            live = self._apply(site, spec, live, change)
        return live

    def remote_id(self, live: LiveUser) -> str:
        """See `ResourceFamily`."""
        return live.cognito.subject if live.cognito is not None else ""

    def _apply(self, site: Site, spec: UserSpec, live: LiveUser, change: Change) -> LiveUser:
        pool, name, cognito = site.pool_ref, spec.username, live.cognito
        if cognito is None:
            raise Blocked(
                "UserMissing",
                "The user is not in Cognito, and so has no password.",
                remedy="Send a new invitation.",
            )
        match change.field:
            case "User":
                _delete(site, name)
                return replace(live, cognito=None)
            case "Enabled" if spec.enabled:
                users.enable_user(pool, name, priority=_PRIORITY)
                return replace(live, cognito=replace(cognito, enabled=True))
            case "Enabled":
                users.disable_user(pool, name, priority=_KILL)
                return replace(live, cognito=replace(cognito, enabled=False))
            case "Tokens":
                users.global_sign_out(pool, name, priority=_KILL)
                return replace(live, signed_out=True)
            case "Factors":
                users.reset_totp(pool, name, priority=_PRIORITY)
                _mark_reset(self._user, spec.mfa_resets)
                return replace(live, mfa_resets=spec.mfa_resets)
            case _:
                wanted = {"email": spec.email, "email_verified": "true"}
                users.update_attributes(pool, name, wanted, priority=_PRIORITY)
                return replace(live, cognito=replace(cognito, attributes={**cognito.attributes, **wanted}))


def _access_changes(spec: UserSpec, live: LiveUser, cognito: CognitoUser) -> list[Change]:
    changes = []
    if cognito.enabled != spec.enabled:
        changes.append(Change("Enabled", cognito.enabled, spec.enabled))
    if not spec.enabled and (cognito.enabled or not live.signed_out):
        changes.append(Change("Tokens", "valid", "revoked"))
    return changes


def _other_changes(spec: UserSpec, live: LiveUser, cognito: CognitoUser) -> list[Change]:
    changes = []
    if live.mfa_resets < spec.mfa_resets:
        changes.append(Change("Factors", "set up", "removed"))
    if cognito.email.lower() != spec.email or cognito.attributes.get("email_verified") != "true":
        changes.append(Change("E-mail", cognito.email, spec.email))
    return changes


def _confirm(site: Site, spec: UserSpec) -> CognitoUser | None:
    try:
        return users.get_user(site.pool_ref, spec.username, priority=_PRIORITY)
    except errors.UserNotFound:
        return None


def _delete(site: Site, username: str) -> None:
    try:
        users.delete_user(site.pool_ref, username, priority=_KILL)
    except errors.UserNotFound:
        # Somebody was faster; the user is gone, which is what was wanted.
        return


def _mark_reset(user: DirectoryUser, resets: int) -> None:
    DirectoryUser.objects.filter(pk=user.pk, mfa_reset_done__lt=resets).update(mfa_reset_done=resets, has_totp=False)
