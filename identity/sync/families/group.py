"""A tenant's groups in its own pool, for applications that take Cognito's tokens: they are in `cognito:groups`."""

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from identity.cognito import errors, groups
from identity.cognito.groups import CognitoGroup
from identity.models import Family, ResourceState
from identity.sync import absent
from identity.sync.changes import Change
from identity.sync.errors import Incomplete, NotYet
from identity.sync.family import Fact, ResourceFamily, Site, Step
from identity.sync.look_again import LET_OTHERS_IN

_DESCRIPTION, _MEMBERS = "Description", "Members"
# Memberships of one attempt; others may write to the pool in between. Some 8 s at 25 a second.
_BATCH = 200


@dataclass(frozen=True)
class GroupSpec:
    """A group, and the names of those in it whom Cognito has.

    Pages need no names: for them `summary` says how many there are, and what tells these from others, and `members`
    is empty.
    """

    name: str
    description: str
    members: frozenset[str]
    summary: str = ""

    @property
    def members_in_short(self) -> str:
        """A number for people, and what tells one set from another."""
        return self.summary or _shown(self.members)


def steps_of(wanted: Sequence[GroupSpec]) -> list[Step]:
    """Return the groups of a tenant, each before its members. Pure."""
    steps: list[Step] = []
    for spec in wanted:
        family = GroupFamily()
        steps += [Step(family, spec.name, spec), Step(MembersFamily(family), spec.name, spec)]
    return steps


def retired(name: str) -> Step:
    """Return how to delete a group that is not wanted any more. Pure."""
    return Step(GroupFamily(), name, GroupSpec(name, "", frozenset()), present=False)


def retired_members(name: str) -> Step:
    """Return how to forget who was in a group that goes. Pure."""
    return Step(_RetiredMembersFamily(), name, GroupSpec(name, "", frozenset()), present=False)


class GroupFamily(ResourceFamily[GroupSpec, CognitoGroup]):
    """A group. Its name is unique in the pool, so that a create cannot happen twice."""

    family: ClassVar[Family] = Family.GROUP

    def __init__(self) -> None:
        # Whether Cognito had it when it was last looked at.
        self.is_there = False

    def facts(self, spec: GroupSpec) -> tuple[Fact, ...]:
        """See `ResourceFamily`."""
        return (Fact("Description", spec.description or "none"),)

    def wanted(self, spec: GroupSpec) -> Mapping[str, Any]:
        """See `ResourceFamily`."""
        return {_DESCRIPTION: spec.description}

    def observe(self, site: Site, spec: GroupSpec) -> CognitoGroup | None:
        """Describe the group."""
        live = groups.get_group(site.pool_ref, spec.name, priority=site.priority)
        self.is_there = live is not None
        return live

    def diff(self, spec: GroupSpec, live: CognitoGroup) -> list[Change]:
        """See `ResourceFamily`."""
        if live.description == spec.description:
            return []
        return [Change(_DESCRIPTION, live.description, spec.description)]

    def create(self, site: Site, spec: GroupSpec) -> CognitoGroup:
        """Create the group."""
        return groups.create_group(site.pool_ref, spec.name, spec.description, priority=site.priority)

    def update(self, site: Site, spec: GroupSpec, live: CognitoGroup, changes: Sequence[Change]) -> CognitoGroup:
        """Write the description."""
        return groups.update_group(site.pool_ref, spec.name, spec.description, priority=site.priority)

    def delete(self, site: Site, spec: GroupSpec, live: CognitoGroup) -> None:
        """Delete the group."""
        groups.delete_group(site.pool_ref, live.name, priority=site.priority)

    def remote_id(self, live: CognitoGroup) -> str:
        """See `ResourceFamily`."""
        return live.name


class MembersFamily(ResourceFamily[GroupSpec, frozenset[str]]):
    """Who is in a group.

    A listing of 60 costs a call, so that it is made only where our wishes changed, and by the schedule's comparison.
    """

    family: ClassVar[Family] = Family.GROUP_MEMBERS

    def __init__(self, group: GroupFamily | None = None) -> None:
        self._group = group

    def facts(self, spec: GroupSpec) -> tuple[Fact, ...]:
        """See `ResourceFamily`."""
        return (Fact("Members", spec.members_in_short.partition(" ")[0]),)

    def wanted(self, spec: GroupSpec) -> Mapping[str, Any]:
        """See `ResourceFamily`."""
        return {_MEMBERS: spec.members_in_short}

    def observe(self, site: Site, spec: GroupSpec) -> frozenset[str] | None:
        """List the members; those of a group that is yet to be made are none."""
        if not site.thorough and self._is_settled(site, spec):
            return spec.members
        try:
            return groups.members_of(site.pool_ref, spec.name, priority=site.priority)
        except errors.NotFound:
            return None

    def diff(self, spec: GroupSpec, live: frozenset[str]) -> list[Change]:
        """See `ResourceFamily`."""
        return [] if live == spec.members else [Change(_MEMBERS, _shown(live), _shown(spec.members))]

    def create(self, site: Site, spec: GroupSpec) -> frozenset[str]:
        """Put the first members into a new group."""
        return self._change(site, spec, frozenset())

    def update(self, site: Site, spec: GroupSpec, live: frozenset[str], changes: Sequence[Change]) -> frozenset[str]:
        """Put users in and take users out."""
        return self._change(site, spec, live)

    def delete(self, site: Site, spec: GroupSpec, live: frozenset[str]) -> None:
        """Memberships go with their group."""

    def remote_id(self, live: frozenset[str]) -> str:
        """Memberships have no id."""
        return ""

    def _is_settled(self, site: Site, spec: GroupSpec) -> bool:
        """Say whether nothing is owed: not in a group that was made again, and nobody decided about a drift."""
        row, is_there = site.tracked.row, self._group is not None and self._group.is_there
        is_known = row.state == ResourceState.IN_SYNC and row.last_applied == self.wanted(spec)
        return is_there and is_known and not row.restore and not row.adopted

    def _change(self, site: Site, spec: GroupSpec, live: frozenset[str]) -> frozenset[str]:
        coming, going = list(spec.members - live), sorted(live - spec.members)
        # Those whom Cognito turns out not to have must not fill each batch and keep the others out of it.
        random.shuffle(coming)
        batch = [*going, *coming][:_BATCH]
        missing = [name for name in batch if not self._put(site, spec, name)]
        left = len(coming) + len(going) - len(batch)
        if left and len(missing) < len(batch):
            raise NotYet("More members are being put in and taken out.", delay=LET_OTHERS_IN)
        if missing:
            _look_for(site, missing)
            raise _without(missing, wrote=len(missing) < len(batch))
        return spec.members

    def _put(self, site: Site, spec: GroupSpec, name: str) -> bool:
        """Put a user in, or take them out; says whether there is such a user."""
        site.guard.before_write()
        if name not in spec.members:
            groups.remove_member(site.pool_ref, spec.name, name, priority=site.priority)
            return True
        try:
            groups.add_member(site.pool_ref, spec.name, name, priority=site.priority)
        except errors.UserNotFound:
            return False
        return True


def _look_for(site: Site, missing: Sequence[str]) -> None:
    # Groups are a tenant's.
    if site.tenant is not None:
        absent.look_for(site.tenant, missing)


def _without(missing: Sequence[str], *, wrote: bool) -> Incomplete:
    number = len(missing)
    reason = (
        "Cognito does not have one of the group's members."
        if number == 1
        else f"Cognito does not have {number} of the group's members."
    )
    return Incomplete(
        "MembersMissing",
        reason,
        remedy="Send them a new invitation, or take them out of the group, whose page says who they are. "
        "It goes on by itself once they are back.",
        wrote=wrote,
    )


class _RetiredMembersFamily(MembersFamily):
    """Who is in a group that goes, which nobody needs to know."""

    def observe(self, site: Site, spec: GroupSpec) -> frozenset[str] | None:
        """See `ResourceFamily`."""
        return None


def summarise(number: int, digest: str) -> str:
    """Return the members of a group in short. Pure.

    Args:
        number: of members.
        digest: the MD5 of their names, sorted by code point, one in a line. PostgreSQL can say that without handing
            out 10,000 names; nobody gains by two sets with one digest, which only delays a look at them.
    """
    return f"{number} ({digest[:12]})"


def _shown(members: frozenset[str]) -> str:
    digest = hashlib.md5("\n".join(sorted(members)).encode(), usedforsecurity=False).hexdigest()
    return summarise(len(members), digest)
