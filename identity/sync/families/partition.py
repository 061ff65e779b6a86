"""All users of a tenant in a shared pool, for the day on which they go."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar

from identity.cognito import errors, users
from identity.cognito.calls import Priority
from identity.models import Family
from identity.sync.changes import Change
from identity.sync.errors import NotYet
from identity.sync.family import Fact, ResourceFamily, Site
from identity.sync.look_again import LET_OTHERS_IN

# Users of one attempt; the pool's write lease is free for its other tenants in between. Some 8 s at 25 a second.
_BATCH = 200


@dataclass(frozen=True)
class PartitionSpec:
    """Whose users: local ones are named `<key>.<id>`, federated ones begin with `<key>-`."""

    key: str


class PartitionFamily(ResourceFamily[PartitionSpec, str]):
    """The users whose names begin with a tenant's key. They come one by one; only their going is here."""

    family: ClassVar[Family] = Family.USER

    def facts(self, spec: PartitionSpec) -> tuple[Fact, ...]:
        """See `ResourceFamily`."""
        return (Fact("Users", f"whose names begin with {spec.key}. or {spec.key}-"),)

    def observe(self, site: Site, spec: PartitionSpec) -> str | None:
        """Look whether there is anybody."""
        return next(_names(site, spec), None)

    def diff(self, spec: PartitionSpec, live: str) -> list[Change]:
        """Nothing is ever changed."""
        return []

    def update(self, site: Site, spec: PartitionSpec, live: str, changes: Sequence[Change]) -> str:
        """Nothing is ever changed."""
        return live

    def delete(self, site: Site, spec: PartitionSpec, live: str) -> None:
        """Delete a batch of users.

        Raises:
            NotYet: more are left, or the listing may not show all that are.
        """
        for name in list(islice(_names(site, spec), _BATCH)):
            site.guard.before_write()
            try:
                # Nobody waits for it, and there may be very many.
                users.delete_user(site.pool_ref, name, priority=Priority.BULK)
            except errors.UserNotFound:
                # Somebody was faster, or the listing is behind.
                continue
        raise NotYet("The tenant's users are being deleted.", delay=LET_OTHERS_IN)

    def remote_id(self, live: str) -> str:
        """Many users have no one id."""
        return ""


def _names(site: Site, spec: PartitionSpec) -> Iterator[str]:
    for prefix in (f"{spec.key}.", f"{spec.key}-"):
        for user in users.list_by_prefix(site.pool_ref, prefix, priority=site.priority):
            yield user.username
