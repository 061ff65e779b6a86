"""The operator's pages of a user pool's settings, without JavaScript."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from identity.models import Family, ResourceState, SyncedResource
from tenants.audit_actions import Action
from tenants.models import AuditEvent, Cell, OutboxEntry, PoolSettings, SyncKind, UserPool
from tenants.models.pool_settings import options_of
from tenants.pool_options import CustomAttribute, PoolTier, ThreatMode
from tests.factories import Cast
from tests.support.pool_settings import FUNCTION, LOG_GROUP, SES


@pytest.fixture
def client(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.operator)
    return client


@pytest.fixture
def pool(cast: Cast) -> UserPool:
    """Acme's own."""
    return UserPool.objects.get(pk=cast.acme.tenant.pool_id)


def url(pool: UserPool, name: str = "pool-settings") -> str:
    return reverse(f"fleet:{name}", kwargs={"pool_id": pool.pk})


def filled(client: Client, pool: UserPool, **changes: object) -> dict[str, object]:
    """What a browser sends from the page, with some fields filled in otherwise."""
    form = client.get(url(pool)).context["form"]
    values = {field.name: field.value() for field in form}
    sent = {name: "on" if value is True else value for name, value in values.items() if value is not False}
    return {name: value for name, value in {**sent, **changes}.items() if value is not None}


def save(client: Client, pool: UserPool, **changes: object) -> tuple[int, str]:
    response = client.post(url(pool, "pool-settings-save"), filled(client, pool, **changes))
    return response.status_code, unescape(response.content.decode())


def now(pool: UserPool) -> PoolSettings:
    return PoolSettings.objects.get(pool=pool)


def test_saving_what_is_there_changes_nothing(client: Client, pool: UserPool) -> None:
    assert save(client, pool)[0] == 302
    assert not PoolSettings.objects.exists()
    assert not AuditEvent.objects.filter(action=Action.POOL_SETTINGS_CHANGED).exists()


def test_a_change_is_saved_audited_and_owed(client: Client, pool: UserPool, cast: Cast) -> None:
    status, _ = save(
        client, pool, password_history="5", ses_source_arn=SES, mail_from="Acme <a@example.com>", tags="team = a\n\nb=c"
    )
    assert status == 302
    options = now(pool).options
    assert (options.password_history, options.ses_source_arn) == (5, SES)
    assert options.tags == {"team": "a", "b": "c"}
    event = AuditEvent.objects.get(action=Action.POOL_SETTINGS_CHANGED)
    assert event.tenant is None
    assert event.before == {"password_history": 0, "ses_source_arn": "", "mail_from": "", "tags": {}}
    assert event.after["password_history"] == 5
    assert OutboxEntry.objects.get(kind=SyncKind.POOL, key=pool.pk).is_owed
    shown = client.get(url(pool)).content.decode()
    assert "Acme &lt;a@example.com&gt;" in shown
    assert "team=a" in shown


def test_what_cognito_would_refuse_is_said_beside_the_field(client: Client, pool: UserPool) -> None:
    status, page = save(client, pool, threat_mode="enforced", email_mfa="on", trigger_PreSignUp="arn:aws:s3:::bucket")
    assert status == 422
    assert "This needs the plan Plus." in page
    assert "Codes by e-mail are sent through Amazon SES alone" in page
    assert re.search(r'href="#id_trigger_PreSignUp">PreSignUp</a>: Use an ARN', page)
    assert not PoolSettings.objects.exists()


def test_a_change_with_consequences_is_asked_about(client: Client, pool: UserPool) -> None:
    status, page = save(client, pool, trigger_PreSignUp=FUNCTION)
    assert status == 422
    assert "Nothing is saved yet" in page
    assert "Cognito calls these functions in every sign-in" in page
    assert not PoolSettings.objects.exists()
    confirm = re.search(r'name="confirm" value="(\w+)"', page)
    assert confirm is not None
    # Another change than the one that was read about is asked about again.
    assert save(client, pool, trigger_PreSignUp=FUNCTION, tier="plus", confirm=confirm[1])[0] == 422
    assert save(client, pool, trigger_PreSignUp=FUNCTION, confirm=confirm[1])[0] == 302
    assert now(pool).options.triggers == {"PreSignUp": FUNCTION}


def confirmed(client: Client, pool: UserPool, **changes: object) -> None:
    """Save, and confirm what is asked."""
    _, page = save(client, pool, **changes)
    confirm = re.search(r'name="confirm" value="(\w+)"', page)
    assert confirm is not None, page
    assert save(client, pool, **changes, confirm=confirm[1])[0] == 302


def test_attributes_are_added_one_by_one_and_stay_once_cognito_has_them(client: Client, pool: UserPool) -> None:
    confirmed(client, pool, attribute_name="badge", attribute_type="Number", attribute_mutable=None)
    confirmed(client, pool, attribute_name="department", attribute_maximum="64")
    assert now(pool).options.custom_attributes == (
        CustomAttribute(name="badge", type="Number", mutable=False),
        CustomAttribute(name="department", maximum=64),
    )
    SyncedResource.objects.create(
        scope=SyncKind.POOL,
        key=pool.pk,
        family=Family.POOL,
        name=pool.name,
        last_applied={"SchemaAttributes.custom:badge": "Number, fixed once set"},
    )
    assert save(client, pool, removed_attributes=["department"])[0] == 302
    assert [each.name for each in now(pool).options.custom_attributes] == ["badge"]
    assert "removed_attributes" not in client.get(url(pool)).context["form"].fields
    assert save(client, pool, attribute_name="badge")[0] == 422


def test_an_endpoint_that_lacks_an_operation_is_said_to(client: Client, pool: UserPool) -> None:
    Cell.objects.filter(pk=pool.cell_id).update(unsupported_operations={"SetRiskConfiguration": "2026-01-01"})
    page = client.get(url(pool)).content.decode()
    assert "Not supported by this endpoint" in page
    assert "SetRiskConfiguration" in page


def test_who_may_only_look_gets_no_button(cast: Cast, pool: UserPool) -> None:
    client = Client()
    client.force_login(cast.support)
    page = client.get(url(pool)).content.decode()
    assert '<fieldset class="stack" disabled>' in page
    assert "Your role may look at this" in page


def test_a_prefix_is_drawn_again_only_for_a_pool_that_cannot_get_its_own(client: Client, pool: UserPool) -> None:
    before = pool.domain_prefix
    assert client.post(url(pool, "pool-domain-renew")).status_code == 409
    assert "Use another prefix" not in client.get(url(pool, "pool")).content.decode()
    record = SyncedResource.objects.create(
        scope=SyncKind.POOL, key=pool.pk, family=Family.DOMAIN, name=before, state=ResourceState.BLOCKED
    )
    assert "Use another prefix" in client.get(url(pool, "pool")).content.decode()
    assert client.post(url(pool, "pool-domain-renew")).status_code == 302
    pool.refresh_from_db()
    assert pool.domain_prefix == f"{before}-1"
    assert AuditEvent.objects.get(action=Action.POOL_DOMAIN_RENEWED).before == {"domain_prefix": before}
    record.name, record.last_applied = pool.domain_prefix, {"Domain": pool.domain_prefix}
    record.save()
    assert client.post(url(pool, "pool-domain-renew")).status_code == 409


def test_a_tenant_cannot_require_what_its_pool_cannot(client: Client, pool: UserPool, cast: Cast) -> None:
    """Its admin is told in words that say nothing of the operator's settings but what stands in the way."""
    assert save(client, pool, first_factors=["EMAIL_OTP"])[0] == 302
    member = Client()
    member.force_login(cast.acme.account_of(cast.acme.owner))
    policy = {"mfa": "required", "password_min_length": 12, "session_idle_minutes": 60, "session_absolute_minutes": 600}
    policy |= {"sign_up": "off", "own_name": "change", "own_email": "change", "own_phone_number": "change"}
    policy["own_locale"] = "change"
    refused = member.post(reverse("tenant:sign-in-policy-save", kwargs={"slug": "acme"}), policy)
    assert refused.status_code == 422
    assert "Ask your provider to switch them off first" in refused.content.decode()


def test_the_shared_pool_s_page_says_for_how_many_it_holds(client: Client, cast: Cast) -> None:
    shared = UserPool.objects.get(pk=cast.globex.tenant.pool_id)
    assert "shared by 1 tenant" in client.get(url(shared)).content.decode()
    assert save(client, shared, threat_mode=ThreatMode.AUDIT, tier=PoolTier.PLUS)[0] == 422
    assert options_of(shared).tier == PoolTier.ESSENTIALS


def test_a_tenant_s_admin_sees_nothing_of_the_operator_s_rules_and_logs(
    client: Client, pool: UserPool, cast: Cast
) -> None:
    confirmed(client, pool, tier="plus", threat_mode="audit", notification_log_arn=LOG_GROUP)
    member = Client()
    member.force_login(cast.acme.account_of(cast.acme.owner))
    for name in ("tenant:overview", "tenant:sync"):
        page = member.get(reverse(name, kwargs={"slug": "acme"})).content.decode()
        assert "Threat protection" not in page
        assert "log-group" not in page
    assert "log-group" in client.get(url(pool, "pool")).content.decode()
