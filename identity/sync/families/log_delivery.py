"""Where a pool's logs go: a family that a pool has only where something is logged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from identity.cognito import log_delivery
from identity.cognito.log_delivery import ACTIVITY, NOTIFICATIONS
from identity.models import Family
from identity.sync.changes import Change, differences
from identity.sync.family import Fact, ResourceFamily, Site, Step
from tenants.pool_options import PoolOptions

_LABELS = {NOTIFICATIONS: "Messages that cannot be delivered", ACTIVITY: "What users do"}


@dataclass(frozen=True)
class LogSpec:
    """The ARN of the destination by source."""

    destinations: Mapping[str, str] = field(default_factory=dict)


def desired(options: PoolOptions) -> LogSpec:
    """Return where a pool's logs go. Pure."""
    given = {NOTIFICATIONS: options.notification_log_arn, ACTIVITY: options.activity_log_arn}
    return LogSpec({source: arn for source, arn in given.items() if arn})


def retired(name: str) -> Step:
    """Return how to end the delivery of a pool that logs nothing any more. Pure."""
    return Step(LogDeliveryFamily(), name, LogSpec(), present=False)


class LogDeliveryFamily(ResourceFamily[LogSpec, Mapping[str, str]]):
    """A pool's two logs. Each has one destination."""

    family: ClassVar[Family] = Family.LOG_DELIVERY

    def facts(self, spec: LogSpec) -> tuple[Fact, ...]:
        """See `ResourceFamily`."""
        return tuple(Fact(_LABELS[source], arn) for source, arn in spec.destinations.items())

    def wanted(self, spec: LogSpec) -> Mapping[str, Any]:
        """See `ResourceFamily`."""
        return {source: spec.destinations.get(source) for source in _LABELS}

    def observe(self, site: Site, spec: LogSpec) -> Mapping[str, str] | None:
        """Read the destinations."""
        return log_delivery.get_log_delivery(site.pool_ref, priority=site.priority) or None

    def diff(self, spec: LogSpec, live: Mapping[str, str]) -> list[Change]:
        """See `ResourceFamily`."""
        return differences(self.wanted(spec), live)

    def create(self, site: Site, spec: LogSpec) -> Mapping[str, str]:
        """Begin delivery."""
        return log_delivery.set_log_delivery(site.pool_ref, spec.destinations, priority=site.priority)

    def update(
        self, site: Site, spec: LogSpec, live: Mapping[str, str], changes: Sequence[Change]
    ) -> Mapping[str, str]:
        """Write `changes`."""
        merged = {**live, **{change.field: change.after for change in changes}}
        left = {source: arn for source, arn in merged.items() if arn}
        return log_delivery.set_log_delivery(site.pool_ref, left, priority=site.priority)

    def delete(self, site: Site, spec: LogSpec, live: Mapping[str, str]) -> None:
        """End all delivery."""
        log_delivery.set_log_delivery(site.pool_ref, {}, priority=site.priority)

    def remote_id(self, live: Mapping[str, str]) -> str:
        """Delivery has no id of its own."""
        return ""
