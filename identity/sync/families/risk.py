"""What Cognito does about sign-ins that look dangerous: a family that a pool has only with threat protection on."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from identity.cognito import risk
from identity.cognito.merge import merge_risk_update
from identity.cognito.risk import LEVELS, RiskSpec, risk_settings
from identity.models import Family
from identity.sync.changes import Change, Document, differences, flatten, nest
from identity.sync.family import Fact, ResourceFamily, Site, Step
from tenants.pool_options import PoolOptions, TakeoverAction

_UNORDERED = frozenset({"EventFilter", "SkippedIPRangeList", "BlockedIPRangeList"})
_TAKEOVER = "AccountTakeoverRiskConfiguration"
_NONE = RiskSpec(block_compromised=False, low="NO_ACTION", medium="NO_ACTION", high="NO_ACTION")


def desired(options: PoolOptions) -> RiskSpec:
    """Return a pool's rules. Pure."""
    return RiskSpec(
        block_compromised=options.block_compromised,
        low=str(options.takeover_low),
        medium=str(options.takeover_medium),
        high=str(options.takeover_high),
        allowed=options.allowed_ips,
        blocked=options.blocked_ips,
    )


def retired(name: str) -> Step:
    """Return how to drop the rules of a pool that has threat protection no more. Pure."""
    return Step(RiskFamily(), name, _NONE, present=False)


class RiskFamily(ResourceFamily[RiskSpec, Document]):
    """The rules of a whole pool; app clients inherit them."""

    family: ClassVar[Family] = Family.RISK

    def facts(self, spec: RiskSpec) -> tuple[Fact, ...]:
        """See `ResourceFamily`."""
        actions = (spec.low, spec.medium, spec.high)
        labels = ("Low risk", "Medium risk", "High risk")
        shown = [Fact(label, str(TakeoverAction(action).label)) for label, action in zip(labels, actions, strict=True)]
        return (Fact("Leaked passwords", "blocked" if spec.block_compromised else "let pass"), *shown)

    def observe(self, site: Site, spec: RiskSpec) -> Document | None:
        """Read the pool's rules."""
        return risk.describe_risk(site.pool_ref, priority=site.priority)

    def wanted(self, spec: RiskSpec) -> Mapping[str, Any]:
        """See `ResourceFamily`."""
        return flatten(risk_settings(spec), unordered=_UNORDERED)

    def diff(self, spec: RiskSpec, live: Document) -> list[Change]:
        """See `ResourceFamily`."""
        return differences(risk_settings(spec), live, unordered=_UNORDERED)

    def create(self, site: Site, spec: RiskSpec) -> Document:
        """Set the rules where there are none."""
        return risk.set_risk(site.pool_ref, _request({}, risk_settings(spec)), priority=site.priority)

    def update(self, site: Site, spec: RiskSpec, live: Document, changes: Sequence[Change]) -> Document:
        """Write `changes`; mails that somebody set up stay."""
        return risk.set_risk(site.pool_ref, _request(live, nest(changes)), priority=site.priority)

    def delete(self, site: Site, spec: RiskSpec, live: Document) -> None:
        """Drop the rules."""
        risk.reset_risk(site.pool_ref, priority=site.priority)

    def remote_id(self, live: Document) -> str:
        """The rules have no id of their own."""
        return ""


def _request(live: Document, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The complete request. `Notify` is mandatory, and off where nobody said otherwise."""
    request = merge_risk_update(live, changes)
    actions = request.get(_TAKEOVER, {}).get("Actions", {})
    complete = {level: {"Notify": False, **actions[level]} for level in LEVELS if level in actions}
    if complete:
        request[_TAKEOVER] = {**request[_TAKEOVER], "Actions": complete}
    return request
