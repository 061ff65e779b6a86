"""Which resources a pool and a tenant have, in order of dependency. Pure: the same for work, pages and previews."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from identity.models import AppClient, DirectoryUser, Family
from identity.sync import arrivals
from identity.sync.arrivals import NOBODY, ArrivalWishes
from identity.sync.families import (
    branding,
    client,
    client_specs,
    domain,
    group,
    log_delivery,
    mfa,
    pool,
    resource_server,
    risk,
    styles,
    user,
    user_spec,
)
from identity.sync.family import Step
from identity.sync.native import NOTHING, NativeApplication, NativeWishes
from identity.sync.profiles import Profile
from tenants.models import Branding, SignInPolicy, Tenant, UserPool
from tenants.models.pool_settings import options_of
from tenants.pool_options import PoolTier


def pool_steps(row: UserPool, *, tenant: Tenant | None, policy: SignInPolicy | None) -> list[Step]:
    """Return the resources of a pool.

    Args:
        row: the pool.
        tenant: the tenant of a dedicated pool; None for a shared one.
        policy: that tenant's policy.
    """
    options = options_of(row)
    steps = [
        Step(pool.PoolFamily(), row.name, pool.desired(row, tenant=tenant, policy=policy)),
        Step(mfa.MfaFamily(), row.name, mfa.desired(policy, options)),
        Step(domain.DomainFamily(), row.domain_prefix, domain.desired(row)),
    ]
    # Looking at these costs a read each, so that a pool has them only where there is something to say.
    if options.has_risk_settings:
        steps.append(Step(risk.RiskFamily(), row.name, risk.desired(options)))
    if options.has_log_delivery:
        steps.append(Step(log_delivery.LogDeliveryFamily(), row.name, log_delivery.desired(options)))
    return steps


def tenant_steps(tenant: Tenant, native: NativeWishes = NOTHING, arriving: ArrivalWishes = NOBODY) -> list[Step]:
    """Return the resources of a tenant within its pool.

    Args:
        tenant: whose.
        native: what it wants because some of its applications take Cognito's own tokens.
        arriving: what it wants because its people arrive by identity providers of their own.
    """
    spec = client_specs.sign_in_client(tenant, AppClient.SIGN_IN)
    steps = [Step(client.ClientFamily(AppClient.SIGN_IN), spec.name, spec)]
    # An identity provider has to be there before a client lists it.
    steps += arriving.steps
    if arriving.listed:
        federated = client_specs.federated_client(tenant, arriving)
        steps.append(Step(client.ClientFamily(AppClient.FEDERATED), federated.name, federated))
    # A scope has to be defined before a client asks for it.
    servers = resource_server.desired(native.applications)
    steps += [Step(resource_server.ResourceServerFamily(), server.identifier, server) for server in servers]
    for application in native.applications:
        steps += _native_steps(tenant, application, native.brand)
    if not tenant.is_active:
        # Closing a client needs nothing before it, and is not to wait for a resource that cannot be looked at.
        steps.sort(key=lambda step: step.family.family is not Family.CLIENT)
    return [*steps, *group.steps_of(native.groups)]


def _native_steps(tenant: Tenant, application: NativeApplication, brand: Branding | None) -> list[Step]:
    """A style belongs to a client."""
    spec, purpose = client_specs.native_client(tenant, application), application.purpose
    steps = [Step(client.ClientFamily(purpose), spec.name, spec)]
    if brand is not None:
        # Managed login is not in the Lite plan (developer guide, "User pool feature plans").
        style = styles.desired(brand, managed=options_of(tenant.pool).tier != PoolTier.LITE)
        steps.append(Step(branding.BrandingFamily(purpose), spec.name, style))
    return steps


def user_steps(row: DirectoryUser, profiles: Sequence[Profile] = ()) -> list[Step]:
    """Return the resources of a user.

    Args:
        row: the user.
        profiles: what Cognito made of them for identity providers, beside the account that the row names.
    """
    others = [user_spec.desired_profile(row, profile) for profile in profiles]
    return [Step(user.UserFamily(row), spec.username, spec) for spec in (user_spec.desired(row), *others)]


# How to delete what is not wanted any more, from its name alone. What goes with its pool is not here.
_RETIRE: Mapping[Family, Callable[[str], Step]] = {
    Family.RESOURCE_SERVER: resource_server.retired,
    Family.CLIENT: client.retired,
    Family.IDENTITY_PROVIDER: arrivals.retired,
    Family.BRANDING: branding.retired,
    Family.GROUP: group.retired,
    Family.GROUP_MEMBERS: group.retired_members,
    Family.DOMAIN: domain.retired,
    Family.RISK: risk.retired,
    Family.LOG_DELIVERY: log_delivery.retired,
}


def retired_steps(records: Sequence[tuple[Family, str]], wanted: Sequence[Step]) -> list[Step]:
    """Return how to delete what we once made and no longer want, what was made last first.

    Identity providers go at the very end: a client that is deleted with them lists them until then.

    Args:
        records: family and name of everything that we made, in the order in which we did.
        wanted: what should be.
    """
    names = {(step.family.family, step.name) for step in wanted}
    gone = [(family, name) for family, name in records if (family, name) not in names and family in _RETIRE]
    gone.reverse()
    gone.sort(key=lambda each: each[0] is Family.IDENTITY_PROVIDER)
    return [replace(_RETIRE[family](name), retired=True) for family, name in gone]
