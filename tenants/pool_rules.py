"""What cannot be set on a pool, said before Cognito would refuse it. Pure.

Sources: Amazon Cognito developer guide, "User pool feature plans", "Adding MFA to a user pool", "Authentication flows"
and "Email settings"; the service model of the API for lengths and patterns.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenants.models.policy import MfaPolicy
from tenants.pool_options import (
    CUSTOM_SENDERS,
    OUR_ATTRIBUTES,
    TOKEN_TRIGGER,
    CustomAttribute,
    FirstFactor,
    PoolOptions,
    PoolTier,
    Recovery,
    ThreatMode,
    TokenTrigger,
    UserVerification,
)
from tenants.pool_shapes import shape_faults

# Cognito allows 50 in a pool; some of them are ours.
CUSTOM_ATTRIBUTES = 50 - len(OUR_ATTRIBUTES)
_ORDER = list(PoolTier)
_ONE_TIME_CODES = {FirstFactor.EMAIL_OTP, FirstFactor.SMS_OTP}


@dataclass(frozen=True, kw_only=True)
class PoolContext:
    """What is true of a pool beside its settings.

    Args:
        region: the AWS Region of its cell.
        mfa: whether a second factor is asked for: the policy of a dedicated pool's tenant; optional in a shared pool.
        ways: what the policy of a dedicated pool's tenant lets a sign-in begin with beside the password.
        attributes: custom attributes that Cognito has already, by name.
        has_sms: whether Cognito can send SMS for the pool already.
        native: names of the applications in native mode that its users sign in to.
    """

    region: str
    mfa: str = MfaPolicy.OPTIONAL
    ways: tuple[str, ...] = ()
    attributes: frozenset[str] = frozenset()
    has_sms: bool = False
    native: tuple[str, ...] = ()


def faults(options: PoolOptions, before: PoolOptions, context: PoolContext) -> dict[str, str]:
    """Return what is wrong with settings, by the name of the option; empty when nothing is.

    Args:
        options: what is wanted.
        before: what was set until now.
        context: what else is true of the pool.
    """
    found = shape_faults(options, region=context.region)
    in_use = with_ways(options, context.ways)
    for rule in (_tier, _factors, _second_factors, _triggers, _mail):
        _add(found, rule(in_use, before))
    _add(found, _against_policy(in_use, context.mfa))
    _add(found, _one_way(options, before, context))
    return found


def with_ways(options: PoolOptions, ways: Iterable[str]) -> PoolOptions:
    """Return a pool's settings as its tenant's policy completes them: what may be a way in is what either says."""
    both = {*options.first_factors, *ways}
    return replace(options, first_factors=tuple(way.value for way in FirstFactor if way.value in both))


def policy_fault(options: PoolOptions, mfa: str) -> str:
    """Return why a pool with these settings cannot have a policy; empty when it can."""
    return next(iter(_against_policy(options, mfa).values()), "")


def _add(found: dict[str, str], more: dict[str, str]) -> None:
    """The first thing said about a field stands: a value of the wrong shape goes before a combination."""
    for name, message in more.items():
        found.setdefault(name, message)


@dataclass(frozen=True)
class _Feature:
    """Something that a feature plan has or lacks: the option that switches it on, and what it is called."""

    option: str
    tier: PoolTier
    label: Promise


def _features(options: PoolOptions) -> list[_Feature]:
    """What these settings need a plan for (developer guide, "User pool feature plans")."""
    newer_token = options.triggers.get(TOKEN_TRIGGER) and options.token_trigger_version != TokenTrigger.V1_0
    used = (
        (options.first_factors, "first_factors", PoolTier.ESSENTIALS, gettext_lazy("Signing in without a password")),
        (options.passkey_rp_id, "passkey_rp_id", PoolTier.ESSENTIALS, gettext_lazy("Passkeys")),
        (options.email_mfa, "email_mfa", PoolTier.ESSENTIALS, gettext_lazy("Codes by e-mail as a second factor")),
        (options.password_history, "password_history", PoolTier.ESSENTIALS, gettext_lazy("Password history")),
        (newer_token, "token_trigger_version", PoolTier.ESSENTIALS, gettext_lazy("Changing access tokens")),
        (options.threat_mode != ThreatMode.OFF, "threat_mode", PoolTier.PLUS, gettext_lazy("Threat protection")),
        (options.activity_log_arn, "activity_log_arn", PoolTier.PLUS, gettext_lazy("A log of what users do")),
    )
    return [_Feature(option, tier, label) for is_used, option, tier, label in used if is_used]


def _tier(options: PoolOptions, before: PoolOptions) -> dict[str, str]:
    if options.tier not in _ORDER:
        return {}
    tier = PoolTier(options.tier)
    lacking = [each for each in _features(options) if _ORDER.index(each.tier) > _ORDER.index(tier)]
    if not lacking:
        return {}
    if options.tier != before.tier:
        names = ", ".join(str(each.label) for each in lacking)
        message = _("The plan %(plan)s lacks what is switched on here: %(names)s. Switch that off first.")
        return {"tier": message % {"plan": tier.label, "names": names}}
    return {each.option: _("This needs the plan %(plan)s.") % {"plan": each.tier.label} for each in lacking}


def _factors(options: PoolOptions, _before: PoolOptions) -> dict[str, str]:
    found = {}
    if FirstFactor.WEB_AUTHN in options.first_factors and not options.passkey_rp_id:
        found["passkey_rp_id"] = _("Say which host passkeys belong to, or do not let them be the way in.")
    if FirstFactor.SMS_OTP in options.first_factors and not options.sms_role_arn:
        found["sms_role_arn"] = _("Codes by SMS need a role as which Cognito sends them.")
    if options.passkey_is_mfa and options.passkey_user_verification != UserVerification.REQUIRED:
        found["passkey_is_mfa"] = _("A passkey counts as two factors only where it always verifies the person.")
    return found


def _second_factors(options: PoolOptions, _before: PoolOptions) -> dict[str, str]:
    if not options.email_mfa:
        return {}
    if not options.uses_ses:
        return {"email_mfa": _("Codes by e-mail are sent through Amazon SES alone: set an SES identity.")}
    if options.recovery == Recovery.EMAIL:
        return {
            "email_mfa": _(
                "Nobody may get both a second factor and the code for a forgotten password by e-mail. Let "
                "administrators alone reset passwords, or do not send second factors by e-mail."
            )
        }
    return {}


def _triggers(options: PoolOptions, _before: PoolOptions) -> dict[str, str]:
    senders = [name for name in CUSTOM_SENDERS if name in options.triggers]
    if senders and not options.kms_key_arn:
        return {"kms_key_arn": _("Functions that send codes themselves need a key, with which codes reach them.")}
    if options.kms_key_arn and not senders:
        return {"kms_key_arn": _("Only functions that send codes themselves use a key.")}
    return {}


def _mail(options: PoolOptions, _before: PoolOptions) -> dict[str, str]:
    given = {
        "mail_from": options.mail_from,
        "mail_reply_to": options.mail_reply_to,
        "mail_configuration_set": options.mail_configuration_set,
    }
    if options.uses_ses:
        return {}
    return {name: _("Only mail through Amazon SES has this.") for name, value in given.items() if value}


def _against_policy(options: PoolOptions, mfa: str) -> dict[str, str]:
    """MFA that is required goes with few ways in without a password (developer guide, "Adding MFA to a user pool")."""
    if mfa != MfaPolicy.REQUIRED:
        return {}
    if _ONE_TIME_CODES & set(options.first_factors):
        return {"first_factors": _("Codes cannot be the way in while the sign-in policy requires a second factor.")}
    if FirstFactor.WEB_AUTHN in options.first_factors and not options.passkey_is_mfa:
        return {
            "first_factors": _(
                "The sign-in policy requires a second factor. Passkeys can be the way in only if they count as two."
            )
        }
    return {}


def _one_way(options: PoolOptions, before: PoolOptions, context: PoolContext) -> dict[str, str]:
    found = {}
    if before.sms_role_arn and context.has_sms and not options.sms_role_arn:
        found["sms_role_arn"] = _("Cognito cannot forget how to send SMS; the role can only be replaced.")
    if message := _attribute_fault(options, before, context):
        found["custom_attributes"] = message
    return found


def _attribute_fault(options: PoolOptions, before: PoolOptions, context: PoolContext) -> str:
    wanted = {each.name: each for each in options.custom_attributes}
    for each in before.custom_attributes:
        if each.name in context.attributes and wanted.get(each.name) != each:
            return _("Cognito can neither remove nor change the attribute %(name)s.") % {"name": each.name}
    if len(wanted) < len(options.custom_attributes):
        return _("Two attributes have one name.")
    if len(wanted) > CUSTOM_ATTRIBUTES:
        return _("A pool has at most %(most)d attributes of its own.") % {"most": CUSTOM_ATTRIBUTES}
    return ""


def consequences(options: PoolOptions, before: PoolOptions, context: PoolContext) -> list[str]:
    """Return what a person must know before these settings replace the ones before; each a sentence or two."""
    told = []
    if before.passkey_rp_id and options.passkey_rp_id != before.passkey_rp_id:
        told.append(
            _("Every passkey in use belongs to %(host)s and stops working. Its owner has to register a new one.")
            % {"host": before.passkey_rp_id}
        )
    if options.tier != before.tier:
        told.append(_tier_consequence(options.tier, before.tier))
    if dict(options.triggers) != dict(before.triggers):
        told.append(
            _(
                "Cognito calls these functions in every sign-in of the pool. One that fails, is slower than 5 seconds "
                "or does not allow cognito-idp.amazonaws.com to call it stops all of them."
            )
        )
    if before.deletion_protection and not options.deletion_protection:
        told.append(_("One call from the AWS console can then delete the pool with all its users."))
    if options.sms_role_arn and not (before.sms_role_arn or context.has_sms):
        told.append(_("SMS cannot be switched off again: Cognito keeps a role for it for ever."))
    if options.remembers_devices != before.remembers_devices:
        told.append(_remembering_consequence(on=options.remembers_devices, native=context.native))
    told += [_attribute_consequence(each) for each in _added(options, before)]
    return told


def _tier_consequence(after: str, before: str) -> str:
    if _ORDER.index(PoolTier(after)) > _ORDER.index(PoolTier(before)):
        return _("AWS bills every user who is active this month at the higher plan.")
    return _("What only the higher plan has is switched off. This month's users stay billed at the higher plan.")


def _remembering_consequence(*, on: bool, native: Sequence[str]) -> str:
    """A refresh needs the confirmed device of the sign-in (docs/local-cognito.md, "Devices", has the sources)."""
    if not on:
        return _("Nobody's browser is remembered any more: the second factor is asked for at every sign-in.")
    text = _(
        "An application in native mode that signs people in by Cognito's API itself and confirms no device cannot "
        "refresh its tokens any more: Cognito answers “Invalid Refresh Token”. Amplify confirms devices itself, and "
        "sign-ins on Cognito's own pages are not affected. Such an application can have devices remembered for longer "
        "than the tenant's days, until the person's second factors are reset."
    )
    if not native:
        return text
    return f"{text} {_('In native mode here: %(names)s.') % {'names': ', '.join(native)}}"


def _added(options: PoolOptions, before: PoolOptions) -> list[CustomAttribute]:
    known = {each.name for each in before.custom_attributes}
    return [each for each in options.custom_attributes if each.name not in known]


def _attribute_consequence(attribute: CustomAttribute) -> str:
    return _("The attribute %(name)s stays for ever: Cognito can neither remove nor change it.") % {
        "name": attribute.name
    }
