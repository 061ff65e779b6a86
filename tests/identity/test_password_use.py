"""Whether passwords are used: what is in the way, who may change it, and what stays as it has to."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from identity.models import DirectoryUser
from identity.services.password_use import change_policy, obstacles, set_password_use
from identity.services.pool_settings import change_pool_settings
from identity.services.temporary_password import set_temporary_password
from tenants.actor import Actor
from tenants.errors import Conflict, ValidationFailed
from tenants.models import AuditEvent, NativeMode, PoolSettings, SignInPolicy, Tenant, TenantApplication
from tenants.models.pool_settings import options_of
from tenants.policy_remarks import consequences, warnings
from tenants.pool_options import PoolTier
from tenants.services.policy import PolicyChange, update_policy
from tests.factories import ApplicationFactory, DirectoryUserFactory, TenantCast, TenantFactory
from tests.support.pool_settings import MAIL, an_operator, set_on

READY = PolicyChange(first_factors=["EMAIL_OTP", "WEB_AUTHN"], mfa="off")


@pytest.fixture
def ready(acme: TenantCast, owner: Actor) -> Tenant:
    """A tenant that could do without."""
    set_on(acme.tenant, passkey_rp_id="localhost")
    update_policy(acme.tenant, READY, actor=owner)
    return acme.tenant


def policy_of(tenant: Tenant) -> SignInPolicy:
    return SignInPolicy.objects.get(tenant=tenant)


def in_the_way(tenant: Tenant) -> list[str]:
    return [remark.message for remark in obstacles(tenant, policy_of(tenant))]


def test_what_is_in_the_way_is_said(acme: TenantCast, owner: Actor) -> None:
    assert [text.split()[0] for text in in_the_way(acme.tenant)] == ["Let", "Switch"]
    with pytest.raises(ValidationFailed) as refused:
        set_password_use(acme.tenant, allowed=False, actor=owner)
    assert set(refused.value.fields) == {"password_allowed"}
    update_policy(acme.tenant, PolicyChange(first_factors=["EMAIL_OTP"], mfa="off"), actor=owner)
    assert in_the_way(acme.tenant) == []
    PoolSettings.objects.update_or_create(pool=acme.tenant.pool, defaults={"tier": PoolTier.LITE})
    assert "passwords only" in in_the_way(Tenant.objects.get(pk=acme.tenant.pk))[0]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"has_totp": True}, "1 user has a second factor"),
        ({"other_factors": ["sms"]}, "1 user has a second factor"),
        ({"email_verified": False}, "1 user has no proved e-mail address"),
        # Nobody of those comes by a password, or at all.
        ({"has_totp": True, "cognito_status": "EXTERNAL_PROVIDER"}, ""),
        ({"has_totp": True, "status": "deleting"}, ""),
    ],
)
def test_nobody_is_left_without_a_way_in(ready: Tenant, owner: Actor, changed: dict[str, Any], words: str) -> None:
    other = TenantFactory.create(slug="other")
    DirectoryUserFactory.create(tenant=other, email="neighbour@acme.example", has_totp=True)
    person = DirectoryUserFactory.create(tenant=ready, email="pat@acme.example", **changed)
    if words:
        assert words in " ".join(in_the_way(ready))
        with pytest.raises(ValidationFailed):
            set_password_use(ready, allowed=False, actor=owner)
        DirectoryUser.objects.filter(pk=person.pk).delete()
    assert not set_password_use(ready, allowed=False, actor=owner).password_allowed


def test_without_passwords_the_policy_keeps_what_it_needs(ready: Tenant, owner: Actor) -> None:
    set_password_use(ready, allowed=False, actor=owner)
    set_password_use(ready, allowed=False, actor=owner)
    [event] = [event for event in AuditEvent.objects.filter(tenant=ready) if "password_allowed" in event.after]
    assert (event.action, event.before, event.after) == (
        "policy.updated",
        {"password_allowed": True},
        {"password_allowed": False},
    )
    for change, field in (
        (PolicyChange(first_factors=["WEB_AUTHN"]), "first_factors"),
        (PolicyChange(mfa="optional"), "mfa"),
    ):
        with pytest.raises(ValidationFailed) as refused:
            update_policy(ready, change, actor=owner)
        assert set(refused.value.fields) == {field}
    update_policy(ready, PolicyChange(first_factors=["EMAIL_OTP"], session_idle_minutes=30), actor=owner)
    assert policy_of(ready).first_factors == ["EMAIL_OTP"]


def test_nobody_is_given_a_temporary_password(ready: Tenant, owner: Actor) -> None:
    set_password_use(ready, allowed=False, actor=owner)
    user = DirectoryUserFactory.create(tenant=ready, email="pat@acme.example")
    with pytest.raises(Conflict, match="does without passwords"):
        set_temporary_password(ready, user.pk, actor=owner)


def test_both_changes_go_together_or_not_at_all(acme: TenantCast, owner: Actor) -> None:
    set_on(acme.tenant, passkey_rp_id="localhost")
    DirectoryUserFactory.create(tenant=acme.tenant, email="pat@acme.example", has_totp=True)
    with pytest.raises(ValidationFailed):
        change_policy(acme.tenant, READY, password_allowed=False, actor=owner)
    assert policy_of(acme.tenant).mfa == "optional"
    DirectoryUser.objects.filter(tenant=acme.tenant).update(has_totp=False)
    assert not change_policy(acme.tenant, READY, password_allowed=False, actor=owner).password_allowed
    back = change_policy(
        acme.tenant, PolicyChange(mfa="required", first_factors=[]), password_allowed=True, actor=owner
    )
    assert (back.password_allowed, back.mfa) == (True, "required")


def test_an_operator_cannot_take_the_codes_of_a_shared_pool_away(globex: TenantCast) -> None:
    pool = globex.tenant.pool
    set_on(globex.tenant, first_factors=("EMAIL_OTP", "WEB_AUTHN"), passkey_rp_id="localhost")
    SignInPolicy.objects.filter(tenant=globex.tenant).update(
        first_factors=["EMAIL_OTP"], mfa="off", password_allowed=False
    )
    pool.refresh_from_db()
    options = replace(options_of(pool), first_factors=("WEB_AUTHN",))
    with pytest.raises(ValidationFailed) as refused:
        change_pool_settings(pool.pk, options, confirmed=True, actor=an_operator())
    assert globex.tenant.name in refused.value.fields["first_factors"]
    SignInPolicy.objects.filter(tenant=globex.tenant).update(password_allowed=True)
    change_pool_settings(pool.pk, options, confirmed=True, actor=an_operator())


def test_who_does_without_is_told_of_what_can_keep_people_out(ready: Tenant, owner: Actor) -> None:
    def codes() -> list[str]:
        tenant = Tenant.objects.get(pk=ready.pk)
        return [remark.code for remark in warnings(tenant, policy_of(ready))]

    assert codes() == ["ways_in_pending", "few_mails"]
    set_password_use(ready, allowed=False, actor=owner)
    assert codes() == ["ways_in_pending", "passwords_still_taken", "few_mails"]
    SignInPolicy.objects.filter(tenant=ready).update(ready_factors=["EMAIL_OTP"])
    of_pool = PoolSettings.objects.filter(pool=ready.pool)
    of_pool.update(passkey_rp_id="")
    assert codes() == ["ways_in_unavailable", "few_mails"]
    of_pool.update(passkey_rp_id="localhost")
    SignInPolicy.objects.filter(tenant=ready).update(ready_factors=READY.first_factors)
    native = NativeMode.objects.create(application=ApplicationFactory.create(name="Shop"))
    TenantApplication.objects.create(tenant=ready, application=native.application)
    assert codes() == ["few_mails", "passwords_on_cognitos_pages"]
    set_on(ready, **MAIL)
    assert codes() == ["passwords_on_cognitos_pages"]


def test_the_page_asks_first(ready: Tenant, acme: TenantCast, client: Client) -> None:
    client.force_login(acme.account_of(acme.owner), backend="allauth.account.auth_backends.AuthenticationBackend")
    address = reverse("tenant:sign-in-policy-passwords", args=["acme"])
    asked = client.get(address).content.decode()
    for remark in consequences(ready, allowed=False):
        assert remark.message.replace("'", "&#x27;") in asked
    saved = client.post(address, {"passwords": "stop"}, follow=True).content.decode()
    # Cognito does not send codes yet.
    assert "Passwords are given up, and keep working" in saved
    assert not policy_of(ready).password_allowed
    assert "50 mails a day" in saved
    # Nobody chooses a length, and no page speaks of choosing one.
    assert "password_min_length" not in saved
    assert "choose no password" in client.get(reverse("tenant:user-invite", args=["acme"])).content.decode()
    assert "Require a second factor" not in client.get(reverse("tenant:overview", args=["acme"])).content.decode()
    # The table of users offers no temporary password, and the page that sets one refuses.
    assert "temporary-password" not in client.get(reverse("tenant:users", args=["acme"])).content.decode()
    assert "Passwords from before are good again" in client.get(address).content.decode()
    client.post(address, {"passwords": "allow"})
    assert policy_of(ready).password_allowed
    policy = policy_of(ready)
    policy.mfa = "required"
    policy.save(update_fields=["mfa"])
    refused = client.post(address, {"passwords": "stop"})
    assert f'href="{reverse("tenant:sign-in-policy", args=["acme"])}">Back to the policy' in refused.content.decode()
    assert refused.status_code == 422
    assert "Switch second factors off first" in refused.content.decode()
    assert "Do without passwords</button>" not in refused.content.decode()
