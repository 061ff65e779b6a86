"""The prefix domain of a pool."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from identity.cells import hosted_url
from identity.cognito import domains, errors
from identity.cognito.domains import DescribedDomain, LoginPages
from identity.models import Family
from identity.sync.changes import Change
from identity.sync.errors import Blocked
from identity.sync.family import Fact, ResourceFamily, Site, Step
from tenants.models import UserPool
from tenants.models.pool_settings import options_of
from tenants.pool_options import PoolTier

# AWS's own words ("Domain already associated with another user pool"; GitHub, aws-samples/websocket-chat-application
# issue 56).
_TAKEN = "already associated"


@dataclass(frozen=True)
class DomainSpec:
    """A pool's domain: its prefix, where its pages then are, and which of Cognito's pages they are."""

    prefix: str
    address: str
    login_pages: LoginPages = LoginPages.MANAGED


def desired(pool: UserPool) -> DomainSpec:
    """Return the pool's domain, where identity providers send people back to. Pure.

    Managed login serves no page for an app client without a style, and ours have none: people sign in at Lifeguard.
    The Lite plan does not have it.
    """
    pages = LoginPages.CLASSIC if options_of(pool).tier == PoolTier.LITE else LoginPages.MANAGED
    return DomainSpec(prefix=pool.domain_prefix, address=hosted_url(pool), login_pages=pages)


def retired(prefix: str) -> Step:
    """Return how to let go of a prefix that the pool has not any more. Pure."""
    return Step(_RetiredDomainFamily(), prefix, DomainSpec(prefix=prefix, address=""), present=False)


class DomainFamily(ResourceFamily[DomainSpec, DescribedDomain]):
    """The domain. Its name is unique in the Region, so that a create cannot happen twice."""

    family: ClassVar[Family] = Family.DOMAIN

    def facts(self, spec: DomainSpec) -> tuple[Fact, ...]:
        """See `ResourceFamily`."""
        return (Fact("Address", spec.address),)

    def observe(self, site: Site, spec: DomainSpec) -> DescribedDomain | None:
        """Describe the domain.

        Raises:
            Blocked: it belongs to another pool of the account.
        """
        pool = site.pool_ref
        found = domains.describe_domain(pool.endpoint, spec.prefix, priority=site.priority, pool_id=pool.pool_id)
        if found is not None and found.pool_id != pool.pool_id:
            raise Blocked(
                "DomainTaken",
                f"The domain {spec.prefix} belongs to the user pool {found.pool_id}.",
                remedy="Delete the domain there by hand, if nothing uses that pool.",
            )
        return found

    def wanted(self, spec: DomainSpec) -> Mapping[str, Any]:
        """See `ResourceFamily`."""
        return {"Domain": spec.prefix, "ManagedLoginVersion": int(spec.login_pages)}

    def diff(self, spec: DomainSpec, live: DescribedDomain) -> list[Change]:
        """See `ResourceFamily`."""
        if live.login_pages is spec.login_pages:
            return []
        return [Change("ManagedLoginVersion", int(live.login_pages), int(spec.login_pages))]

    def create(self, site: Site, spec: DomainSpec) -> DescribedDomain:
        """Give the pool its domain.

        Raises:
            Blocked: another AWS account has a domain of this name; prefixes are unique in a Region.
        """
        try:
            domains.create_domain(site.pool_ref, spec.prefix, login_pages=spec.login_pages, priority=site.priority)
        except errors.InvalidRequest as error:
            if _TAKEN not in error.message.lower():
                raise
            raise Blocked(
                "DomainTaken",
                f"The domain prefix {spec.prefix} belongs to another AWS account.",
                remedy="Choose “Use another prefix” on the pool's page. If the prefix becomes free, it is taken then.",
            ) from error
        return DescribedDomain(spec.prefix, site.pool_ref.pool_id, "ACTIVE", spec.login_pages)

    def update(self, site: Site, spec: DomainSpec, live: DescribedDomain, changes: Sequence[Change]) -> DescribedDomain:
        """Set which pages it serves."""
        domains.update_domain(site.pool_ref, spec.prefix, login_pages=spec.login_pages, priority=site.priority)
        return replace(live, login_pages=spec.login_pages)

    def delete(self, site: Site, spec: DomainSpec, live: DescribedDomain) -> None:
        """Take the domain from the pool."""
        domains.delete_domain(site.pool_ref, live.domain, priority=site.priority)

    def remote_id(self, live: DescribedDomain) -> str:
        """See `ResourceFamily`."""
        return live.domain


class _RetiredDomainFamily(DomainFamily):
    """A domain that is not wanted any more: one that is not this pool's is not there."""

    def observe(self, site: Site, spec: DomainSpec) -> DescribedDomain | None:
        """Describe the domain; None where it is somebody else's."""
        pool = site.pool_ref
        found = domains.describe_domain(pool.endpoint, spec.prefix, priority=site.priority, pool_id=pool.pool_id)
        return found if found is not None and found.pool_id == pool.pool_id else None
