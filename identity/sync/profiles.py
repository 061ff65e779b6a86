"""What else Cognito has of a user, besides the account that we made or found.

Whoever comes by an identity provider has a profile of that provider's in Cognito. `identity` does not know who that is:
`federation`, which is above it, says so (`use`). Whatever is done to the user is done to each of their profiles.
"""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """One of them. Cognito makes it itself, at each sign-in by the identity provider where there is none.

    Args:
        username: Cognito's.
        present: whether it may be there; one that is not the user's any more is deleted.
    """

    username: str
    present: bool = True


ProfilesOf = Callable[[Collection[uuid.UUID]], Mapping[uuid.UUID, Sequence[Profile]]]


def _nobody_has_any(users: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Profile]]:
    return {}


_profiles_of: ProfilesOf = _nobody_has_any


def use(profiles_of: ProfilesOf) -> None:
    """Say who knows. Call it from `AppConfig.ready`.

    Args:
        profiles_of: the profiles of users, by the users' ids, in a fixed number of queries; who has none is left out.
    """
    global _profiles_of  # noqa: PLW0603  # Set once, at start-up, like a handler in a registry.
    _profiles_of = profiles_of


def profiles_of(users: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Profile]]:
    """Return the profiles of users, by the users' ids; who has none is left out."""
    return _profiles_of(users) if users else {}
