"""The second factors of a pool, and its passkeys."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from identity.cognito import pools
from identity.cognito.merge import merge_mfa_update
from identity.cognito.pool_spec import MfaMode, MfaSpec, PasskeySpec, SmsSender, mfa_settings
from identity.cognito.pools import MfaConfig
from identity.models import Family
from identity.sync.changes import Change, Document, differences, flatten, nest
from identity.sync.family import Fact, ResourceFamily, Site
from tenants.factors import SecondFactor
from tenants.models import MfaPolicy, SignInPolicy
from tenants.pool_options import PoolOptions

_MODES = {MfaPolicy.OFF: MfaMode.OFF, MfaPolicy.OPTIONAL: MfaMode.OPTIONAL, MfaPolicy.REQUIRED: MfaMode.REQUIRED}
_WORDS = {MfaMode.OFF: "off", MfaMode.OPTIONAL: "optional", MfaMode.REQUIRED: "required"}
_EMAIL, _PASSKEYS = "EmailMfaConfiguration", "WebAuthnConfiguration"
_SECOND_FACTORS = ("SmsMfaConfiguration", "SoftwareTokenMfaConfiguration", _EMAIL)


def desired(policy: SignInPolicy | None, options: PoolOptions) -> MfaSpec:
    """Return a pool's MFA settings. Pure.

    Args:
        policy: of the tenant of a dedicated pool, which has codes by e-mail where they allow them. None for a shared
            pool, which is optional and has them: sign-in enforces what a tenant wants beyond that. Of SMS Cognito
            forgets nothing, and first factors need it too, so that it is in the pool once the operator says so.
        options: what an operator set on the pool.
    """
    mode = _MODES[MfaPolicy(policy.mfa)] if policy is not None else MfaMode.OPTIONAL
    # Cognito refuses a factor beside OFF: "can't turn off MFA and configure an MFA together".
    on = mode is not MfaMode.OFF
    allowed = policy.second_factors if policy is not None else list(SecondFactor)
    sms = SmsSender(options.sms_role_arn, options.sms_external_id, options.sms_region)
    passkeys = PasskeySpec(options.passkey_rp_id, str(options.passkey_user_verification), options.passkey_is_mfa)
    return MfaSpec(
        mode=mode,
        totp=on,
        email=on and options.email_mfa and SecondFactor.EMAIL in allowed,
        sms=sms if on and options.sms_role_arn else None,
        passkeys=passkeys if options.passkey_rp_id else None,
    )


class MfaFamily(ResourceFamily[MfaSpec, MfaConfig]):
    """A pool's MFA mode and factors; every pool has them, so that there is nothing to create."""

    family: ClassVar[Family] = Family.MFA

    def facts(self, spec: MfaSpec) -> tuple[Fact, ...]:
        """See `ResourceFamily`."""
        factors = {"authenticator app (TOTP)": spec.totp, "code by SMS": spec.sms, "code by e-mail": spec.email}
        offered = ", ".join(name for name, is_on in factors.items() if is_on)
        facts = [Fact("Second factor", _WORDS[spec.mode])]
        facts += [Fact("Factors", offered)] if offered else []
        facts += [Fact("Passkeys belong to", spec.passkeys.rp_id)] if spec.passkeys else []
        return tuple(facts)

    def observe(self, site: Site, spec: MfaSpec) -> MfaConfig:
        """Read the pool's MFA settings."""
        return pools.get_mfa_config(site.pool_ref, priority=site.priority)

    def wanted(self, spec: MfaSpec) -> Mapping[str, Any]:
        """See `ResourceFamily`."""
        return flatten(_document(spec))

    def diff(self, spec: MfaSpec, live: MfaConfig) -> list[Change]:
        """See `ResourceFamily`."""
        return differences(_document(spec), _comparable(live.document))

    def create(self, site: Site, spec: MfaSpec) -> MfaConfig:
        """Set the factors of a pool that has just been made, and has none."""
        return pools.set_mfa_config(site.pool_ref, _request({}, _document(spec)), priority=site.priority)

    def update(self, site: Site, spec: MfaSpec, live: MfaConfig, changes: Sequence[Change]) -> MfaConfig:
        """Write `changes`; settings of other factors stay.

        They are read again: a change of the pool before this may have switched factors off (`tier.make_room`).
        """
        now = pools.get_mfa_config(site.pool_ref, priority=site.priority)
        return pools.set_mfa_config(site.pool_ref, _request(now.document, nest(changes)), priority=site.priority)

    def remote_id(self, live: MfaConfig) -> str:
        """MFA settings have no id of their own."""
        return ""


def _document(spec: MfaSpec) -> dict[str, Any]:
    """The settings as SetUserPoolMfaConfig names them, but that e-mail codes, which are on by being there, say so."""
    return {**mfa_settings(spec), _EMAIL: {"Enabled": spec.email}}


def _comparable(live: Document) -> dict[str, Any]:
    """What is there in the form of `_document`, with what Cognito's answer may leave out."""
    filled = {**live, _EMAIL: {"Enabled": _EMAIL in live}}
    if _PASSKEYS in live:
        filled[_PASSKEYS] = {"FactorConfiguration": "SINGLE_FACTOR", **live[_PASSKEYS]}
    return filled


def _request(live: Document, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The complete request: what is there, with `changes` over it, and no second factor beside OFF."""
    changes = dict(changes)
    if _EMAIL in changes:
        # Subject and text that somebody wrote stay.
        changes[_EMAIL] = {} if changes[_EMAIL]["Enabled"] else None
    request = merge_mfa_update(live, changes)
    if request.get("MfaConfiguration") == MfaMode.OFF.value:
        request = {name: value for name, value in request.items() if name not in _SECOND_FACTORS}
    return request
