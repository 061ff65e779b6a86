"""Whether each value that an operator enters for a pool has the form that Cognito takes. Pure."""

import ipaddress
import re
from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from tenants.pool_options import (
    LONGEST_TEXT,
    OUR_ATTRIBUTES,
    TRIGGERS,
    AttributeType,
    CustomAttribute,
    FirstFactor,
    PoolOptions,
    PoolTier,
    Recovery,
    TakeoverAction,
    ThreatMode,
    TokenTrigger,
    UserVerification,
)

# Beside ours (`lifeguard:pool` and `lifeguard:tenant`), of the 50 that a pool may have.
TAGS = 48
IP_RANGES = 200
_CHOICES = {
    "tier": PoolTier,
    "recovery": Recovery,
    "passkey_user_verification": UserVerification,
    "token_trigger_version": TokenTrigger,
    "threat_mode": ThreatMode,
    "takeover_low": TakeoverAction,
    "takeover_medium": TakeoverAction,
    "takeover_high": TakeoverAction,
}
# The Regions whose SES identities pools of every Region may use (developer guide, "Email settings").
SES_REGIONS = ("us-east-1", "us-west-2", "eu-west-1")
_ARN = re.compile(r"arn:aws(?:-[a-z]+)*:(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):(?P<account>\d*):(?P<name>\S+)")
_NAME = re.compile(r"[A-Za-z0-9_-]{1,20}")
_HOST = re.compile(r"(?=.{1,127}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
_SET_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+){1,2}-\d{1,2}")
# AWS Billing user guide, "Tag restrictions".
_TAG_TEXT = re.compile(r"[\w\s.:/=+@-]*")


def shape_faults(options: PoolOptions, *, region: str) -> dict[str, str]:
    """Return what does not have its form, by the name of the option.

    Args:
        options: what was entered.
        region: of the pool, where its functions, keys and logs must be.
    """
    choose = _("Choose from the list.")
    checked = {
        **{name: "" if getattr(options, name) in known.values else choose for name, known in _CHOICES.items()},
        **_counts(options),
        **_mail(options, region),
        **_sms(options),
        "passkey_rp_id": _host(options.passkey_rp_id),
        "first_factors": "" if set(options.first_factors) <= set(FirstFactor) else choose,
        **{f"trigger_{name}": _arn(arn, "lambda", (region,)) for name, arn in options.triggers.items()},
        "kms_key_arn": _arn(options.kms_key_arn, "kms", (region,)),
        "custom_attributes": next(filter(None, map(_attribute, options.custom_attributes)), ""),
        "allowed_ips": _ranges(options.allowed_ips),
        "blocked_ips": _ranges(options.blocked_ips, elsewhere=options.allowed_ips),
        "notification_log_arn": _arn(options.notification_log_arn, "logs", (region,)),
        "activity_log_arn": _log(options.activity_log_arn, region),
        "tags": _tags(options.tags),
    }
    unknown = [name for name in options.triggers if name not in TRIGGERS]
    if unknown:
        checked["triggers"] = _("Cognito has no trigger %(name)s.") % {"name": unknown[0]}
    return {name: message for name, message in checked.items() if message}


def _counts(options: PoolOptions) -> dict[str, str]:
    history, days = options.password_history, options.temporary_password_days
    return {
        "password_history": "" if 0 <= history <= 24 else _("Use 0 to 24."),
        "temporary_password_days": "" if 1 <= days <= 365 else _("Use 1 to 365."),
    }


def _mail(options: PoolOptions, region: str) -> dict[str, str]:
    configuration_set = options.mail_configuration_set
    bad_set = configuration_set and not _SET_NAME.fullmatch(configuration_set)
    return {
        "ses_source_arn": _arn(options.ses_source_arn, "ses", (region, *SES_REGIONS)),
        "mail_from": _sender(options.mail_from),
        "mail_reply_to": _address(options.mail_reply_to),
        "mail_configuration_set": _("Use letters, digits, - and _, 64 at most.") if bad_set else "",
    }


def _sender(text: str) -> str:
    """An address, or a name with an address in angle brackets."""
    bracketed = re.fullmatch(r"[^<>@\r\n]{1,128}<([^<>]+)>", text)
    return _address(bracketed[1] if bracketed else text)


def _address(text: str) -> str:
    if text:
        try:
            validate_email(text)
        except ValidationError:
            return _("Use an e-mail address.")
    return ""


def _sms(options: PoolOptions) -> dict[str, str]:
    found = {"sms_role_arn": _arn(options.sms_role_arn, "iam", ("",))}
    if not options.sms_role_arn:
        return found
    if not options.sms_external_id:
        found["sms_external_id"] = _("Enter the external id that the role's trust policy asks for.")
    if not _REGION.fullmatch(options.sms_region):
        found["sms_region"] = _("Use a Region's code, such as eu-central-1.")
    return found


def _host(text: str) -> str:
    # Browsers let pages of this very machine use passkeys too, for those who try it out.
    if text in ("", "localhost") or _HOST.fullmatch(text):
        return ""
    return _("Use a host name in lower case, such as login.example.com, without https:// and without a port.")


def _arn(text: str, service: str, regions: Sequence[str]) -> str:
    if not text:
        return ""
    match = _ARN.fullmatch(text)
    if match is None or match["service"] != service or len(text) > LONGEST_TEXT:
        return _("Use an ARN that begins with arn:aws:%(service)s:.") % {"service": service}
    if match["region"] not in regions:
        return _("It must be in one of these Regions: %(regions)s.") % {"regions": ", ".join(dict.fromkeys(regions))}
    return ""


def _log(arn: str, region: str) -> str:
    if arn.startswith("arn:") and arn.split(":")[2:3] == ["s3"]:
        return _arn(arn, "s3", ("",))
    if arn.startswith("arn:") and arn.split(":")[2:3] == ["firehose"]:
        return _arn(arn, "firehose", (region,))
    if not arn or arn.split(":")[2:3] == ["logs"]:
        return _arn(arn, "logs", (region,))
    return _("Use the ARN of a CloudWatch log group, an S3 bucket or a Firehose stream.")


def _attribute(attribute: CustomAttribute) -> str:
    bounds = [bound for bound in (attribute.minimum, attribute.maximum) if bound is not None]
    shown = {"name": attribute.name}
    if not _NAME.fullmatch(attribute.name):
        return _("%(name)s: use 1 to 20 letters, digits, - and _.") % shown
    if attribute.name.lower() in OUR_ATTRIBUTES:
        return _("%(name)s is Lifeguard's own: every pool has it already.") % shown
    if attribute.type not in AttributeType.values:
        return _("%(name)s: choose a type from the list.") % shown
    if bounds and attribute.type not in (AttributeType.STRING, AttributeType.NUMBER):
        return _("%(name)s: only texts and numbers have bounds.") % shown
    if bounds != sorted(bounds):
        return _("%(name)s: the lower bound is above the upper one.") % shown
    if attribute.type == AttributeType.STRING and any(not 0 <= bound <= LONGEST_TEXT for bound in bounds):
        return _("%(name)s: a text has 0 to 2048 characters.") % shown
    return ""


def _ranges(ranges: Sequence[str], *, elsewhere: Sequence[str] = ()) -> str:
    if len(ranges) > IP_RANGES:
        return _("Use at most %(most)d ranges.") % {"most": IP_RANGES}
    for text in ranges:
        try:
            network = ipaddress.ip_network(text)
        except ValueError:
            return _("%(text)s is no range of addresses such as 192.0.2.0/24.") % {"text": text}
        if str(network) != text:
            return _("Write %(text)s as %(range)s.") % {"text": text, "range": network}
        if text in elsewhere:
            return _("%(text)s is in both lists.") % {"text": text}
    return ""


def _tags(tags: Mapping[str, str]) -> str:
    if len(tags) > TAGS:
        return _("Use at most %(most)d tags: Lifeguard needs the others of the 50.") % {"most": TAGS}
    for name, value in tags.items():
        if name.lower().startswith(("aws:", "lifeguard:")):
            return _("Names that begin with aws: or lifeguard: are taken.")
        if not 1 <= len(name) <= 128 or len(value) > 256 or not _TAG_TEXT.fullmatch(name + value):
            return _("%(name)s: use letters, digits, spaces and . : / = + @ - _ only.") % {"name": name or "="}
    return ""
