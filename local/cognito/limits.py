"""How many of a resource there may be (DG:quotas): the defaults, and what tests make of them."""

from local.cognito.errors import ServiceError
from local.cognito.store import Store

DEFAULTS = {
    "user_pools": 1000,  # of an account and Region
    "custom_domains": 4,  # of an account and Region
    "clients_per_pool": 1000,
    "providers_per_pool": 300,
    "resource_servers_per_pool": 25,
    "styles_per_pool": 20,
    "groups_per_pool": 10_000,
    "groups_per_user": 100,
    "import_jobs_per_pool": 1000,
    "identities_per_user": 5,
    "passkeys_per_user": 20,
}


def _key(name: str) -> str:
    return f"limit/{name}"


def find_limit(store: Store, name: str) -> int:
    """The limit in force."""
    changed = store.get("meta", name=_key(name))
    return DEFAULTS[name] if changed is None else int(changed["most"])


def require_room(store: Store, name: str, used: int, *, more: int = 1) -> None:
    """Raise LimitExceededException where `more` than `used` are too many."""
    most = find_limit(store, name)
    if used + more > most:
        raise ServiceError("LimitExceededException", f"The limit {name} of {most} is exceeded.")


def all_limits(store: Store) -> dict[str, int]:
    """Every limit in force."""
    with store.transaction():
        return {name: find_limit(store, name) for name in DEFAULTS}


def change_limits(store: Store, wanted: dict[str, int | None]) -> None:
    """Set limits, or bring defaults back with None; ValueError for one that does not exist or is negative."""
    for name, most in wanted.items():
        if name not in DEFAULTS or (most is not None and most < 0):
            raise ValueError(f"a limit is one of {', '.join(DEFAULTS)}, and not negative")
    with store.transaction():
        for name, most in wanted.items():
            store.delete("meta", name=_key(name))
            if most is not None:
                store.insert("meta", {"most": most}, name=_key(name))
