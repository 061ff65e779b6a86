"""Which resources a pool and a tenant have, in order of dependency. Pure: the same for work, pages and previews."""

from collections.abc import Callable, Mapping, Sequence

from identity.models import AppClient, DirectoryUser, Family
from identity.sync.families import client, domain, mfa, pool, user
from identity.sync.family import Step
from tenants.models import SignInPolicy, Tenant, UserPool


def pool_steps(row: UserPool, *, tenant: Tenant | None, policy: SignInPolicy | None) -> list[Step]:
    """Return the resources of a pool.

    Args:
        row: the pool.
        tenant: the tenant of a dedicated pool; None for a shared one.
        policy: that tenant's policy.
    """
    return [
        Step(pool.PoolFamily(), row.name, pool.desired(row, tenant=tenant, policy=policy)),
        Step(mfa.MfaFamily(), row.name, mfa.desired(policy)),
        Step(domain.DomainFamily(), row.domain_prefix, domain.desired(row)),
    ]


def tenant_steps(tenant: Tenant) -> list[Step]:
    """Return the resources of a tenant within its pool."""
    spec = client.desired(tenant, AppClient.SIGN_IN)
    return [Step(client.ClientFamily(AppClient.SIGN_IN), spec.name, spec)]


def user_steps(row: DirectoryUser) -> list[Step]:
    """Return the resources of a user."""
    return [Step(user.UserFamily(row), row.username, user.desired(row))]


# How to delete what is not wanted any more, from its name alone. What goes with its pool is not here.
_RETIRE: Mapping[Family, Callable[[str], Step]] = {Family.CLIENT: client.retired}


def retired_steps(records: Sequence[tuple[Family, str]], wanted: Sequence[Step]) -> list[Step]:
    """Return how to delete what we once made and no longer want, what was made last first.

    Args:
        records: family and name of everything that we made, in the order in which we did.
        wanted: what should be.
    """
    names = {(step.family.family, step.name) for step in wanted}
    gone = [(family, name) for family, name in records if (family, name) not in names and family in _RETIRE]
    return [_RETIRE[family](name) for family, name in reversed(gone)]
