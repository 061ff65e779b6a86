"""Tenants with one policy or another, each in a pool of its own and in one that it shares."""

from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction

from identity.cells import pool_ref
from identity.models import AppClient
from identity.sync import engine
from tenants.models import Application, Cell, PoolKind, PoolSettings, SignInPolicy, SyncKind, Tenant, TenantApplication
from tenants.models.pool_settings import options_of
from tenants.pool_options import FirstFactor
from tenants.services import outbox
from tests.factories import CellFactory, TenantFactory, UserPoolFactory
from tests.support.by_hand import client_of
from tests.support.pool_settings import SMS, VARIANTS
from tests.support.waiting import eventually

_WAYS = [FirstFactor.WEB_AUTHN.value, FirstFactor.EMAIL_OTP.value, FirstFactor.SMS_OTP.value]


@dataclass(frozen=True)
class House:
    """How a tenant lets its people in.

    Args:
        pool: what its pool is set to, beside what every pool is.
        policy: what it chose itself, beside what every tenant begins with.
        is_brief: whether temporary passwords have expired when they are set, which Lifeguard lets nobody choose.
    """

    pool: dict[str, Any] = field(default_factory=dict)
    policy: dict[str, Any] = field(default_factory=dict)
    is_brief: bool = False


HOUSES = {
    "plain": House(policy={"sign_up": "anyone"}),
    # Everything that can be had together; nothing is demanded.
    "rich": House(
        pool={
            **VARIANTS["email-mfa"],
            **SMS,
            **VARIANTS["devices"],
            "first_factors": tuple(_WAYS),
            "passkey_rp_id": "localhost",
        },
        policy={"first_factors": _WAYS, "second_factors": ["totp", "email", "sms"], "remember_days": 30},
    ),
    # Whose people come by a connection.
    "federated": House(),
    # Likewise, by one connection that is in nobody's way: a tenant may use a few at a time.
    "keyholders": House(pool=VARIANTS["devices"], policy={"remember_days": 1}),
    # Its people come by OpenID Connect, which is enough.
    "harbour": House(),
    # Its people come by SAML.
    "wharf": House(),
    # Its temporary passwords are good no longer than they are given for.
    "brief": House(is_brief=True),
    # Is suspended and resumed.
    "closed": House(),
    "wordless": House(
        pool={"first_factors": (FirstFactor.EMAIL_OTP.value,)},
        policy={"password_allowed": False, "first_factors": [FirstFactor.EMAIL_OTP.value], "mfa": "off"},
    ),
    # Codes by mail count where a second factor is required.
    "mailed": House(pool=VARIANTS["email-mfa"], policy={"mfa": "required", "second_factors": ["totp", "email"]}),
    "strict": House(pool=SMS, policy={"mfa": "required", "second_factors": ["totp", "sms"]}),
}
# Other tests come into the shared pools of the demo's own cell, and expect them as they left them.
_CELL = "paths"


def make(house: str, isolation: str) -> str:
    """Have a tenant, and have Cognito follow; one that is there already stays as it is.

    Args:
        house: one of `HOUSES`.
        isolation: `dedicated` or `shared`.

    Returns:
        its slug.
    """
    kept = HOUSES[house]
    slug = f"{house}-{isolation}"
    if Tenant.objects.filter(slug=slug).exists():
        return slug
    pool = UserPoolFactory.create(cell=_cell(), kind=PoolKind(isolation))
    settings = PoolSettings(pool=pool)
    settings.take(replace(options_of(pool), **kept.pool))
    settings.save()
    tenant = TenantFactory.create(slug=slug, name=f"House {slug}", pool=pool)
    SignInPolicy.objects.filter(tenant=tenant).update(**kept.policy)
    TenantApplication.objects.create(tenant=tenant, application=Application.objects.get(name="Orbit"))
    for kind, key in ((SyncKind.POOL, pool.pk), (SyncKind.TENANT, tenant.pk)):
        with transaction.atomic():
            outbox.request_sync(kind, key)
        engine.run(kind, key)
    # The demo's worker may have been faster, and not be done yet.
    eventually(AppClient.objects.filter(tenant=tenant).exists)
    ways = set(kept.policy.get("first_factors", ()))
    eventually(lambda: ways <= set(SignInPolicy.objects.get(tenant=tenant).ready_factors))
    if kept.is_brief:
        _end_temporary_passwords(tenant)
    return slug


def find(slug: str) -> Tenant:
    """Return a tenant as services take it."""
    return Tenant.objects.select_related("pool", "pool__cell", "policy", "branding").get(slug=slug)


def _cell() -> Cell:
    own = Cell.objects.get(name="local")
    found = Cell.objects.filter(name=_CELL).first()
    return found or CellFactory.create(
        name=_CELL, region=own.region, endpoint_url=own.endpoint_url, hosted_base_url=own.hosted_base_url
    )


def _end_temporary_passwords(tenant: Tenant) -> None:
    pool = pool_ref(find(tenant.slug).pool)
    client_of(pool).update_user_pool(
        UserPoolId=pool.pool_id,
        Policies={"PasswordPolicy": {"MinimumLength": 12, "TemporaryPasswordValidityDays": 0}},
    )
