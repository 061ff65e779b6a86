"""What happened to the account lately: attempts to sign in, and changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from federation.account.context import Account
from federation.devices import device_of, shown_network
from federation.models import AuthOutcome, AuthWay
from federation.selectors.auth_events import recent_attempts
from identity.selectors import events_about
from tenants.audit_actions import Action
from tenants.http import network_of

_SHOWN = 30
_ATTEMPTS: Mapping[AuthOutcome, Promise] = {
    AuthOutcome.SUCCEEDED: _("Signed in: %(way)s"),
    AuthOutcome.FAILED: _("Sign-in failed: %(way)s"),
    AuthOutcome.LIMITED: _("Sign-in was kept waiting after too many tries: %(way)s"),
}
# Those that are no sign-ins.
_OTHER_ATTEMPTS: Mapping[tuple[AuthWay, AuthOutcome], Promise] = {
    (AuthWay.SIGN_UP, AuthOutcome.SUCCEEDED): _("You made your account"),
    (AuthWay.SIGN_UP, AuthOutcome.FAILED): _("An account could not be made with your address"),
    (AuthWay.DEVICE, AuthOutcome.SUCCEEDED): _("You let a device in"),
    (AuthWay.DEVICE, AuthOutcome.FAILED): _("You did not let a device in"),
    (AuthWay.ACCOUNT, AuthOutcome.FAILED): _("A password or code was not accepted on your account page"),
    (AuthWay.ACCOUNT, AuthOutcome.LIMITED): _("Your account page kept somebody waiting after too many tries"),
}
# What was done to somebody, or by them, in words for them. Keyed by what the audit log keeps.
CHANGES: Mapping[str, Promise] = {
    Action.USER_INVITED: _("You were invited"),
    Action.INVITATION_ACCEPTED: _("You accepted the invitation"),
    Action.USER_RENAMED: _("Your name was changed"),
    Action.OWN_LANGUAGE_CHOSEN: _("You chose your language"),
    Action.USER_ROLE_SET: _("Your role was changed"),
    Action.USER_DISABLED: _("Your account was disabled"),
    Action.USER_ENABLED: _("Your account was enabled again"),
    Action.USER_MFA_RESET: _("Your second factor was removed by an administrator"),
    Action.USER_PASSWORD_SET: _("An administrator gave you a temporary password"),
    Action.PASSWORD_RESET: _("You chose a new password by a mailed code"),
    Action.RECOVERY_CODES_MADE: _("Recovery codes were made"),
    Action.RECOVERY_CODE_USED: _("A recovery code was used"),
    Action.TOTP_ENROLLED: _("An authenticator app was added"),
    Action.TOTP_NAMED: _("Your authenticator app was renamed"),
    Action.TOTP_REMOVED: _("Your authenticator app was removed"),
    Action.FACTOR_ENROLLED: _("Codes as a second factor were set up"),
    Action.FACTOR_REMOVED: _("Codes as a second factor were removed"),
    Action.FACTOR_PREFERRED: _("You chose which second factor is asked for"),
    Action.OWN_PASSWORD_CHANGED: _("Your password was changed"),
    Action.OWN_EMAIL_CHANGED: _("Your e-mail address was changed"),
    Action.PASSKEY_ADDED: _("A passkey was added"),
    Action.PASSKEY_NAMED: _("A passkey was renamed"),
    Action.PASSKEY_REMOVED: _("A passkey was removed"),
    Action.KEY_ADDED: _("A security key or passkey was added"),
    Action.KEY_NAMED: _("A security key or passkey was renamed"),
    Action.KEY_REMOVED: _("A security key or passkey was removed"),
    Action.KEY_COPIED: _("Somebody may have a copy of your security key"),
    Action.BROWSER_REMEMBERED: _("A browser was remembered, where no second factor is asked for"),
    Action.BROWSERS_FORGOTTEN: _("Known browsers were forgotten"),
    Action.SESSION_ENDED: _("You were signed out on one device"),
    Action.OTHER_SESSIONS_ENDED: _("You were signed out on all other devices"),
    Action.SESSIONS_ENDED: _("You were signed out everywhere"),
    Action.SIGNED_OUT: _("You signed out"),
    Action.USER_LINKED: _("Signing in by your organization's identity provider was connected"),
    Action.USER_UNLINKED: _("Signing in by your organization's identity provider was disconnected"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened.

    Args:
        at: when.
        what: in words.
        where: device and network, or the application; each may be missing.
        is_bad: whether it is an attempt that did not succeed.
    """

    at: datetime
    what: str
    where: tuple[str, ...]
    is_bad: bool = False


def activity_section(account: Account) -> dict[str, Any]:
    """Return what happened lately, the newest first."""
    lines = [*_attempts(account), *_changes(account)]
    return {"lines": sorted(lines, key=lambda line: line.at, reverse=True)[:_SHOWN]}


def _attempts(account: Account) -> list[Line]:
    return [
        Line(
            at=event.created_at,
            what=_attempt_in_words(AuthWay(event.way), AuthOutcome(event.outcome)),
            where=_where(
                event.application.name if event.application else "",
                str(device_of(event.user_agent)) if event.user_agent else "",
                event.network,
            ),
            is_bad=event.outcome != AuthOutcome.SUCCEEDED,
        )
        for event in recent_attempts(account.user, _SHOWN)
    ]


def _attempt_in_words(way: AuthWay, outcome: AuthOutcome) -> str:
    other = _OTHER_ATTEMPTS.get((way, outcome))
    return str(other) if other is not None else str(_ATTEMPTS[outcome]) % {"way": way.label}


def _changes(account: Account) -> list[Line]:
    return [
        Line(
            at=event.created_at,
            what=str(CHANGES[event.action]),
            # Where an administrator was is not theirs to know.
            where=_where("", "", network_of(event.ip)) if event.ip and _own(event.actor_id, account) else (),
        )
        for event in events_about(account.user, _SHOWN)
        if event.target_id == str(account.user.pk) and event.action in CHANGES
    ]


def _own(actor_id: str, account: Account) -> bool:
    return actor_id == str(account.user.pk)


def _where(application: str, device: str, network: str) -> tuple[str, ...]:
    return tuple(part for part in (application, device, shown_network(network) if network else "") if part)
