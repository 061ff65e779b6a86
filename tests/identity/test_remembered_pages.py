"""Remembered browsers on the pages and in the API: the operator's switch, and the tenant's days."""

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from federation.services.signing_keys import ensure_signing_keys
from tenants.audit_actions import Action
from tenants.models import AuditEvent, OutboxEntry, PoolSettings, SignInPolicy, SyncKind, Tenant, TenantApplication
from tenants.services.native import set_native_mode
from tests.factories import ApplicationFactory, Cast, TenantCast, actor_of
from tests.identity.api.tokens import token_of
from tests.support.native import native_options
from tests.support.sync_pages import member

PAGE, SAVE = "tenant:sign-in-policy", "tenant:sign-in-policy-save"


@pytest.fixture
def operator(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.operator)
    return client


def remembering(tenant: Tenant, *, on: bool = True) -> None:
    """Have the operator's switch on or off."""
    PoolSettings.objects.update_or_create(pool_id=tenant.pool_id, defaults={"remembers_devices": on})


def shown(client: Client, url: str) -> str:
    """Return a page that must be there."""
    response = client.get(url)
    assert response.status_code == 200
    return unescape(response.content.decode())


def field_of(page: str) -> str:
    """Return the tag of the policy's field."""
    found = re.search(r'<input[^>]*name="remember_days"[^>]*>', page)
    assert found is not None
    return found[0]


def filled(client: Client, url: str, **changes: object) -> dict[str, object]:
    """What a browser sends from a page with a form: nothing of what is disabled or not ticked."""
    form = client.get(url).context["form"]
    sent = {}
    for field in form:
        value = field.value()
        if not (field.field.disabled or value is False or value is None):
            sent[field.name] = "on" if value is True else value
    return {**sent, **changes}


def pool_save(operator: Client, tenant: Tenant, **changes: object) -> tuple[int, str]:
    """Save a pool's settings as an operator."""
    pool = {"pool_id": tenant.pool_id}
    sent = filled(operator, reverse("fleet:pool-settings", kwargs=pool), **changes)
    response = operator.post(reverse("fleet:pool-settings-save", kwargs=pool), sent)
    return response.status_code, unescape(response.content.decode())


def days_save(tenant: TenantCast, **changes: object) -> tuple[int, str]:
    """Save the policy as the tenant's admin, from the page as it is."""
    admin, slug = member(tenant), tenant.tenant.slug
    response = admin.post(reverse(SAVE, args=[slug]), filled(admin, reverse(PAGE, args=[slug]), **changes))
    return response.status_code, unescape(response.content.decode())


def test_the_switch_says_what_it_does_before_and_asks(operator: Client, cast: Cast) -> None:
    """By name of the applications that it may break; and again when it goes off."""
    tenant = cast.acme.tenant
    application = ApplicationFactory.create(name="Till")
    TenantApplication.objects.create(tenant=tenant, application=application)
    set_native_mode(application.pk, native_options(), actor=actor_of(cast.operator))
    page = shown(operator, reverse("fleet:pool-settings", kwargs={"pool_id": tenant.pool_id}))
    assert "confirms no device cannot refresh its tokens" in page
    status, page = pool_save(operator, tenant, remembers_devices="on")
    assert status == 422
    assert "“Invalid Refresh Token”" in page
    assert "In native mode here: Till." in page
    assert not PoolSettings.objects.exists()
    OutboxEntry.objects.all().delete()
    confirm = re.search(r'name="confirm" value="(\w+)"', page)
    assert confirm is not None
    assert pool_save(operator, tenant, remembers_devices="on", confirm=confirm[1])[0] == 302
    assert PoolSettings.objects.get(pool=tenant.pool_id).options.remembers_devices
    event = AuditEvent.objects.get(action=Action.POOL_SETTINGS_CHANGED)
    assert (event.before, event.after) == ({"remembers_devices": False}, {"remembers_devices": True})
    assert OutboxEntry.objects.get(kind=SyncKind.POOL, key=tenant.pool_id).is_owed
    status, page = pool_save(operator, tenant, remembers_devices="")
    assert (status, "Nobody's browser is remembered any more" in page) == (422, True)
    assert PoolSettings.objects.get(pool=tenant.pool_id).options.remembers_devices


def test_an_application_of_somebody_else_is_not_named(operator: Client, cast: Cast) -> None:
    application = ApplicationFactory.create(name="Till")
    set_native_mode(application.pk, native_options(), actor=actor_of(cast.operator))
    status, page = pool_save(operator, cast.acme.tenant, remembers_devices="on")
    assert status == 422
    assert "“Invalid Refresh Token”" in page
    assert "In native mode here" not in page


def test_the_policy_s_page_says_what_is_missing_before_anything_is_chosen(acme: TenantCast) -> None:
    page = shown(member(acme), reverse(PAGE, args=["acme"]))
    assert "disabled" in field_of(page)
    assert "Your user pool does not remember browsers. Ask your provider" in page
    assert "acr_values" not in page
    # The rest of the policy can be saved, and so can what a browser should not have sent: it does not count.
    assert days_save(acme, session_idle_minutes="30", remember_days="30")[0] == 302
    policy = SignInPolicy.objects.get(tenant=acme.tenant)
    assert (policy.session_idle_minutes, policy.remember_days) == (30, 0)


def test_days_are_chosen_where_the_pool_remembers(acme: TenantCast) -> None:
    remembering(acme.tenant)
    field = field_of(shown(member(acme), reverse(PAGE, args=["acme"])))
    assert "disabled" not in field
    assert ('min="0"' in field, 'max="90"' in field) == (True, True)
    assert "acr_values" in shown(member(acme), reverse(PAGE, args=["acme"]))
    status, page = days_save(acme, remember_days="91")
    assert status == 422
    assert 'href="#id_remember_days"' in page
    assert days_save(acme, remember_days="30")[0] == 302
    assert SignInPolicy.objects.get(tenant=acme.tenant).remember_days == 30
    assert "is not remembered" not in shown(member(acme), reverse(PAGE, args=["acme"]))


def test_days_that_are_not_in_force_can_only_be_taken_back(acme: TenantCast) -> None:
    SignInPolicy.objects.filter(tenant=acme.tenant).update(remember_days=30)
    page = shown(member(acme), reverse(PAGE, args=["acme"]))
    assert "No browser is remembered, because your user pool does not have that any more" in page
    assert "disabled" not in field_of(page)
    assert days_save(acme, session_idle_minutes="30")[0] == 302
    status, page = days_save(acme, remember_days="14")
    assert status == 422
    assert "Your user pool does not remember browsers. Ask your provider" in page
    assert SignInPolicy.objects.get(tenant=acme.tenant).remember_days == 30
    assert days_save(acme, remember_days="0")[0] == 302
    assert SignInPolicy.objects.get(tenant=acme.tenant).remember_days == 0


def test_programs_choose_the_days_too(acme: TenantCast, client: Client) -> None:
    ensure_signing_keys()
    headers = {"Authorization": f"Bearer {token_of(acme.owner)}"}

    def patch(days: object) -> tuple[int, dict[str, Any]]:
        body = json.dumps({"remember_days": days})
        answer = client.patch(reverse("api:policy"), body, content_type="application/json", headers=headers)
        return answer.status_code, answer.json()

    status, problem = patch(30)
    assert (status, problem["code"]) == (422, "validation_failed")
    assert "Ask your provider" in str(problem["errors"]["remember_days"])
    remembering(acme.tenant)
    status, policy = patch(30)
    assert (status, policy["remember_days"], policy["warnings"]) == (200, 30, [])
    assert [patch(days)[0] for days in (-1, 91, "many", None)] == [400] * 4
    remembering(acme.tenant, on=False)
    found = client.get(reverse("api:policy"), headers=headers).json()
    assert found["remember_days"] == 30
    assert [remark["code"] for remark in found["warnings"]] == ["remembering_unavailable"]
    described = json.loads(client.get(reverse("api:schema"), headers=headers).content)
    field = described["components"]["schemas"]["Policy"]["properties"]["remember_days"]
    assert (field["type"], field["minimum"], field["maximum"]) == ("integer", 0, 90)
