"""What a page shows of a user: their state, and the actions that the person looking may take."""

import uuid
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity.models import DirectoryUser, ResourceState, UserStatus
from identity.selectors import SyncView
from identity.web.user_facts import missing_view
from tenants.actor import Actor
from tenants.models import Tenant
from tenants.permissions import Permission

_SOMEBODY = str(uuid.UUID(int=0))


@dataclass(frozen=True)
class Action:
    """One entry of a user's menu; what `components/menu_items.html` takes."""

    label: Promise
    url: str
    icon: str
    method: str = "post"
    danger: bool = False


@dataclass(frozen=True)
class UserRow:
    """A user and what goes with them in a table."""

    user: DirectoryUser
    url: str
    sync: SyncView | None
    sync_url: str
    actions: list[Action]

    @property
    def factor(self) -> str:
        """The state of the second factor, a key of `config.statuses`."""
        return "enabled" if self.user.has_second_factor else "off"


def list_url(tenant: Tenant) -> str:
    """Return the address of the tenant's list of users."""
    return reverse("tenant:users", args=[tenant.slug])


def user_row(user: DirectoryUser, sync: SyncView | None, *, actor: Actor, back: str) -> UserRow:
    """Return a user's row for somebody who looks at it.

    Args:
        user: with its tenant loaded.
        sync: from `reconcile_state`.
        actor: who looks; decides which actions there are.
        back: where an action returns to.
    """
    return UserRow(
        user=user,
        url=_url("user", user),
        sync=_followed(user, sync),
        sync_url=_url("user-sync", user),
        actions=_actions(user, actor=actor, back=back),
    )


def _followed(user: DirectoryUser, sync: SyncView | None) -> SyncView | None:
    """Whoever has not accepted is not in Cognito. Who has is there as they should be, until a change asks for more."""
    if not user.is_in_cognito:
        return None
    if user.missing_since is not None and (sync is None or sync.settled):
        return missing_view(user)
    if sync is None and user.cognito_sub:
        return SyncView(state=ResourceState.IN_SYNC, settled=True)
    return sync


def _url(name: str, user: DirectoryUser, back: str = "") -> str:
    url = _address(name, user.tenant.slug).replace(_SOMEBODY, str(user.pk))
    return f"{url}?{urlencode({'next': back})}" if back else url


# A page has some hundred addresses of users, which are alike but for the user.
@lru_cache(maxsize=1024)
def _address(name: str, slug: str) -> str:
    return reverse(f"tenant:{name}", args=[slug, _SOMEBODY])


def _invitation_actions(user: DirectoryUser, *, back: str) -> list[Action]:
    again = Action(_("Send a new invitation"), _url("user-resend", user, back), "paper-airplane")
    if user.status == UserStatus.CREATED:
        return [Action(_("Send an invitation"), _url("user-resend", user, back), "paper-airplane")]
    if user.status == UserStatus.INVITED:
        return [again, Action(_("Revoke the invitation"), _url("user-revoke", user, back), "x-circle")]
    # Whoever is gone from Cognito comes back by a new one, or by the next sign-in where that is elsewhere.
    is_gone = user.missing_since and user.status == UserStatus.ACTIVE and user.email
    return [again] if is_gone and not user.is_federated else []


def _actions(user: DirectoryUser, *, actor: Actor, back: str) -> list[Action]:
    """The actions that would not be refused; the services hold the rules (`identity.services.guards`)."""
    if not actor.allows(Permission.USERS_WRITE):
        return []
    actions = _invitation_actions(user, back=back)
    if user.role and not actor.allows(Permission.ROLES_WRITE):
        return actions
    may_have_one = user.email and not user.is_federated and user.tenant.policy.password_allowed
    if user.status != UserStatus.DISABLED and may_have_one:
        password = Action(_("Set a temporary password…"), _url("user-temporary-password", user), "key", method="get")
        actions.append(password)
    # Who comes by an identity provider has those that Lifeguard asked them for, if any.
    if user.cognito_sub and (user.has_second_factor or not user.is_federated):
        actions.append(Action(_("Reset second factor…"), _url("user-reset-mfa", user), "device-phone-mobile", "get"))
    if user.status == UserStatus.DISABLED:
        actions.append(Action(_("Enable"), _url("user-enable", user, back), "check-circle"))
    elif actor.id != str(user.pk):
        actions.append(Action(_("Disable"), _url("user-disable", user, back), "no-symbol", danger=True))
    if actor.id != str(user.pk):
        actions.append(Action(_("Delete…"), _url("user-delete", user), "trash", method="get", danger=True))
    return actions
