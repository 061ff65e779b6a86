"""Comparing one user of the directory with what a listing says. Pure."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from identity.cognito.users import CognitoUser, UserStatus
from identity.pull.addresses import usable_name
from identity.pull.ownership import Field, Origin, Owner, owner_of

Value = str | bool


@dataclass(frozen=True, slots=True)
class Known:
    """What the directory has of a user.

    Args:
        expected: whether Cognito should have them; nobody is judged who is not there yet, or is being deleted.
        modified_at: Cognito's own date of the state that we know; None before the first look.
        missing: whether Cognito was found not to have them.
    """

    id: uuid.UUID
    made_there: bool
    expected: bool
    values: Mapping[Field, Value]
    modified_at: datetime | None
    missing: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """One field on which the two disagree."""

    field: Field
    ours: Value
    theirs: Value


@dataclass(frozen=True, slots=True)
class Judgement:
    """What follows from a look at one user.

    Args:
        taken: Cognito's own fields, to be taken over.
        conflicts: our own fields, which Cognito has otherwise.
        modified_at: the date of the state that was looked at; None where it is to be looked at again.
        returned: whether somebody is there again who was missing.
    """

    taken: tuple[Difference, ...] = ()
    conflicts: tuple[Difference, ...] = ()
    modified_at: datetime | None = None
    returned: bool = False

    def __bool__(self) -> bool:
        return bool(self.taken or self.conflicts or self.modified_at or self.returned)


NOTHING = Judgement()


@dataclass(frozen=True, slots=True)
class Seen:
    """What a listing says of a user, in our fields."""

    username: str
    sub: str
    origin: Origin
    values: Mapping[Field, Value]
    modified_at: datetime | None = field(default=None)


def seen(user: CognitoUser, *, made_there: bool) -> Seen:
    """Return a listed user in our fields; addresses in lower case, as the directory keeps them."""
    origin = Origin.THERE if made_there else Origin.HERE
    if made_there and user.status is UserStatus.EXTERNAL_PROVIDER:
        origin = Origin.PROVIDER
    return Seen(
        username=user.username,
        sub=user.subject,
        origin=origin,
        values={
            Field.STATUS: user.status.value,
            Field.SUB: user.subject,
            Field.ENABLED: user.enabled,
            Field.EMAIL: user.email.strip().lower(),
            Field.EMAIL_VERIFIED: user.attributes.get("email_verified") == "true",
            Field.NAME: usable_name(user.attributes.get("name", "")),
        },
        modified_at=user.modified_at,
    )


def is_unchanged(known: Known, user: CognitoUser) -> bool:
    """Say whether nothing happened in Cognito since the state that we know, or the listing shows an older one still."""
    if not known.expected:
        return True
    if known.missing or known.modified_at is None or user.modified_at is None:
        return False
    return user.modified_at <= known.modified_at


def judge(known: Known, user: CognitoUser, *, settled: bool) -> Judgement:
    """Return what follows from a listed user.

    Args:
        known: the row.
        user: whom the listing shows under the row's username.
        settled: whether nothing of ours is on its way to Cognito for this user, nor was just now. Otherwise a
            difference in our own fields may be our own change, half-way, and is looked at again the next time.
    """
    if is_unchanged(known, user):
        return NOTHING
    said = seen(user, made_there=known.made_there)
    taken, conflicts = [], []
    for name, theirs in said.values.items():
        ours, owner = known.values[name], owner_of(name, said.origin)
        if ours == theirs or (name is Field.NAME and owner is Owner.LIFEGUARD and not theirs):
            # A name that is not in Cognito is one that we have not written yet.
            continue
        # What we never had is nobody's to defend.
        if owner is Owner.COGNITO or ours == "":
            taken.append(Difference(name, ours, theirs))
        elif settled:
            conflicts.append(Difference(name, ours, theirs))
    looked = said.modified_at if settled and said.modified_at != known.modified_at else None
    return Judgement(tuple(taken), tuple(conflicts), looked, returned=known.missing)
