"""What a tenant's pool is to have because its people arrive by identity providers of their own.

`identity` does not know connections: `federation`, which is above it, says what they need (`use`).
"""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from identity.sync.family import Step
from tenants.models import Tenant


@dataclass(frozen=True)
class ArrivalWishes:
    """What one tenant needs.

    Args:
        steps: its identity providers.
        listed: the names of those that people may sign in by now.
        callback_url: where Cognito sends people back to.
        logout_url: where it sends whom it has signed out; empty where nobody is sent there to be signed out.
        custom_attributes: of the pool, with Cognito's prefix, that identity providers write.
    """

    steps: Sequence[Step] = ()
    listed: tuple[str, ...] = ()
    callback_url: str = ""
    logout_url: str = ""
    custom_attributes: tuple[str, ...] = ()


NOBODY = ArrivalWishes()
NamesOf = Callable[[Collection[Tenant]], Mapping[uuid.UUID, Collection[str]]]
WishesOf = Callable[[Collection[Tenant]], Mapping[uuid.UUID, ArrivalWishes]]
Retire = Callable[[str], Step]


def _no_wishes(tenants: Collection[Tenant]) -> Mapping[uuid.UUID, ArrivalWishes]:
    return {}


def _no_names(tenants: Collection[Tenant]) -> Mapping[uuid.UUID, Collection[str]]:
    return {}


def _unknown(name: str) -> Step:
    raise LookupError(f"nobody knows how to delete the identity provider {name}")


_wishes_of: WishesOf = _no_wishes
_retire: Retire = _unknown
_names_of: NamesOf = _no_names


def use(wishes_of: WishesOf, retire: Retire, names_of: NamesOf) -> None:
    """Say who knows. Call it from `AppConfig.ready`.

    Args:
        wishes_of: what each of these tenants needs, in a fixed number of queries; who needs nothing is left out.
        retire: how to delete an identity provider that is not wanted any more, by its name.
        names_of: what the identity providers of each of these tenants are called, also those of former times.
    """
    global _wishes_of, _retire, _names_of  # Set once, at start-up, like a handler in a registry.
    _wishes_of, _retire, _names_of = wishes_of, retire, names_of


def arrival_wishes(tenants: Collection[Tenant]) -> Mapping[uuid.UUID, ArrivalWishes]:
    """Return what each tenant needs; who needs nothing is left out."""
    return _wishes_of(tenants)


def retired(name: str) -> Step:
    """Return how to delete an identity provider that is not wanted any more."""
    return _retire(name)


def came_by_provider(tenant: Tenant, usernames: Collection[str]) -> set[str]:
    """Return those of Cognito's usernames that belong to people who came by an identity provider of the tenant's.

    Cognito calls them `<provider>_<subject>`. Whether they come into the directory is decided when they arrive here.
    """
    prefixes = tuple(f"{name}_".lower() for name in _names_of([tenant]).get(tenant.pk, ()))
    return {name for name in usernames if prefixes and name.lower().startswith(prefixes)}
