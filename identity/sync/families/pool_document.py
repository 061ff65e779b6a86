"""A pool's settings as documents in Cognito's own names: what is wanted, what is there, and what to write. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from identity.cognito.merge import merge_pool_update
from identity.cognito.pool_spec import (
    PASSWORD_ALONE,
    PasswordPolicy,
    PoolSpec,
    SchemaAttribute,
    SesSender,
    ThreatMode,
    Tier,
    pool_settings,
)
from identity.cognito.triggers import Triggers
from identity.sync.changes import Change, Document, differences, flatten, nest
from identity.sync.families.schema import attribute_changes, is_attribute, wanted_attributes
from tenants.pool_options import (
    LONGEST_TEXT,
    OUR_ATTRIBUTES,
    PLAIN_TRIGGERS,
    TOKEN_TRIGGER,
    VERSIONED_TRIGGERS,
    AttributeType,
    PoolOptions,
    Recovery,
)

_TAGS = "UserPoolTags."
# Not so the ways to recover an account, which have priorities.
_UNORDERED = frozenset(
    [
        "AllowedFirstAuthFactors",
        "AliasAttributes",
        "AutoVerifiedAttributes",
        "AttributesRequireVerificationBeforeUpdate",
    ]
)
# Half of it would switch tracking on without the other half: it is compared, restored and written as one.
_WHOLE = frozenset(["DeviceConfiguration"])
# What a pool has of which Cognito's answer says nothing.
_DEFAULTS: Document = {
    "UserPoolTier": Tier.ESSENTIALS.value,
    "Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": [*PASSWORD_ALONE]}},
    "EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT"},
    "UserPoolAddOns": {"AdvancedSecurityMode": ThreatMode.OFF.value},
}


def spec_of(
    options: PoolOptions,
    *,
    name: str,
    email_alias: bool,
    minimum_length: int,
    tags: Mapping[str, str],
    cells_messages: str = "",
) -> PoolSpec:
    """Return the specification of a pool from what an operator set on it and from what Lifeguard decides.

    Args:
        options: what was set.
        name: the pool's.
        email_alias: whether users can sign in with their address as user name.
        minimum_length: of passwords.
        tags: ours; they win over an operator's of the same name.
        cells_messages: the cell's function for Cognito's messages; the pool's own wins over it.
    """
    return PoolSpec(
        name=name,
        email_alias=email_alias,
        tier=Tier[options.tier.upper()],
        deletion_protection=options.deletion_protection,
        password_policy=PasswordPolicy(
            minimum_length=minimum_length,
            uppercase=False,
            lowercase=False,
            numbers=False,
            symbols=False,
            history=options.password_history,
            temporary_days=options.temporary_password_days,
        ),
        tags={**options.tags, **tags},
        removed_tags=options.removed_tags,
        recovery_by_email=options.recovery == Recovery.EMAIL,
        first_factors=options.first_factors,
        sender=_sender(options),
        triggers=_triggers(options, cells_messages),
        threat_mode=ThreatMode[options.threat_mode.upper()],
        remembers_devices=options.remembers_devices,
        attributes=(
            *(SchemaAttribute(name, AttributeType.STRING.value, maximum=LONGEST_TEXT) for name in OUR_ATTRIBUTES),
            *(
                SchemaAttribute(each.name, str(each.type), each.mutable, each.minimum, each.maximum)
                for each in options.custom_attributes
            ),
        ),
    )


def wanted_document(spec: PoolSpec) -> dict[str, Any]:
    """Return the settings as DescribeUserPool names them, but for the schema."""
    settings = pool_settings(spec)
    settings["Name"] = settings.pop("PoolName")
    settings["AliasAttributes"] = ["email"] if spec.email_alias else []
    settings["UsernameConfiguration"] = {"CaseSensitive": False}
    return settings


def wanted_settings(spec: PoolSpec) -> dict[str, Any]:
    """Return everything that is wanted by its path."""
    document = wanted_document(spec)
    return {**flatten(document, unordered=_UNORDERED, whole=_WHOLE), **wanted_attributes(spec.attributes)}


def pool_changes(spec: PoolSpec, document: Document) -> list[Change]:
    """Return what must change in a described pool.

    What `wanted_document` does not name is no drift: dates, the estimated number of users, and what Cognito reports
    of mail and SMS that failed change by themselves; messages and the like are somebody else's.
    """
    live = _with_defaults(document, _DEFAULTS)
    changes = differences(wanted_document(spec), live, unordered=_UNORDERED, whole=_WHOLE)
    return [*changes, *attribute_changes(spec.attributes, document)]


def merged_update(document: Document, changes: Sequence[Change]) -> dict[str, Any]:
    """Return the complete UpdateUserPool request: what is there, with `changes` over it.

    Tags that others put on the pool, for their cost reports say, stay.
    """
    tags = {change.field.removeprefix(_TAGS): change.after for change in changes if change.field.startswith(_TAGS)}
    wanted = nest([change for change in changes if not change.field.startswith(_TAGS) and not is_attribute(change)])
    if "Name" in wanted:
        wanted["PoolName"] = wanted.pop("Name")
    merged = {**document.get("UserPoolTags", {}), **tags}
    left = {name: value for name, value in merged.items() if value is not None}
    return merge_pool_update(document, {**wanted, "UserPoolTags": left})


def _with_defaults(document: Document, defaults: Document) -> dict[str, Any]:
    filled = dict(document)
    for name, default in defaults.items():
        if isinstance(default, Mapping):
            filled[name] = _with_defaults(document.get(name) or {}, default)
        elif document.get(name) is None:
            filled[name] = default
    return filled


def _sender(options: PoolOptions) -> SesSender | None:
    if not options.uses_ses:
        return None
    return SesSender(options.ses_source_arn, options.mail_from, options.mail_reply_to, options.mail_configuration_set)


def _triggers(options: PoolOptions, cells_messages: str) -> Triggers:
    given = options.triggers
    return Triggers(
        plain={name: given[name] for name in PLAIN_TRIGGERS if name in given},
        versioned={name: given[name] for name in VERSIONED_TRIGGERS if name in given},
        token=given.get(TOKEN_TRIGGER, ""),
        token_version=str(options.token_trigger_version),
        kms_key=options.kms_key_arn,
        cells_messages=cells_messages,
    )
