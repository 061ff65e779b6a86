"""The words, icons and tones of every state that the product shows. Data: one row per state."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Tone: TypeAlias = Literal["success", "warning", "danger", "info", "neutral"]


@dataclass(frozen=True, slots=True)
class Status:
    """How a state looks: never by colour alone (WCAG 2.2, success criterion 1.4.1).

    Args:
        word: The state's name, translated.
        icon: A heroicon of the 16 px set.
        tone: The family of colours.
        moving: Whether the icon turns, because work is under way.
    """

    word: Promise
    icon: str
    tone: Tone
    moving: bool = False


STATUSES: dict[str, Status] = {
    # Synchronisation.
    "in_sync": Status(_("In sync"), "check-circle", "success"),
    "syncing": Status(_("Syncing"), "arrow-path", "info", moving=True),
    "pending": Status(_("Pending"), "clock", "info"),
    "drifted": Status(_("Drifted"), "arrows-right-left", "warning"),
    "blocked": Status(_("Blocked"), "hand-raised", "warning"),
    "failing": Status(_("Failing"), "exclamation-triangle", "danger"),
    "unsupported": Status(_("Not supported by this endpoint"), "minus-circle", "neutral"),
    # A plan, what it does with a resource, and how far one of its steps has got.
    "requested": Status(_("Requested"), "clock", "info"),
    "queued": Status(_("Waiting to start"), "clock", "info"),
    "paused": Status(_("Paused"), "pause-circle", "warning"),
    "canceled": Status(_("Canceled"), "x-circle", "neutral"),
    "running": Status(_("Running"), "arrow-path", "info", moving=True),
    "shown": Status(_("Shown only"), "eye", "neutral"),
    "unchanged": Status(_("Nothing to do"), "check-circle", "success"),
    "applied": Status(_("Applied"), "check-circle", "success"),
    "waiting": Status(_("Waiting"), "clock", "info"),
    "interrupted": Status(_("Interrupted"), "bolt-slash", "neutral"),
    "create": Status(_("Create"), "plus", "success"),
    "update": Status(_("Update"), "pencil", "info"),
    "adopt": Status(_("Adopt"), "link", "info"),
    "delete": Status(_("Delete"), "trash", "danger"),
    "report": Status(_("Report"), "flag", "warning"),
    "nothing": Status(_("Nothing"), "minus", "neutral"),
    "unknown": Status(_("Not known yet"), "question-mark-circle", "neutral"),
    "planned": Status(_("Planned"), "clock", "neutral"),
    "done": Status(_("Done"), "check-circle", "success"),
    "failed": Status(_("Failed"), "exclamation-triangle", "danger"),
    # A sign-in by a connection; failed is above.
    "started": Status(_("Under way"), "arrow-path", "info", moving=True),
    "succeeded": Status(_("Signed in"), "check-circle", "success"),
    "refused": Status(_("Refused"), "hand-raised", "warning"),
    "limited": Status(_("Kept waiting"), "hand-raised", "warning"),
    "abandoned": Status(_("Abandoned"), "clock", "neutral"),
    "skipped": Status(_("Not reached"), "minus-circle", "neutral"),
    # The life of a tenant, an application, a connection or a person.
    "draft": Status(_("Draft"), "pencil", "neutral"),
    "tested": Status(_("Tested"), "beaker", "info"),
    "active": Status(_("Active"), "check-circle", "success"),
    "suspended": Status(_("Suspended"), "pause-circle", "warning"),
    "deleted": Status(_("Deleted"), "trash", "danger"),
    # A user and a connection.
    "connected": Status(_("Connected"), "link", "success"),
    "disconnected": Status(_("Disconnected"), "link-slash", "neutral"),
    "disabled": Status(_("Disabled"), "no-symbol", "neutral"),
    "enabled": Status(_("Enabled"), "check-circle", "success"),
    "deleting": Status(_("Deleting"), "trash", "danger"),
    "missing": Status(_("Missing in Cognito"), "exclamation-triangle", "warning"),
    # How near a limit is.
    "possible": Status(_("Possible"), "check-circle", "success"),
    "conditional": Status(_("With a condition"), "exclamation-triangle", "warning"),
    "impossible": Status(_("Not possible"), "no-symbol", "neutral"),
    "room": Status(_("Room"), "check-circle", "success"),
    "filling": Status(_("Filling up"), "exclamation-triangle", "warning"),
    "full": Status(_("Full"), "no-symbol", "danger"),
    "full_rate": Status(_("Full rate"), "check-circle", "success"),
    "slowed": Status(_("Slowed down"), "exclamation-triangle", "warning"),
    # Invitations, domains and factors.
    "created": Status(_("Not invited"), "user", "neutral"),
    "invited": Status(_("Invited"), "envelope", "info"),
    "accepted": Status(_("Accepted"), "check-circle", "success"),
    "expired": Status(_("Expired"), "clock", "neutral"),
    "revoked": Status(_("Revoked"), "no-symbol", "neutral"),
    "awaiting_proof": Status(_("Waiting for proof"), "clock", "info"),
    "settling": Status(_("Proof found"), "clock", "info"),
    "published": Status(_("New metadata published"), "arrow-path", "warning"),
    "certificate_expiring": Status(_("Certificate expires soon"), "clock", "warning"),
    "certificate_expired": Status(_("Certificate expired"), "exclamation-triangle", "danger"),
    "proved": Status(_("Proved"), "check-badge", "success"),
    "proof_missing": Status(_("Proof missing"), "exclamation-triangle", "warning"),
    "verified": Status(_("Verified"), "check-badge", "success"),
    "unverified": Status(_("Not verified"), "question-mark-circle", "neutral"),
    "off": Status(_("Off"), "minus-circle", "neutral"),
    "optional": Status(_("Optional"), "shield-check", "info"),
    "required": Status(_("Required"), "lock-closed", "success"),
}


def status_of(state: str) -> Status:
    """The look of a state.

    Args:
        state: A key of ``STATUSES``; case does not matter, and a hyphen or a space stands for an underscore.

    Raises:
        ValueError: The state is not in the table: a page must not invent one.
    """
    key = state.strip().lower().replace("-", "_").replace(" ", "_")
    if key not in STATUSES:
        raise ValueError(f"No status {state!r}: add it to config.statuses.STATUSES.")
    return STATUSES[key]
