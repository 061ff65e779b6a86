"""The form of a user pool's settings: which fields there are, and what they mean."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.pool_options import (
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

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

TRIGGER_PREFIX = "trigger_"
_TRIGGER_WORDS: "Mapping[str, _StrPromise]" = {
    "PreSignUp": _("Before a user is created. It may confirm them, or refuse them."),
    "PostConfirmation": _("After a user was confirmed."),
    "PreAuthentication": _("Before a sign-in. It may refuse it."),
    "PostAuthentication": _("After a sign-in."),
    "CustomMessage": _(
        "Writes the texts of Cognito's own messages, as Lifeguard's does (docs/aws/messages.md). Empty: the cell's, if "
        "it has one."
    ),
    "DefineAuthChallenge": _("Decides what a sign-in of the custom kind asks next."),
    "CreateAuthChallenge": _("Makes what a sign-in of the custom kind asks."),
    "VerifyAuthChallengeResponse": _("Judges the answer in a sign-in of the custom kind."),
    "UserMigration": _("Is given the password of a user whom Cognito does not know, to look them up elsewhere."),
    "PreTokenGeneration": _("Changes what tokens say."),
    "CustomEmailSender": _("Sends Cognito's mail itself, codes included. Needs a key."),
    "CustomSMSSender": _("Sends Cognito's SMS itself, codes included. Needs a key."),
    "InboundFederation": _("Changes what an identity provider said about a user."),
}


def _text(label: "_StrPromise", help_text: "_StrPromise", **options: Any) -> forms.CharField:
    attrs = {"spellcheck": "false", "autocomplete": "off"}
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=2048, widget=forms.TextInput(attrs), **options
    )


def _lines(label: "_StrPromise", help_text: "_StrPromise") -> forms.CharField:
    attrs = {"rows": 3, "spellcheck": "false"}
    return forms.CharField(label=label, help_text=help_text, required=False, widget=forms.Textarea(attrs))


def _check(label: "_StrPromise", help_text: "_StrPromise") -> forms.BooleanField:
    return forms.BooleanField(label=label, help_text=help_text, required=False)


def _choice(label: "_StrPromise", choices: Any, help_text: "_StrPromise") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices.choices, help_text=help_text)


class PoolSettingsForm(forms.Form):
    """Everything that an operator can set on a pool."""

    tier = _choice(
        _("Feature plan"),
        PoolTier,
        _("AWS bills each active user by it. Lite has no passkeys and no managed login; Plus adds threat protection."),
    )
    deletion_protection = _check(
        _("Deletion protection"), _("Cognito refuses to delete the pool until this is switched off.")
    )
    recovery = _choice(
        _("Forgotten passwords are reset"), Recovery, _("Cognito sends the code; it holds for one hour.")
    )
    password_history = forms.IntegerField(
        label=_("Earlier passwords refused"), help_text=_("0 to 24. With 5, none of the last five can be used again.")
    )
    temporary_password_days = forms.IntegerField(
        label=_("Temporary passwords are valid for (days)"), help_text=_("1 to 365. Afterwards a new one is needed.")
    )
    first_factors = forms.MultipleChoiceField(
        label=_("Ways in without a password"),
        choices=FirstFactor.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_(
            "Besides the password. Tenants that share the pool choose among these for their sign-in pages. A dedicated "
            "pool has what its tenant chooses besides; applications in native mode offer both."
        ),
    )
    passkey_rp_id = _text(
        _("Passkeys belong to the host"),
        _(
            "The host name of the pages where passkeys are used, or a domain above it, such as example.com: for "
            "Lifeguard's pages, that of the sign-in address. It is never left to Cognito, which would take the pool's "
            "domain, and another one once a custom domain is added. Passkeys work there only: changing it makes every "
            "one of them useless."
        ),
    )
    passkey_user_verification = _choice(
        _("A passkey asks for a fingerprint, face or PIN"), UserVerification, _("“Always” keeps out who found a key.")
    )
    passkey_is_mfa = _check(
        _("A passkey counts as two factors"),
        _("Something one has and something one is or knows. Needed where the sign-in policy requires a second factor."),
    )
    email_mfa = _check(
        _("Second factor by e-mail"),
        _(
            "Needs Amazon SES below, and passwords that administrators alone reset. Each tenant says in its sign-in "
            "policy whether it counts."
        ),
    )
    sms_role_arn = _text(
        _("Role that sends SMS"),
        _(
            "ARN of an IAM role with sns:Publish that cognito-idp.amazonaws.com may assume. Fill it in to let tenants "
            "allow second factors by SMS. Cognito never forgets it again; it can be replaced."
        ),
    )
    sms_external_id = _text(_("External id of that role"), _("What the role's trust policy asks for."))
    sms_region = _text(_("Region that sends SMS"), _("Of Amazon SNS, such as eu-central-1."))
    remembers_devices = _check(
        _("Remember browsers in which people ask for it"),
        _(
            "Each tenant says in its sign-in policy for how many days; until it does, nothing changes. Cognito then "
            "tracks devices in the whole pool: an application in native mode that signs people in by Cognito's API "
            "itself and confirms no device cannot refresh its tokens. Amplify confirms them, and Cognito's own pages "
            "need nothing."
        ),
    )
    ses_source_arn = _text(
        _("SES identity"),
        _(
            "ARN of a verified identity, arn:aws:ses:…:identity/example.com, in the pool's Region, us-east-1, "
            "us-west-2 or eu-west-1. Empty: Cognito sends mail itself, 50 a day for the whole AWS account."
        ),
    )
    mail_from = _text(_("Sender"), _("An address of that identity, or Acme <no-reply@example.com>."))
    mail_reply_to = _text(_("Replies go to"), _("Empty: to the sender."))
    mail_configuration_set = _text(_("Configuration set"), _("Of SES, for example to count bounces."))
    token_trigger_version = _choice(
        _("What PreTokenGeneration is given"), TokenTrigger, _("Versions 2 and 3 need the plan Essentials.")
    )
    kms_key_arn = _text(_("Key for codes"), _("ARN of a KMS key, which encrypts codes for functions that send them."))
    attribute_name = _text(
        _("Add an attribute"),
        _("1 to 20 letters, digits, - and _, without “custom:”. It can never be removed. Save to add another."),
    )
    attribute_type = _choice(_("Type"), AttributeType, _("Fixed for ever."))
    attribute_mutable = forms.BooleanField(
        label=_("Its values can change"),
        required=False,
        initial=True,
        help_text=_("Fixed for ever. What identity providers write must be able to change."),
    )
    attribute_minimum = forms.IntegerField(
        label=_("Shortest text, or least number"), required=False, help_text=_("Empty: no bound.")
    )
    attribute_maximum = forms.IntegerField(
        label=_("Longest text, or greatest number"), required=False, help_text=_("Empty: no bound.")
    )
    threat_mode = _choice(
        _("Threat protection"), ThreatMode, _("Needs the plan Plus. Begin by watching: “Act” can lock people out.")
    )
    block_compromised = _check(
        _("Refuse leaked passwords"), _("Passwords that are known from breaches elsewhere, at sign-in and when set.")
    )
    takeover_low = _choice(_("Sign-ins of low risk"), TakeoverAction, _("A new device, for example."))
    takeover_medium = _choice(_("Sign-ins of medium risk"), TakeoverAction, _("A new device in a new place."))
    takeover_high = _choice(_("Sign-ins of high risk"), TakeoverAction, _("An address that attacks others."))
    allowed_ips = _lines(
        _("Addresses never examined"), _("One range a line, such as 198.51.100.0/24: your office, say. At most 200.")
    )
    blocked_ips = _lines(_("Addresses never let in"), _("One range a line. At most 200."))
    notification_log_arn = _text(
        _("Messages that cannot be delivered"), _("ARN of a CloudWatch log group in the pool's Region and account.")
    )
    activity_log_arn = _text(
        _("What users do"),
        _("ARN of a CloudWatch log group, an S3 bucket or a Firehose stream. Needs the plan Plus."),
    )
    tags = _lines(
        _("Tags"), _("One a line: name=value, for cost reports. Lifeguard adds two of its own; at most 48 besides.")
    )

    def __init__(self, data: Mapping[str, Any] | None, *, before: PoolOptions, fixed: Iterable[str]) -> None:
        super().__init__(data, initial=_initial(before))
        self._before = before
        for name in TRIGGERS:
            self.fields[f"{TRIGGER_PREFIX}{name}"] = _trigger(name)
        removable = [each.name for each in before.custom_attributes if each.name not in set(fixed)]
        if removable:
            self.fields["removed_attributes"] = forms.MultipleChoiceField(
                label=_("Take out"),
                choices=[(name, f"custom:{name}") for name in removable],
                widget=forms.CheckboxSelectMultiple,
                required=False,
                help_text=_("Cognito does not have these yet, so that they can still be taken out."),
            )

    def options(self) -> PoolOptions:
        """Return what was asked for; the form must be valid."""
        data = self.cleaned_data
        triggers = {name: data[f"{TRIGGER_PREFIX}{name}"] for name in TRIGGERS}
        plain = {each.name: data[each.name] for each in fields(PoolOptions) if each.name in data}
        return PoolOptions(
            **{
                **plain,
                "first_factors": tuple(data["first_factors"]),
                "triggers": {name: arn for name, arn in triggers.items() if arn},
                "custom_attributes": self._attributes(data),
                "allowed_ips": _split(data["allowed_ips"]),
                "blocked_ips": _split(data["blocked_ips"]),
                "tags": dict(_pair(line) for line in _split(data["tags"])),
            }
        )

    def _attributes(self, data: Mapping[str, Any]) -> tuple[CustomAttribute, ...]:
        removed = set(data.get("removed_attributes", ()))
        kept = tuple(each for each in self._before.custom_attributes if each.name not in removed)
        if not data["attribute_name"]:
            return kept
        added = CustomAttribute(
            name=data["attribute_name"],
            type=data["attribute_type"],
            mutable=data["attribute_mutable"],
            minimum=data["attribute_minimum"],
            maximum=data["attribute_maximum"],
        )
        return (*kept, added)


def _trigger(name: str) -> forms.CharField:
    field = _text(_TRIGGER_WORDS[name], _TRIGGER_WORDS[name])
    field.label = name
    return field


def _initial(options: PoolOptions) -> dict[str, Any]:
    shown = {each.name: getattr(options, each.name) for each in fields(PoolOptions)}
    return {
        **shown,
        **{f"{TRIGGER_PREFIX}{name}": arn for name, arn in options.triggers.items()},
        "first_factors": list(options.first_factors),
        "attribute_type": AttributeType.STRING,
        "allowed_ips": "\n".join(options.allowed_ips),
        "blocked_ips": "\n".join(options.blocked_ips),
        "tags": "\n".join(f"{name}={value}" for name, value in options.tags.items()),
    }


def _split(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _pair(line: str) -> tuple[str, str]:
    name, _equals, value = line.partition("=")
    return name.strip(), value.strip()
