"""A tenant that lets its users begin without a password."""

import re
import uuid
from typing import Any

from tenants.models import Tenant
from tenants.pool_options import FirstFactor
from tests.federation.browser import Browser
from tests.federation.conftest import reconcile
from tests.support.pool_settings import SMS, set_on

EMAIL, TEXT, PASSKEY = FirstFactor.EMAIL_OTP.value, FirstFactor.SMS_OTP.value, FirstFactor.WEB_AUTHN.value
# What an operator has to have set on a pool, shared or not.
OF_POOL: dict[str, Any] = {"first_factors": (PASSKEY, EMAIL, TEXT), "passkey_rp_id": "localhost", **SMS}


def allow(tenant: Tenant, *ways: str, **options: Any) -> None:
    """Let a tenant's users begin by these ways, and have Cognito follow."""
    set_on(tenant, **{**OF_POOL, **options})
    tenant.policy.first_factors = list(ways)
    tenant.policy.save(update_fields=["first_factors"])
    reconcile(tenant)
    tenant.policy.refresh_from_db()


def begin(browser: Browser, email: str, way: str, **changed: str | None) -> None:
    """Go from the application to the page of a way, by its button below the password."""
    # One nonce is good for one answer.
    browser.authorize(**{"organization": "acme", "nonce": uuid.uuid4().hex, **changed})
    browser.submit(email=email, password="", way=way)


def shape_of(browser: Browser) -> str:
    """The page without what is different on any two pages."""
    different = r'data-options="[^"]*"|[0-9a-f-]{36}|[A-Za-z0-9]{64}|[\w-]+@[\w.-]+|[\w-]+%40[\w.-]+'
    return re.sub(different, "…", browser.text)
