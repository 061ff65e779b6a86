"""The users that a test of a connection made in Cognito, for their going."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import ClassVar

from django.conf import settings
from django.utils import timezone

from identity.cognito import errors, users
from identity.models import Family
from identity.sync.changes import Change
from identity.sync.errors import NotYet
from identity.sync.family import Fact, ResourceFamily, Site, Step
from identity.sync.look_again import LOOK_AGAIN

# One person signs in in a test; more come only by somebody who passes the address on.
_BATCH = 50


@dataclass(frozen=True)
class UsersOfTestSpec:
    """Whose names begin with `prefix`; nobody comes any more since `closed_at`."""

    prefix: str
    closed_at: datetime


def leaving(prefix: str, closed_at: datetime) -> Step:
    """Return how the users of a test go."""
    return Step(UsersOfTestFamily(), prefix, UsersOfTestSpec(prefix, closed_at), present=False)


class UsersOfTestFamily(ResourceFamily[UsersOfTestSpec, str]):
    """The users of a test. They come by signing in; only their going is here."""

    family: ClassVar[Family] = Family.USER

    def facts(self, spec: UsersOfTestSpec) -> tuple[Fact, ...]:
        """See `ResourceFamily`."""
        return (Fact("Users", f"whose names begin with {spec.prefix}"),)

    def observe(self, site: Site, spec: UsersOfTestSpec) -> str | None:
        """Look whether there is anybody.

        Raises:
            NotYet: somebody may be there whom the listing does not show yet (ListUsers is eventually consistent).
        """
        found = next(_names(site, spec), None)
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
        for name in list(islice(_names(site, spec), _BATCH)):
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


def _names(site: Site, spec: UsersOfTestSpec) -> Iterator[str]:
    for user in users.list_by_prefix(site.pool_ref, spec.prefix, priority=site.priority):
        # Whatever a listing answers, nobody else is touched.
        if user.username.lower().startswith(spec.prefix):
            yield user.username
