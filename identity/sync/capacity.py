"""How many tenants a shared pool takes."""

from tenants.models import UserPool

# Defaults of the Amazon Cognito developer guide, "Quotas in Amazon Cognito" (quotas.html), resource quotas.
CLIENTS_PER_POOL = 1_000
IDENTITY_PROVIDERS_PER_POOL = 300
# What is set aside for each tenant when it is placed, so that it finds room when it comes to use it: the app client for
# sign-in and one to spare; one identity provider.
CLIENTS_PER_TENANT = 2
IDENTITY_PROVIDERS_PER_TENANT = 1
# Beyond this part of a quota a new shared pool is opened (design.md section 3).
FILL_TO = 0.8


def tenants_per_pool() -> int:
    """Return how many tenants a shared pool takes: as many as the scarcer of the two quotas allows."""
    return min(
        int(CLIENTS_PER_POOL * FILL_TO) // CLIENTS_PER_TENANT,
        int(IDENTITY_PROVIDERS_PER_POOL * FILL_TO) // IDENTITY_PROVIDERS_PER_TENANT,
    )


def has_room(pool: UserPool) -> bool:
    """Say whether one more tenant may be placed in `pool`; a dedicated pool is full with its one."""
    return pool.tenants.count() < (tenants_per_pool() if pool.is_shared else 1)
