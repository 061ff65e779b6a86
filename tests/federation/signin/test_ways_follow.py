"""What a policy allows is offered when Cognito has it; a password is taken until the codes are there that follow it."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import transaction

from federation.models import BrowserSession
from identity.models import SyncedResource
from identity.services.password_use import change_policy
from identity.sync import engine
from identity.sync.ready_ways import note_ready_ways
from tenants.models import PoolKind, SignInPolicy, SyncKind, Tenant, TenantApplication
from tenants.services import outbox
from tenants.services.policy import PolicyChange
from tests.federation.browser import Browser
from tests.federation.conftest import PASSWORD, MakeTenant, MakeUser
from tests.federation.signin.ways import EMAIL
from tests.support.codes import mailed_code
from tests.support.mail import Mailbox
from tests.support.pool_settings import an_operator, set_on

pytestmark = pytest.mark.urls("config.urls.signin")
WITHOUT = PolicyChange(first_factors=[EMAIL], mfa="off")


def follow(tenant: Tenant, *kinds: SyncKind) -> None:
    """Have Cognito follow in what belongs to the pool, or to the tenant."""
    for kind in kinds:
        key = tenant.pool_id if kind is SyncKind.POOL else tenant.pk
        with transaction.atomic():
            outbox.request_sync(kind, key)
        engine.run(kind, key)


def shown(browser: Browser) -> tuple[bool, bool]:
    """Whether the page takes a password, and whether it mails codes."""
    browser.authorize(organization="acme")
    return 'name="password"' in browser.text, "Mail me a code" in browser.text


@pytest.mark.parametrize("order", [(SyncKind.POOL, SyncKind.TENANT), (SyncKind.TENANT, SyncKind.POOL)])
def test_passwords_go_when_the_codes_are_there(
    browser: Browser, acme: Tenant, make_user: MakeUser, mailbox: Mailbox, order: Sequence[SyncKind]
) -> None:
    """By one change of both; nobody is locked out in between, whatever is written first."""
    user = make_user(acme, f"otto-{order[0]}@acme.example")
    change_policy(acme, WITHOUT, password_allowed=False, actor=an_operator())
    assert shown(browser) == (True, False)
    follow(acme, order[0])
    assert shown(browser) == (True, False)
    browser.submit(email=user.email, password=PASSWORD)
    assert BrowserSession.objects.filter(user=user).count() == 1
    follow(acme, order[1])
    browser = Browser(browser.application)
    assert shown(browser) == (False, True)
    browser.submit(email=user.email, way=EMAIL)
    browser.submit(code=mailed_code(mailbox, user.email))
    assert BrowserSession.objects.filter(user=user).count() == 2
    # What becomes of the settings in Cognito lets no password in again.
    SyncedResource.objects.filter(key__in=(acme.pk, acme.pool_id)).update(last_applied={})
    note_ready_ways(acme.pool)
    assert shown(Browser(browser.application)) == (False, True)


def test_in_a_shared_pool_the_client_has_to_follow(
    make_tenant: MakeTenant, make_user: MakeUser, application: Any, mailbox: Mailbox
) -> None:
    tenant = make_tenant("acme", PoolKind.SHARED)
    TenantApplication.objects.create(tenant=tenant, application=application)
    set_on(tenant, first_factors=(EMAIL,))
    browser = Browser(application)
    change_policy(tenant, WITHOUT, password_allowed=False, actor=an_operator())
    follow(tenant, SyncKind.POOL)
    assert shown(browser) == (True, False)
    follow(tenant, SyncKind.TENANT)
    assert shown(browser) == (False, True)


def test_a_code_leads_nowhere_while_everybody_is_asked_for_a_second_factor(acme: Tenant, browser: Browser) -> None:
    SignInPolicy.objects.filter(tenant=acme).update(mfa="required")
    follow(acme, SyncKind.POOL, SyncKind.TENANT)
    change_policy(acme, WITHOUT, password_allowed=False, actor=an_operator())
    follow(acme, SyncKind.TENANT)
    assert shown(browser) == (True, False)
    follow(acme, SyncKind.POOL)
    assert shown(browser) == (False, True)
