"""The users that a test of a connection made in Cognito, for their going."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import ClassVar

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from federation.connections.names import username_prefix
from federation.models import ConnectionTest, FederatedIdentity
from identity.cognito import errors, users
from identity.cognito.users import CognitoUser
from identity.models import DirectoryUser, Family
from identity.sync.changes import Change
from identity.sync.errors import NotYet
from identity.sync.family import Fact, ResourceFamily, Site, Step
from identity.sync.look_again import LOOK_AGAIN

# One person signs in in a test; more come only by somebody who passes the address on.
_BATCH = 50
IsGuest = Callable[[CognitoUser], bool]


@dataclass(frozen=True)
class UsersOfTestSpec:
    """Whose names begin with `prefix`; nobody comes any more since `closed_at`."""

    prefix: str
    closed_at: datetime


def leaving(test: ConnectionTest, *, others_come: bool) -> Step | None:
    """Return how the users of a closed test go; None where none is known to be its own.

    Args:
        test: which.
        others_come: people sign in by the provider that it went by. Then only whom the test brought here may be its
            user, and not those who did not come back from Cognito.
    """
    if test.closed_at is None:
        raise ValueError("people may still come by this test")
    prefix = test.came_as.lower() if others_come else username_prefix(test.provider_name)
    if not prefix:
        return None
    family = UsersOfTestFamily(_who_is_guest(test, name=prefix if others_come else ""))
    return Step(family, prefix, UsersOfTestSpec(prefix, test.closed_at), present=False)


def _who_is_guest(test: ConnectionTest, *, name: str) -> IsGuest:
    """Return how to tell a test's users from others whose names begin like theirs.

    Nobody else has the names of a provider that is the test's own. Those of a social one have been there before.
    """
    if not test.connection.is_social:
        return lambda user: True
    made_at = test.client_made_at

    def is_guest(user: CognitoUser) -> bool:
        is_new = made_at is not None and user.created_at is not None and user.created_at >= made_at
        came_by_it = user.status == users.UserStatus.EXTERNAL_PROVIDER and user.username.lower().startswith(
            username_prefix(test.provider_name)
        )
        is_the_one = name in ("", user.username.lower())
        return is_new and came_by_it and is_the_one and not _is_known(test, user)

    return is_guest


def _is_known(test: ConnectionTest, user: CognitoUser) -> bool:
    """Say whether the directory has a user: somebody may have signed in by the connection itself meanwhile."""
    theirs = Q(cognito_username__iexact=user.username) | Q(cognito_sub=user.subject)
    rows = (DirectoryUser.objects, FederatedIdentity.objects)
    return any(each.filter(theirs, tenant=test.tenant).exists() for each in rows)


class UsersOfTestFamily(ResourceFamily[UsersOfTestSpec, str]):
    """The users of a test. They come by signing in; only their going is here."""

    family: ClassVar[Family] = Family.USER

    def __init__(self, is_guest: IsGuest) -> None:
        self._is_guest = is_guest

    def facts(self, spec: UsersOfTestSpec) -> tuple[Fact, ...]:
        """See `ResourceFamily`."""
        return (Fact("Users", f"whose names begin with {spec.prefix}"),)

    def observe(self, site: Site, spec: UsersOfTestSpec) -> str | None:
        """Look whether there is anybody.

        Raises:
            NotYet: somebody may be there whom the listing does not show yet (ListUsers is eventually consistent).
        """
        found = next(self._names(site, spec), None)
        shown_by = spec.closed_at + timedelta(seconds=settings.SYNC_CREATE_GRACE_SECONDS)
        if found is None and timezone.now() < shown_by:
            raise NotYet("Looks once more for users of the test.", delay=max(shown_by - timezone.now(), LOOK_AGAIN))
        return found

    def diff(self, spec: UsersOfTestSpec, live: str) -> list[Change]:
        """Nothing is ever changed."""
        return []

    def update(self, site: Site, spec: UsersOfTestSpec, live: str, changes: Sequence[Change]) -> str:
        """Nothing is ever changed."""
        return live

    def delete(self, site: Site, spec: UsersOfTestSpec, live: str) -> None:
        """Delete them.

        Raises:
            NotYet: the listing is looked at once more.
        """
        for name in list(islice(self._names(site, spec), _BATCH)):
            site.guard.before_write()
            try:
                users.delete_user(site.pool_ref, name, priority=site.priority)
            except errors.UserNotFound:
                # The listing is behind.
                continue
        raise NotYet("The users of the test are being deleted.", delay=LOOK_AGAIN)

    def remote_id(self, live: str) -> str:
        """Several users have no one id."""
        return ""

    def _names(self, site: Site, spec: UsersOfTestSpec) -> Iterator[str]:
        for user in users.list_by_prefix(site.pool_ref, spec.prefix, priority=site.priority):
            # Whatever a listing answers, nobody else is touched.
            if user.username.lower().startswith(spec.prefix) and self._is_guest(user):
                yield user.username
