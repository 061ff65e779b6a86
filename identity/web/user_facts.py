"""What Cognito says about a user, and what it said otherwise than we do, in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity.models import DirectoryUser, ResourceState, UserConflict, UserStatus
from identity.selectors import SyncView

_STATUS_WORDS: dict[str, Promise] = {
    "CONFIRMED": _("Confirmed"),
    "UNCONFIRMED": _("Not confirmed: cannot sign in"),
    "FORCE_CHANGE_PASSWORD": _("Has a temporary password"),
    "RESET_REQUIRED": _("Has to reset the password"),
    "EXTERNAL_PROVIDER": _("Signs in through an identity provider"),
}
_NO_CODE_REACHES = {"FORCE_CHANGE_PASSWORD", "RESET_REQUIRED"}
_FIELDS: dict[str, Promise] = {
    "email": _("E-mail address"),
    "email_verified": _("E-mail address verified"),
    "enabled": _("Sign-in"),
    "name": _("Name"),
    "cognito_sub": _("Identity in Cognito"),
}
_VALUES: dict[tuple[str, str], Promise] = {
    ("enabled", "true"): _("Enabled"),
    ("enabled", "false"): _("Disabled"),
    ("email_verified", "true"): _("Verified"),
    ("email_verified", "false"): _("Not verified"),
}


@dataclass(frozen=True)
class ConflictRow:
    """One difference, as the page shows it."""

    field: Promise | str
    ours: Promise | str
    theirs: Promise | str
    became: str
    created_at: datetime


def cognito_status_words(user: DirectoryUser) -> Promise | str:
    """Return what Cognito calls the state of a user's account; empty before it was looked at."""
    if user.cognito_status in _NO_CODE_REACHES and not user.tenant.policy.password_allowed:
        return _("Gets a link by mail when they ask for a code: Cognito sends them none yet")
    return _STATUS_WORDS.get(user.cognito_status, user.cognito_status)


def conflict_rows(conflicts: Iterable[UserConflict]) -> list[ConflictRow]:
    """Return differences as the page shows them."""
    return [
        ConflictRow(
            field=_FIELDS.get(row.field, row.field),
            ours=_VALUES.get((row.field, row.ours), row.ours),
            theirs=_VALUES.get((row.field, row.theirs), row.theirs),
            became=row.get_resolution_display(),
            created_at=row.created_at,
        )
        for row in conflicts
    ]


def missing_view(user: DirectoryUser) -> SyncView:
    """Return the state of a user who should be in Cognito and is not, with what to do about it."""
    if user.is_federated:
        remedy = _("They come back at their next sign-in through the identity provider.")
    elif user.status == UserStatus.DISABLED:
        remedy = _("Nothing, while they are disabled. To let them in again, enable them and send a new invitation.")
    elif not user.email:
        remedy = _("Delete the user here, and invite them anew with an e-mail address.")
    else:
        remedy = _("Send a new invitation, with which they come in again.")
    detail = _("Somebody deleted this user in Cognito.")
    return SyncView(state=ResourceState.BLOCKED, settled=True, detail=str(detail), remedy=str(remedy))
