"""Registering applications, changing them, and replacing their secret."""

import json
import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.utils import timezone

from tenants.actor import Actor
from tenants.errors import Conflict, NotFound, ValidationFailed
from tenants.models import Application, AuditEvent, NativeMode, TenantApplication
from tenants.selectors import longest_access_token_minutes
from tenants.services.applications import (
    OVERLAP,
    ApplicationSettings,
    end_previous_secret,
    note_previous_secret,
    register_application,
    rotate_application_secret,
    update_application,
)
from tenants.services.native import NativeOptions, set_native_mode
from tests.factories import ApplicationFactory, TenantFactory
from tests.support.keys import key_set

NATIVE = NativeOptions(
    public_client=False,
    standard_scopes=["openid"],
    readable=[],
    writable=[],
    access_minutes=60,
    id_minutes=60,
    refresh_days=30,
    rotate_refresh=True,
    rotation_grace_seconds=10,
    api_scopes=[],
)
HARBOR = ApplicationSettings(
    name="Harbor",
    redirect_uris=["https://harbor.example/callback"],
    post_logout_redirect_uris=["https://harbor.example/"],
)


def test_a_registered_application_has_a_secret_that_is_not_kept(operator: Actor) -> None:
    issued = register_application(HARBOR, actor=operator)
    kept = Application.objects.get(pk=issued.application.pk)
    assert kept.check_secret(issued.secret)
    assert issued.secret not in kept.secret_hash
    assert kept.audience == f"urn:lifeguard:api:{kept.client_id}"
    event = AuditEvent.objects.get(action="application.registered")
    assert issued.secret not in str((event.before, event.after))
    assert kept.secret_hash not in str((event.before, event.after))


def test_a_name_is_taken_once(operator: Actor) -> None:
    register_application(HARBOR, actor=operator)
    with pytest.raises(ValidationFailed) as refused:
        register_application(HARBOR, actor=operator)
    assert set(refused.value.fields) == {"name"}
    assert Application.objects.filter(name="Harbor").count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"redirect_uris": []}, "redirect_uris"),
        ({"redirect_uris": ["http://harbor.example/"]}, "redirect_uris"),
        ({"post_logout_redirect_uris": ["ftp://harbor.example/"]}, "post_logout_redirect_uris"),
        ({"audience": "two words"}, "audience"),
        ({"access_token_minutes": 0}, "access_token_minutes"),
        ({"access_token_minutes": 61}, "access_token_minutes"),
    ],
)
def test_what_cannot_be_used_is_refused(operator: Actor, change: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        register_application(replace(HARBOR, **change), actor=operator)
    assert set(refused.value.fields) == {field}
    assert not AuditEvent.objects.filter(action="application.registered").exists()


def test_a_change_is_audited_with_before_and_after(operator: Actor) -> None:
    application = register_application(HARBOR, actor=operator).application
    update_application(application.pk, replace(HARBOR, name="Haven", audience="https://api.example"), actor=operator)
    event = AuditEvent.objects.get(action="application.updated")
    assert (event.before["name"], event.after["name"]) == ("Harbor", "Haven")
    assert Application.objects.get().audience == "https://api.example"


def test_how_long_access_tokens_live_is_audited(operator: Actor) -> None:
    application = register_application(replace(HARBOR, access_token_minutes=60), actor=operator).application
    assert Application.objects.get().access_token_minutes == 60
    assert AuditEvent.objects.get(action="application.registered").after["access_token_minutes"] == 60
    update_application(application.pk, replace(HARBOR, access_token_minutes=1), actor=operator)
    event = AuditEvent.objects.get(action="application.updated")
    assert (event.before["access_token_minutes"], event.after["access_token_minutes"]) == (60, 1)
    assert Application.objects.get().access_token_minutes == 1


def test_the_longest_time_is_that_of_the_tenants_own_applications(operator: Actor) -> None:
    """Lifeguard's own do not count: our own endpoints ask the session. Cognito's tokens do, in native mode."""
    tenant, other = TenantFactory.create(), TenantFactory.create()
    assert longest_access_token_minutes(tenant) == 10
    brief = register_application(replace(HARBOR, access_token_minutes=5), actor=operator).application
    long = register_application(replace(HARBOR, name="Haven", access_token_minutes=45), actor=operator).application
    builtin = ApplicationFactory.create(is_builtin=True, access_token_minutes=50)
    for given in (brief, builtin):
        TenantApplication.objects.create(tenant=tenant, application=given)
    TenantApplication.objects.create(tenant=other, application=long)
    assert longest_access_token_minutes(tenant) == 5
    assert longest_access_token_minutes(other) == 45
    TenantApplication.objects.create(tenant=tenant, application=long)
    assert longest_access_token_minutes(tenant) == 45
    NativeMode.objects.create(application=brief, access_minutes=90)
    assert longest_access_token_minutes(tenant) == 90
    assert longest_access_token_minutes(other) == 45


def test_a_save_without_a_change_is_no_event(operator: Actor) -> None:
    application = register_application(replace(HARBOR, audience="urn:a"), actor=operator).application
    update_application(application.pk, replace(HARBOR, audience="urn:a"), actor=operator)
    assert not AuditEvent.objects.filter(action="application.updated").exists()


def test_after_a_rotation_both_secrets_are_taken_for_a_while(operator: Actor) -> None:
    first = register_application(HARBOR, actor=operator)
    second = rotate_application_secret(first.application.pk, actor=operator)
    kept = Application.objects.get()
    assert kept.check_secret(second.secret)
    assert kept.check_previous_secret(first.secret)
    assert not kept.check_secret(first.secret)
    assert not kept.check_previous_secret(second.secret)
    assert kept.previous_secret_until is not None
    assert timedelta() <= timezone.now() + OVERLAP - kept.previous_secret_until < timedelta(minutes=1)
    Application.objects.update(previous_secret_until=timezone.now())
    assert not Application.objects.get().check_previous_secret(first.secret)
    event = AuditEvent.objects.get(action="application.secret_rotated")
    assert second.secret not in str((event.before, event.after))


def test_there_are_never_three(operator: Actor) -> None:
    first = register_application(HARBOR, actor=operator)
    second, third = (rotate_application_secret(first.application.pk, actor=operator) for _ in range(2))
    kept = Application.objects.get()
    assert not kept.check_previous_secret(first.secret)
    assert kept.check_previous_secret(second.secret)
    assert kept.check_secret(third.secret)


def test_the_old_one_is_ended_by_its_name(operator: Actor) -> None:
    first = register_application(HARBOR, actor=operator)
    with pytest.raises(Conflict):
        end_previous_secret(first.application.pk, confirm_name="Harbor", actor=operator)
    second = rotate_application_secret(first.application.pk, actor=operator)
    with pytest.raises(ValidationFailed):
        end_previous_secret(first.application.pk, confirm_name="harbor", actor=operator)
    assert Application.objects.get().check_previous_secret(first.secret)
    end_previous_secret(first.application.pk, confirm_name="Harbor", actor=operator)
    kept = Application.objects.get()
    assert not kept.check_previous_secret(first.secret)
    assert not kept.check_previous_secret("")
    assert kept.check_secret(second.secret)
    assert AuditEvent.objects.filter(action="application.secret_ended").count() == 1


def test_when_the_old_one_was_used_is_known_to_the_minute(operator: Actor) -> None:
    application = register_application(HARBOR, actor=operator).application
    rotate_application_secret(application.pk, actor=operator)
    note_previous_secret(Application.objects.get())
    first = Application.objects.get().previous_secret_used_at
    note_previous_secret(Application.objects.get())
    assert first is not None
    assert Application.objects.get().previous_secret_used_at == first
    Application.objects.update(previous_secret_used_at=first - timedelta(minutes=2))
    note_previous_secret(Application.objects.get())
    again = Application.objects.get().previous_secret_used_at
    assert again is not None
    assert again >= first
    stale = Application.objects.get()
    rotate_application_secret(application.pk, actor=operator)
    note_previous_secret(stale)
    assert Application.objects.get().previous_secret_used_at is None


def test_the_dashboard_itself_is_left_alone(operator: Actor) -> None:
    builtin = ApplicationFactory.create(is_builtin=True, name="Dashboard")
    with pytest.raises(Conflict):
        update_application(builtin.pk, HARBOR, actor=operator)
    with pytest.raises(Conflict):
        rotate_application_secret(builtin.pk, actor=operator)


def test_an_unknown_application_is_not_found(operator: Actor) -> None:
    with pytest.raises(NotFound):
        update_application(uuid.uuid4(), HARBOR, actor=operator)


def test_a_public_application_has_no_secret_and_stays_public(operator: Actor) -> None:
    issued = register_application(replace(HARBOR, is_public=True), actor=operator)
    kept = Application.objects.get()
    assert (issued.secret, kept.secret_hash) == ("", "")
    assert not kept.check_secret("")
    with pytest.raises(Conflict):
        rotate_application_secret(kept.pk, actor=operator)
    keys = json.dumps(key_set(one=rsa.generate_private_key(65537, 2048)))
    for wrong, field in ((HARBOR, "is_public"), (replace(HARBOR, is_public=True, public_keys=keys), "public_keys")):
        with pytest.raises(ValidationFailed) as refused:
            update_application(kept.pk, wrong, actor=operator)
        assert set(refused.value.fields) == {field}


def test_only_devices_need_no_address(operator: Actor) -> None:
    devices = replace(HARBOR, redirect_uris=[], device_flow=True)
    application = register_application(devices, actor=operator).application
    assert application.redirect_uris == []
    with pytest.raises(ValidationFailed) as refused:
        update_application(application.pk, replace(devices, device_flow=False), actor=operator)
    assert set(refused.value.fields) == {"redirect_uris"}
    with pytest.raises(ValidationFailed):
        set_native_mode(application.pk, NATIVE, actor=operator)
    update_application(application.pk, HARBOR, actor=operator)
    set_native_mode(application.pk, NATIVE, actor=operator)
    with pytest.raises(ValidationFailed):
        update_application(application.pk, devices, actor=operator)
