"""What happened to the account lately: attempts to sign in, and changes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from federation.account.context import Account
from federation.devices import device_of, shown_network
from federation.models import AuthOutcome, AuthWay
from federation.selectors.auth_events import recent_attempts
from identity.selectors import events_about
from tenants.audit_actions import ACTION_LABELS, Action
from tenants.http import network_of

_SHOWN = 30


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
            what=f"{AuthOutcome(event.outcome).label}: {AuthWay(event.way).label}",
            where=_where(
                event.application.name if event.application else "",
                str(device_of(event.user_agent)) if event.user_agent else "",
                event.network,
            ),
            is_bad=event.outcome != AuthOutcome.SUCCEEDED,
        )
        for event in recent_attempts(account.user, _SHOWN)
    ]


def _changes(account: Account) -> list[Line]:
    return [
        Line(
            at=event.created_at,
            what=str(ACTION_LABELS[Action(event.action)]) if event.action in Action else event.action,
            # Where an administrator was is not theirs to know.
            where=_where("", "", network_of(event.ip)) if event.ip and _own(event.actor_id, account) else (),
        )
        for event in events_about(account.user, _SHOWN)
        if event.target_id == str(account.user.pk)
    ]


def _own(actor_id: str, account: Account) -> bool:
    return actor_id == str(account.user.pk)


def _where(application: str, device: str, network: str) -> tuple[str, ...]:
    return tuple(part for part in (application, device, shown_network(network) if network else "") if part)
