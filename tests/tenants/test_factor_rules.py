"""Which second factors a tenant can allow, and what the policy page says of each combination."""

from dataclasses import replace

import pytest

from tenants.actor import Actor
from tenants.errors import ValidationFailed
from tenants.factor_rules import faults, obstacle, usable
from tenants.factors import SecondFactor
from tenants.first_factors import Place
from tenants.models import OutboxEntry, SignInPolicy
from tenants.models.policy import MfaPolicy
from tenants.policy_matrix import Verdict, second_factors, ways_and_modes
from tenants.pool_options import FirstFactor, PoolOptions, PoolTier, Recovery
from tenants.services.policy import PolicyChange, update_policy
from tests.factories import TenantCast

MAIL = PoolOptions(ses_source_arn="arn", email_mfa=True, recovery=Recovery.ADMIN_ONLY)
ALL = replace(MAIL, sms_role_arn="arn", passkey_rp_id="acme.example", first_factors=tuple(FirstFactor))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (PoolOptions(), "Amazon SES"),
        (PoolOptions(tier=PoolTier.LITE), "plan"),
        (PoolOptions(ses_source_arn="arn"), "forgotten password"),
        (replace(MAIL, email_mfa=False), "not switched it on"),
        (MAIL, ""),
    ],
)
def test_what_is_in_the_way_of_codes_by_mail(options: PoolOptions, said: str) -> None:
    found = obstacle(SecondFactor.EMAIL, options)
    assert said in found if said else found == ""


def test_the_app_is_always_allowed_and_what_was_allowed_may_stay() -> None:
    assert faults(["email"], [], ALL)
    assert faults(["totp", "fax"], [], ALL)
    assert faults(["totp", "sms"], ["totp"], MAIL)
    assert not faults(["totp", "sms"], ["totp", "sms"], MAIL)
    assert not faults(["totp", "email", "sms"], ["totp"], ALL)
    # What stays and the pool does not have is not asked for.
    assert usable(["totp", "sms"], MAIL) == (SecondFactor.TOTP,)
    assert usable(["sms", "totp"], ALL) == (SecondFactor.TOTP, SecondFactor.SMS)


def test_the_page_says_what_cognito_forbids() -> None:
    place = Place(options=ALL, shared=False, host="login.acme.example")
    lines = {line.label: dict(zip(MfaPolicy, line.cells, strict=True)) for line in ways_and_modes(place)}
    assert {cell.verdict for cell in lines["Password"].values()} == {Verdict.POSSIBLE}
    assert lines[str(FirstFactor.EMAIL_OTP.label)][MfaPolicy.OFF].verdict is Verdict.POSSIBLE
    # Cognito takes the role that sends messages together with second factors.
    assert lines[str(FirstFactor.SMS_OTP.label)][MfaPolicy.OFF].verdict is Verdict.IMPOSSIBLE
    for way in (FirstFactor.EMAIL_OTP, FirstFactor.SMS_OTP):
        assert lines[str(way.label)][MfaPolicy.OPTIONAL].verdict is Verdict.CONDITIONAL
        assert lines[str(way.label)][MfaPolicy.REQUIRED].verdict is Verdict.IMPOSSIBLE
    passkey = lines[str(FirstFactor.WEB_AUTHN.label)][MfaPolicy.REQUIRED]
    assert (passkey.verdict, "count as two" in passkey.because) == (Verdict.IMPOSSIBLE, True)
    strong = replace(place, options=replace(ALL, passkey_is_mfa=True))
    assert ways_and_modes(strong)[1].cells[2].verdict is Verdict.CONDITIONAL
    assert {factor: cell.verdict for factor, cell in second_factors(replace(place, options=PoolOptions()))} == {
        SecondFactor.TOTP: Verdict.POSSIBLE,
        SecondFactor.EMAIL: Verdict.IMPOSSIBLE,
        SecondFactor.SMS: Verdict.IMPOSSIBLE,
    }
    # Cognito's MFA_SETUP takes no number; in a shared pool it is Lifeguard that asks for a second factor.
    for shared in (False, True):
        by_sms = dict(second_factors(replace(place, shared=shared)))[SecondFactor.SMS]
        assert ("set up an app first" in by_sms.because) is not shared


def test_a_policy_cannot_allow_what_the_pool_does_not_have(acme: TenantCast, owner: Actor) -> None:
    with pytest.raises(ValidationFailed) as refused:
        update_policy(acme.tenant, PolicyChange(second_factors=["totp", "email"]), actor=owner)
    assert set(refused.value.fields) == {"second_factors"}
    SignInPolicy.objects.filter(tenant=acme.tenant).update(second_factors=["totp", "email"])
    policy = update_policy(acme.tenant, PolicyChange(second_factors=["totp"]), actor=owner)
    assert policy.second_factors == ["totp"]
    # The pool is the tenant's own, and follows.
    assert OutboxEntry.objects.filter(kind="pool", key=acme.tenant.pool_id).exists()
