"""The second factors of a pool."""

from collections.abc import Sequence
from typing import ClassVar

from identity.cognito import pools
from identity.cognito.calls import Priority
from identity.cognito.pool_spec import MfaMode, MfaSpec
from identity.cognito.pools import MfaConfig
from identity.models import Family
from identity.sync.changes import Change, differences
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
        return pools.get_mfa_config(site.pool_ref, priority=Priority.CONFIGURATION)

    def diff(self, spec: MfaSpec, live: MfaConfig) -> list[Change]:
        """See `ResourceFamily`."""
        wanted = {
            "MfaConfiguration": spec.mode.value,
            "SoftwareTokenMfaConfiguration": {"Enabled": spec.totp},
        }
        return differences(wanted, live.document)

    def update(self, site: Site, spec: MfaSpec, live: MfaConfig, changes: Sequence[Change]) -> MfaConfig:
        """Set mode and TOTP; settings of other factors stay."""
        return pools.set_mfa_config(site.pool_ref, spec, priority=Priority.CONFIGURATION)

    def remote_id(self, live: MfaConfig) -> str:
        """MFA settings have no id of their own."""
        return ""
