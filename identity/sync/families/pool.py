"""User pools and their settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from django.db import transaction

from identity.cognito import errors, pools
from identity.cognito.endpoint import PoolRef
from identity.cognito.pool_spec import PoolSpec
from identity.cognito.pools import DescribedPool, PoolSummary
from identity.cognito.triggers import MESSAGE_TRIGGER
from identity.models import Family
from identity.sync.adoption import audit_adoption
from identity.sync.changes import Change
from identity.sync.errors import Blocked, NotYet
from identity.sync.families import tier
from identity.sync.families.pool_document import merged_update, pool_changes, spec_of, wanted_settings
from identity.sync.families.schema import add_attributes, is_attribute, refuse_conflicts
from identity.sync.family import Fact, ResourceFamily, Site
from tenants.models import SignInPolicy, Tenant, UserPool
from tenants.models.pool_settings import options_of
from tenants.pool_rules import with_ways
from tenants.services.outbox import LeaseLost

POOL_TAG = "lifeguard:pool"
TENANT_TAG = "lifeguard:tenant"
_SHARED = "shared"
_SHARED_MINIMUM_LENGTH = 12
_LOOK_AGAIN = timedelta(seconds=2)
# Cognito fixes these when the pool is created (developer guide, "Updating user pool configuration").
_IMMUTABLE = ("AliasAttributes", "UsernameConfiguration.CaseSensitive")

_MESSAGES = f"LambdaConfig.{MESSAGE_TRIGGER}"


@dataclass(frozen=True)
class LivePool:
    """A pool in Cognito; not yet `recorded` when it was found by its name after a create whose answer was lost."""

    described: DescribedPool
    recorded: bool
    twins: tuple[str, ...] = ()


def desired(pool: UserPool, *, tenant: Tenant | None, policy: SignInPolicy | None) -> PoolSpec:
    """Return what the pool should be. Pure.

    Length is what makes a password strong, and rules of composition make people choose worse ones: NIST SP 800-63B-4,
    section 3.1.1.2, forbids such rules. So the pool asks for 12 characters, or for
    what the tenant's policy says, of any kind.

    Args:
        pool: the row, with its cell.
        tenant: the tenant of a dedicated pool; None for a shared one.
        policy: that tenant's policy.
    """
    length = policy.password_min_length if policy is not None else _SHARED_MINIMUM_LENGTH
    return spec_of(
        with_ways(options_of(pool), policy.first_factors if policy is not None else ()),
        name=pool.name,
        # Native mode needs it. In a shared pool two tenants may have one address, which an alias could not be.
        email_alias=not pool.is_shared,
        minimum_length=length,
        tags={POOL_TAG: str(pool.pk), TENANT_TAG: tenant.key if tenant is not None else _SHARED},
        cells_messages=pool.cell.message_function_arn,
    )


class PoolFamily(ResourceFamily[PoolSpec, LivePool]):
    """The pool itself."""

    family: ClassVar[Family] = Family.POOL
    in_pool: ClassVar[bool] = False
    ours: ClassVar[frozenset[str]] = frozenset({"Id"})

    def __init__(self, *, removing: bool = False) -> None:
        # A pool that is to go may be gone already; otherwise that is an accident.
        self._removing = removing

    def facts(self, spec: PoolSpec) -> tuple[Fact, ...]:
        """See `ResourceFamily`."""
        return (
            Fact("Passwords", f"{spec.password_policy.minimum_length} characters or more, of any kind"),
            Fact("Users", "created by administrators only; user names regardless of case"),
            Fact("E-mail address as user name", "yes" if spec.email_alias else "no"),
            Fact("Deletion protection", "on" if spec.deletion_protection else "off"),
            Fact("Feature plan", spec.tier.value.capitalize()),
            *((Fact("Devices", "remembered where their users ask for it"),) if spec.remembers_devices else ()),
            *((Fact("Cognito's messages", _writer(spec)),) if spec.triggers.writes_messages else ()),
        )

    def wanted(self, spec: PoolSpec) -> Mapping[str, Any]:
        """See `ResourceFamily`."""
        return wanted_settings(spec)

    def inherited(self, spec: PoolSpec) -> frozenset[str]:
        """See `ResourceFamily`."""
        return frozenset([_MESSAGES] if spec.triggers.inherits_messages else [])

    def observe(self, site: Site, spec: PoolSpec) -> LivePool | None:
        """Describe the pool, or look for it by its name while its id is not known.

        Raises:
            Blocked: it was there and is gone. Its users are gone with it, which no synchronising brings back.
            NotYet: it may be there, from a create of which nothing is known, and not yet in the listing.
        """
        if site.pool.is_provisioned:
            described = self._describe(site)
            return LivePool(described, recorded=True) if described is not None else None
        if not site.tracked.create_was_sent:
            return None
        found = self._named(site, spec)
        if found:
            keep, *twins = found
            return LivePool(keep, recorded=False, twins=tuple(twin.pool_id for twin in twins))
        if site.tracked.may_have_been_created():
            raise NotYet("The answer to the creation was lost; looking whether it took place.", delay=_LOOK_AGAIN)
        return None

    def diff(self, spec: PoolSpec, live: LivePool) -> list[Change]:
        """See `ResourceFamily`."""
        changes = pool_changes(spec, live.described.document)
        return changes if live.recorded else [Change("Id", None, live.described.pool_id), *changes]

    def create(self, site: Site, spec: PoolSpec) -> LivePool:
        """Create the pool and keep its id."""
        described = pools.create_pool(site.endpoint, spec, priority=site.priority)
        with transaction.atomic():
            _record_id(site.pool, described.pool_id)
        return LivePool(described, recorded=True)

    def update(self, site: Site, spec: PoolSpec, live: LivePool, changes: Sequence[Change]) -> LivePool:
        """Adopt a pool that was found, then write what differs.

        Raises:
            Blocked: a setting differs that Cognito cannot change any more.
        """
        if not live.recorded:
            _adopt(site, live)
        wanted = [change for change in changes if change.field != "Id"]
        _refuse_immutable(wanted)
        refuse_conflicts(wanted)
        if not wanted:
            return LivePool(live.described, recorded=True)
        self._write(site, live.described, wanted)
        add_attributes(site, spec.attributes, wanted)
        return LivePool(pools.describe_pool(site.pool_ref, priority=site.priority), recorded=True)

    def _write(self, site: Site, described: DescribedPool, changes: Sequence[Change]) -> None:
        settings = [change for change in changes if not is_attribute(change)]
        is_outdated = tier.make_room(site, described.document, settings)
        # What a lower plan lacks is switched off by a write of its own, before the plan changes.
        last = [change for change in settings if tier.is_lower_plan(change)]
        first = [change for change in settings if change not in last]
        for part in filter(None, (first, last)):
            if is_outdated:
                described = pools.describe_pool(site.pool_ref, priority=site.priority)
            site.guard.before_write()
            pools.update_pool(site.pool_ref, merged_update(described.document, part), priority=site.priority)
            is_outdated = True

    def remote_id(self, live: LivePool) -> str:
        """See `ResourceFamily`."""
        return live.described.pool_id

    def delete(self, site: Site, spec: PoolSpec, live: LivePool) -> None:
        """Take the protection off and delete the pool with all its users."""
        ref = PoolRef(site.endpoint, live.described.pool_id)
        if live.described.deletion_protection:
            unprotected = [Change("DeletionProtection", "ACTIVE", "INACTIVE")]
            pools.update_pool(ref, merged_update(live.described.document, unprotected), priority=site.priority)
            site.guard.before_write()
        pools.delete_pool(ref, priority=site.priority)

    def _describe(self, site: Site) -> DescribedPool | None:
        try:
            return pools.describe_pool(site.pool_ref, priority=site.priority)
        except errors.NotFound as error:
            if self._removing:
                return None
            raise Blocked(
                "PoolDeleted",
                f"The user pool {site.pool.cognito_id} was deleted outside Lifeguard, and its users with it.",
                remedy="Ask AWS Support to restore it, which is possible for 14 days after the deletion.",
            ) from error

    def _named(self, site: Site, spec: PoolSpec) -> list[DescribedPool]:
        """The pools of our name and tag, oldest first. The whole listing is read: a page that fails raises."""
        summaries = [pool for pool in pools.list_pools(site.endpoint, priority=site.priority) if pool.name == spec.name]
        described = [
            pools.describe_pool(PoolRef(site.endpoint, pool.pool_id), priority=site.priority)
            for pool in sorted(summaries, key=_age)
        ]
        return [pool for pool in described if pool.tags.get(POOL_TAG) == spec.tags[POOL_TAG]]


def _writer(spec: PoolSpec) -> str:
    """Without the ARN: a tenant's administrators read it too."""
    return "written by the cell's function" if spec.triggers.inherits_messages else "written by the pool's own function"


def _age(pool: PoolSummary) -> tuple[float, str]:
    return (pool.created_at.timestamp() if pool.created_at else 0.0, pool.pool_id)


def _record_id(pool: UserPool, cognito_id: str) -> None:
    """Keep the id, unless another worker has kept another one meanwhile."""
    if not UserPool.objects.filter(pk=pool.pk, cognito_id__in=("", cognito_id)).update(cognito_id=cognito_id):
        raise LeaseLost(f"the user pool {pool.name} has an id already; {cognito_id} is a second one")
    pool.cognito_id = cognito_id


def _adopt(site: Site, live: LivePool) -> None:
    with transaction.atomic():
        _record_id(site.pool, live.described.pool_id)
        audit_adoption(site, live.described.pool_id, live.twins)


def _refuse_immutable(changes: Sequence[Change]) -> None:
    fixed = [change for change in changes if change.field in _IMMUTABLE]
    if fixed:
        raise Blocked(
            "ImmutableSetting",
            f"Cognito cannot change this after a pool is created: {'; '.join(map(str, fixed))}",
            remedy="Place the tenant in a new user pool.",
        )
