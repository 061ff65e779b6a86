"""The prefix domain of a pool."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from identity.cognito import domains
from identity.cognito.domains import DescribedDomain, LoginPages
from identity.models import Family
from identity.sync.changes import Change
from identity.sync.errors import Blocked
from identity.sync.family import Fact, ResourceFamily, Site
from tenants.models import UserPool


@dataclass(frozen=True)
class DomainSpec:
    """A pool's domain: its prefix, where its pages then are, and which of Cognito's pages they are."""

    prefix: str
    address: str
    login_pages: LoginPages = LoginPages.MANAGED


def desired(pool: UserPool) -> DomainSpec:
    """Return the pool's domain, where identity providers send people back to. Pure.

    Managed login serves no page for an app client without a style, and ours have none: people sign in at Lifeguard.
    """
    own = f"https://{pool.domain_prefix}.auth.{pool.cell.region}.amazoncognito.com"
    return DomainSpec(prefix=pool.domain_prefix, address=pool.cell.hosted_base_url or own)


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
        """Give the pool its domain."""
        domains.create_domain(site.pool_ref, spec.prefix, login_pages=spec.login_pages, priority=site.priority)
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
