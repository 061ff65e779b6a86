"""What cannot be set on a pool is said before it is saved."""

from dataclasses import replace
from typing import Any

import pytest
from botocore.session import Session
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st

from identity.cognito.pool_spec import create_pool_request, mfa_settings
from identity.sync.families import mfa
from identity.sync.families.pool_document import merged_update, pool_changes, spec_of
from identity.sync.families.schema import is_attribute
from tenants.factors import SecondFactor
from tenants.models import MfaPolicy, PoolSettings, SignInPolicy
from tenants.pool_options import (
    AttributeType,
    CustomAttribute,
    FirstFactor,
    PoolOptions,
    PoolTier,
    Recovery,
    ThreatMode,
    TokenTrigger,
    UserVerification,
)
from tenants.pool_rules import PoolContext, consequences, faults, policy_fault
from tests.support.pool_settings import BUCKET, FUNCTION, KEY, LOG_GROUP, MAIL, SES, SMS, THREATS, TRIGGERS, VARIANTS

NOTHING = PoolOptions()
HERE = PoolContext(region="us-east-1")

options: st.SearchStrategy[PoolOptions] = st.builds(
    PoolOptions,
    tier=st.sampled_from(PoolTier),
    deletion_protection=st.booleans(),
    recovery=st.sampled_from(Recovery),
    password_history=st.integers(0, 24),
    temporary_password_days=st.integers(1, 365),
    first_factors=st.lists(st.sampled_from(FirstFactor), unique=True).map(tuple),
    ses_source_arn=st.sampled_from(["", SES]),
    mail_from=st.sampled_from(["", "a@example.com"]),
    email_mfa=st.booleans(),
    sms_role_arn=st.sampled_from(["", SMS["sms_role_arn"]]),
    sms_external_id=st.just("x"),
    sms_region=st.just("us-east-1"),
    remembers_devices=st.booleans(),
    passkey_rp_id=st.sampled_from(["", "login.example.com"]),
    passkey_user_verification=st.sampled_from(UserVerification),
    passkey_is_mfa=st.booleans(),
    triggers=st.dictionaries(
        st.sampled_from(["PreSignUp", "PreTokenGeneration", "CustomEmailSender"]), st.just(FUNCTION)
    ),
    token_trigger_version=st.sampled_from(TokenTrigger),
    kms_key_arn=st.sampled_from(["", KEY]),
    custom_attributes=st.lists(
        st.builds(CustomAttribute, name=st.sampled_from("abc"), type=st.sampled_from(AttributeType)), max_size=3
    ).map(tuple),
    threat_mode=st.sampled_from(ThreatMode),
    activity_log_arn=st.sampled_from(["", BUCKET, LOG_GROUP]),
    tags=st.dictionaries(st.sampled_from("ab"), st.sampled_from("xy")),
    removed_tags=st.just(()),
)
policies = st.sampled_from(MfaPolicy)


def allowed(wanted: PoolOptions, policy: MfaPolicy) -> bool:
    return not faults(wanted, NOTHING, replace(HERE, mfa=policy))


@given(wanted=options, policy=policies)
def test_what_is_allowed_is_a_request_that_cognito_s_model_takes(wanted: PoolOptions, policy: MfaPolicy) -> None:
    if not allowed(wanted, policy):
        return
    service = Session().get_service_model("cognito-idp")
    spec = spec_of(wanted, name="lg-1", email_alias=True, minimum_length=12, tags={"lifeguard:pool": "1"})
    factors = mfa.desired(SignInPolicy(mfa=policy, second_factors=list(SecondFactor)), wanted)
    requests = {
        "CreateUserPool": create_pool_request(spec),
        "SetUserPoolMfaConfig": {"UserPoolId": "us-east-1_abc", **mfa_settings(factors)},
    }
    for operation, request in requests.items():
        shape = service.operation_model(operation).input_shape
        assert shape is not None
        report = ParamValidator().validate(request, shape)
        assert not report.has_errors(), report.generate_report()
    assert factors.totp or policy == MfaPolicy.OFF


@given(before=options, after=options)
def test_one_update_leads_from_any_settings_to_any_others(before: PoolOptions, after: PoolOptions) -> None:
    """But for the schema, which is added to by another operation."""
    named = {"name": "lg-1", "email_alias": False, "minimum_length": 12, "tags": {"lifeguard:pool": "1"}}
    old = spec_of(before, **named)  # type: ignore[arg-type]  # The same for both.
    new = spec_of(replace(after, custom_attributes=(), removed_tags=tuple(before.tags.keys() - after.tags)), **named)  # type: ignore[arg-type]
    live = {**create_pool_request(old), "Id": "p", "Name": "lg-1", "EmailVerificationSubject": "theirs"}
    request = merged_update(live, pool_changes(new, live))
    # What an update leaves out is reset.
    reset = {name: request.get(name) for name in ("UserPoolAddOns", "DeviceConfiguration")}
    left = pool_changes(new, {**live, **request, **reset})
    assert [change for change in left if not is_attribute(change)] == []
    assert request["EmailVerificationSubject"] == "theirs"


@given(wanted=options)
def test_the_table_holds_everything(wanted: PoolOptions) -> None:
    row = PoolSettings()
    row.take(wanted)
    assert row.options == wanted


@given(wanted=options, policy=policies)
def test_a_plan_that_lacks_something_is_never_allowed(wanted: PoolOptions, policy: MfaPolicy) -> None:
    if wanted.tier != PoolTier.PLUS and (wanted.threat_mode != ThreatMode.OFF or wanted.activity_log_arn):
        assert not allowed(wanted, policy)
    if wanted.tier == PoolTier.LITE and (wanted.first_factors or wanted.passkey_rp_id or wanted.password_history):
        assert not allowed(wanted, policy)


@given(wanted=options)
def test_a_policy_that_the_pool_cannot_keep_is_refused_in_both_places(wanted: PoolOptions) -> None:
    for policy in MfaPolicy:
        if policy_fault(wanted, policy):
            assert not allowed(wanted, policy)
    assert not policy_fault(wanted, MfaPolicy.OPTIONAL)


@pytest.mark.parametrize("changes", VARIANTS.values(), ids=VARIANTS)
def test_what_goes_together_is_allowed(changes: dict[str, Any]) -> None:
    assert faults(replace(NOTHING, **changes), NOTHING, HERE) == {}


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "threats without Plus": ({"threat_mode": ThreatMode.AUDIT}, "threat_mode"),
    "activity without Plus": ({"activity_log_arn": BUCKET}, "activity_log_arn"),
    "a lower plan": ({"tier": PoolTier.LITE, "password_history": 1}, "tier"),
    "e-mail codes without SES": ({"email_mfa": True, "recovery": Recovery.ADMIN_ONLY}, "email_mfa"),
    "one channel for both codes": ({**MAIL, "email_mfa": True}, "email_mfa"),
    "passkeys of no host": ({"first_factors": ("WEB_AUTHN",)}, "passkey_rp_id"),
    "SMS codes without a role": ({"first_factors": ("SMS_OTP",)}, "sms_role_arn"),
    "a role without its id": ({"sms_role_arn": SMS["sms_role_arn"], "sms_region": "us-east-1"}, "sms_external_id"),
    "a passkey that proves one thing": (
        {"passkey_rp_id": "a.example", "passkey_is_mfa": True, "passkey_user_verification": "preferred"},
        "passkey_is_mfa",
    ),
    "a sender without a key": ({"triggers": TRIGGERS["triggers"]}, "kms_key_arn"),
    "a key for nobody": ({"kms_key_arn": KEY}, "kms_key_arn"),
    "a function elsewhere": (
        {"triggers": {"PreSignUp": FUNCTION.replace("us-east-1", "eu-west-1")}},
        "trigger_PreSignUp",
    ),
    "no trigger": ({"triggers": {"Nothing": FUNCTION}}, "triggers"),
    "an identity elsewhere": ({"ses_source_arn": SES.replace("us-east-1", "ap-south-1")}, "ses_source_arn"),
    "a sender without SES": ({"mail_from": "a@example.com"}, "mail_from"),
    "a sender that is none": ({**MAIL, "mail_from": "Acme <nobody>"}, "mail_from"),
    "an address of a page": ({"passkey_rp_id": "https://login.example.com"}, "passkey_rp_id"),
    "no range": ({**THREATS, "blocked_ips": ("192.0.2.300/24",)}, "blocked_ips"),
    "a range that is an address": ({**THREATS, "allowed_ips": ("192.0.2.1",), "blocked_ips": ()}, "allowed_ips"),
    "a range in both lists": ({**THREATS, "allowed_ips": ("192.0.2.0/24",)}, "blocked_ips"),
    "too many ranges": (
        {**THREATS, "allowed_ips": tuple(f"10.0.{number}.0/24" for number in range(201))},
        "allowed_ips",
    ),
    "our tag": ({"tags": {"lifeguard:pool": "x"}}, "tags"),
    "too many tags": ({"tags": {f"t{number}": "" for number in range(49)}}, "tags"),
    "an attribute's name": ({"custom_attributes": (CustomAttribute(name="a" * 21),)}, "custom_attributes"),
    "bounds upside down": (
        {"custom_attributes": (CustomAttribute(name="a", minimum=2, maximum=1),)},
        "custom_attributes",
    ),
    "bounds of a date": (
        {"custom_attributes": (CustomAttribute(name="a", type="DateTime", minimum=2),)},
        "custom_attributes",
    ),
    "two of one name": ({"custom_attributes": (CustomAttribute(name="a"),) * 2}, "custom_attributes"),
    "too many attributes": (
        {"custom_attributes": tuple(CustomAttribute(name=f"a{number}") for number in range(51))},
        "custom_attributes",
    ),
    "a plan that is none": ({"tier": "gold"}, "tier"),
}


@pytest.mark.parametrize(("changes", "field"), REFUSED.values(), ids=REFUSED)
def test_what_cognito_refuses_is_said_at_its_field(changes: dict[str, Any], field: str) -> None:
    """In a whole sentence."""
    found = faults(replace(NOTHING, **changes), NOTHING, HERE)
    assert list(found) == [field]
    assert found[field].endswith(".")


def test_with_mfa_required_codes_are_no_way_in() -> None:
    required = replace(HERE, mfa=MfaPolicy.REQUIRED)
    codes = replace(NOTHING, first_factors=("EMAIL_OTP",))
    passkeys = replace(NOTHING, first_factors=("WEB_AUTHN",), passkey_rp_id="a.example")
    assert "first_factors" in faults(codes, NOTHING, required)
    assert "first_factors" in faults(passkeys, NOTHING, required)
    assert faults(replace(passkeys, passkey_is_mfa=True), NOTHING, required) == {}


def test_what_cognito_keeps_for_ever_can_be_taken_out_only_before_it_has_it() -> None:
    before = replace(NOTHING, **SMS, custom_attributes=(CustomAttribute(name="a"),))
    assert faults(NOTHING, before, HERE) == {}
    there = replace(HERE, attributes=frozenset({"a"}), has_sms=True)
    assert set(faults(NOTHING, before, there)) == {"custom_attributes", "sms_role_arn"}
    changed = replace(before, custom_attributes=(CustomAttribute(name="a", mutable=False),))
    assert set(faults(changed, before, there)) == {"custom_attributes"}


def test_what_a_change_does_is_told() -> None:
    passkeys = replace(NOTHING, passkey_rp_id="a.example")
    assert consequences(NOTHING, NOTHING, HERE) == []
    assert consequences(passkeys, NOTHING, HERE) == []
    assert "stops working" in consequences(replace(passkeys, passkey_rp_id="b.example"), passkeys, HERE)[0]
    assert "higher plan" in consequences(replace(NOTHING, tier=PoolTier.PLUS), NOTHING, HERE)[0]
    assert "switched off" in consequences(replace(NOTHING, tier=PoolTier.LITE), NOTHING, HERE)[0]
    assert "every sign-in" in consequences(replace(NOTHING, triggers={"PreSignUp": FUNCTION}), NOTHING, HERE)[0]
    assert "delete the pool" in consequences(replace(NOTHING, deletion_protection=False), NOTHING, HERE)[0]
    assert "for ever" in consequences(replace(NOTHING, **SMS), NOTHING, HERE)[0]
    remembers = replace(NOTHING, remembers_devices=True)
    for native in ((), ("Till",)):
        (told,) = consequences(remembers, NOTHING, replace(HERE, native=native))
        assert "“Invalid Refresh Token”" in told
        assert ("Till" in told) is bool(native)
    assert "every sign-in" in consequences(NOTHING, remembers, HERE)[0]
    assert consequences(remembers, remembers, HERE) == []
    assert (
        "for ever" in consequences(replace(NOTHING, custom_attributes=(CustomAttribute(name="a"),)), NOTHING, HERE)[0]
    )
