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
        custom_attributes: of the pool, with Cognito's prefix, that identity providers write.
    """

    steps: Sequence[Step] = ()
    listed: tuple[str, ...] = ()
    callback_url: str = ""
    custom_attributes: tuple[str, ...] = ()


NOBODY = ArrivalWishes()
WishesOf = Callable[[Collection[Tenant]], Mapping[uuid.UUID, ArrivalWishes]]
Retire = Callable[[str], Step]


def _no_wishes(tenants: Collection[Tenant]) -> Mapping[uuid.UUID, ArrivalWishes]:
    return {}


def _unknown(name: str) -> Step:
    raise LookupError(f"nobody knows how to delete the identity provider {name}")


_wishes_of: WishesOf = _no_wishes
_retire: Retire = _unknown


def use(wishes_of: WishesOf, retire: Retire) -> None:
    """Say who knows. Call it from `AppConfig.ready`.

    Args:
        wishes_of: what each of these tenants needs, in a fixed number of queries; who needs nothing is left out.
        retire: how to delete an identity provider that is not wanted any more, by its name.
    """
    global _wishes_of, _retire  # Set once, at start-up, like a handler in a registry.
    _wishes_of, _retire = wishes_of, retire


def arrival_wishes(tenants: Collection[Tenant]) -> Mapping[uuid.UUID, ArrivalWishes]:
    """Return what each tenant needs; who needs nothing is left out."""
    return _wishes_of(tenants)


def retired(name: str) -> Step:
    """Return how to delete an identity provider that is not wanted any more."""
    return _retire(name)
