"""The second factors of a pool."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from identity.cognito import pools
from identity.cognito.merge import merge_mfa_update
from identity.cognito.pool_spec import MfaMode, MfaSpec
from identity.cognito.pools import MfaConfig
from identity.models import Family
from identity.sync.changes import Change, differences, flatten, nest
from identity.sync.family import Fact, ResourceFamily, Site
from tenants.models import MfaPolicy, SignInPolicy

_MODES = {MfaPolicy.OFF: MfaMode.OFF, MfaPolicy.OPTIONAL: MfaMode.OPTIONAL, MfaPolicy.REQUIRED: MfaMode.REQUIRED}
_WORDS = {MfaMode.OFF: "off", MfaMode.OPTIONAL: "optional", MfaMode.REQUIRED: "required"}


def desired(policy: SignInPolicy | None) -> MfaSpec:
    """Return a pool's MFA settings. Pure.

    Args:
        policy: of the tenant of a dedicated pool. None for a shared pool, which is optional: sign-in enforces what a
            tenant wants beyond that.
    """
    mode = _MODES[MfaPolicy(policy.mfa)] if policy is not None else MfaMode.OPTIONAL
    # Cognito refuses a factor beside OFF: "can't turn off MFA and configure an MFA together".
    return MfaSpec(mode=mode, totp=mode is not MfaMode.OFF)


class MfaFamily(ResourceFamily[MfaSpec, MfaConfig]):
    """A pool's MFA mode and factors; every pool has them, so that there is nothing to create."""

    family: ClassVar[Family] = Family.MFA

    def facts(self, spec: MfaSpec) -> tuple[Fact, ...]:
        """See `ResourceFamily`."""
        mode = Fact("Second factor", _WORDS[spec.mode])
        return (mode, Fact("Factors", "authenticator app (TOTP)")) if spec.totp else (mode,)

    def observe(self, site: Site, spec: MfaSpec) -> MfaConfig:
        """Read the pool's MFA settings."""
        return pools.get_mfa_config(site.pool_ref, priority=site.priority)

    def wanted(self, spec: MfaSpec) -> Mapping[str, Any]:
        """See `ResourceFamily`."""
        return flatten(_document(spec))

    def diff(self, spec: MfaSpec, live: MfaConfig) -> list[Change]:
        """See `ResourceFamily`."""
        return differences(_document(spec), live.document)

    def create(self, site: Site, spec: MfaSpec) -> MfaConfig:
        """Set the factors of a pool that has just been made, and has none."""
        return pools.set_mfa_config(site.pool_ref, _document(spec), priority=site.priority)

    def update(self, site: Site, spec: MfaSpec, live: MfaConfig, changes: Sequence[Change]) -> MfaConfig:
        """Write `changes`; settings of other factors stay."""
        return pools.set_mfa_config(
            site.pool_ref, merge_mfa_update(live.document, nest(changes)), priority=site.priority
        )

    def remote_id(self, live: MfaConfig) -> str:
        """MFA settings have no id of their own."""
        return ""


def _document(spec: MfaSpec) -> dict[str, Any]:
    """The settings as SetUserPoolMfaConfig names them."""
    return {"MfaConfiguration": spec.mode.value, "SoftwareTokenMfaConfiguration": {"Enabled": spec.totp}}
