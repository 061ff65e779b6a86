"""The sections of the page with a user pool's settings."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from identity.web.pool_form import TRIGGER_PREFIX
from tenants.pool_options import TOKEN_TRIGGER, TRIGGERS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Section:
    """Fields that belong together.

    Args:
        names: of the fields that are always shown.
        operations: what the settings need besides UpdateUserPool.
        folded: names of more fields, shown when somebody asks, or when one of them is filled in.
    """

    slug: str
    title: "_StrPromise"
    lede: "_StrPromise"
    names: tuple[str, ...]
    operations: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()


SECTIONS = (
    Section("plan", _("Plan"), _("What the pool can do, and costs."), ("tier", "deletion_protection")),
    Section(
        "passwords",
        _("Passwords"),
        _("Their length, and whether a second factor is asked for, are in the tenant's sign-in policy."),
        ("recovery", "password_history", "temporary_password_days"),
    ),
    Section(
        "passkeys",
        _("Ways in and passkeys"),
        _("What people may begin a sign-in with, and where passkeys work."),
        ("first_factors", "passkey_rp_id", "passkey_user_verification", "passkey_is_mfa"),
    ),
    Section(
        "factors",
        _("Second factors"),
        _("Authenticator apps are always there. These can be allowed beside them, in a tenant's sign-in policy."),
        ("email_mfa", "sms_role_arn", "sms_external_id", "sms_region"),
    ),
    Section(
        "devices",
        _("Remembered browsers"),
        _("Where somebody who gave a second factor is not asked for it again for some days."),
        ("remembers_devices",),
    ),
    Section(
        "mail",
        _("Mail"),
        _("Codes that Cognito sends. Invitations are Lifeguard's own mail."),
        ("ses_source_arn", "mail_from", "mail_reply_to", "mail_configuration_set"),
    ),
    Section(
        "functions",
        _("Functions"),
        _(
            "ARNs of Lambda functions that Cognito calls, in the pool's Region. Each must allow "
            "cognito-idp.amazonaws.com to invoke it, and answers within 5 seconds; one that fails stops the sign-in."
        ),
        (f"{TRIGGER_PREFIX}{TOKEN_TRIGGER}", "token_trigger_version"),
        folded=(*(f"{TRIGGER_PREFIX}{name}" for name in TRIGGERS if name != TOKEN_TRIGGER), "kms_key_arn"),
    ),
    Section(
        "attributes",
        _("Attributes"),
        _("What a user of this pool can have besides the standard attributes. At most 50."),
        (
            "removed_attributes",
            "attribute_name",
            "attribute_type",
            "attribute_mutable",
            "attribute_minimum",
            "attribute_maximum",
        ),
        ("AddCustomAttributes",),
    ),
    Section(
        "threats",
        _("Threat protection"),
        _("What Cognito does about sign-ins that look dangerous."),
        (
            "threat_mode",
            "block_compromised",
            "takeover_low",
            "takeover_medium",
            "takeover_high",
            "allowed_ips",
            "blocked_ips",
        ),
        ("DescribeRiskConfiguration", "SetRiskConfiguration"),
    ),
    Section(
        "logs",
        _("Logs"),
        _("Delivered by Cognito to your AWS account."),
        ("notification_log_arn", "activity_log_arn"),
        ("GetLogDeliveryConfiguration", "SetLogDeliveryConfiguration"),
    ),
    Section("tags", _("Tags"), _("On the pool in AWS."), ("tags",)),
)
