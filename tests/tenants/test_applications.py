"""Registering applications, changing them, and replacing their secret."""

import uuid
from dataclasses import replace
from typing import Any

import pytest

from tenants.actor import Actor
from tenants.errors import Conflict, NotFound, ValidationFailed
from tenants.models import Application, AuditEvent
from tenants.services.applications import (
    ApplicationSettings,
    register_application,
    rotate_application_secret,
    update_application,
)
from tests.factories import ApplicationFactory

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


def test_a_save_without_a_change_is_no_event(operator: Actor) -> None:
    application = register_application(replace(HARBOR, audience="urn:a"), actor=operator).application
    update_application(application.pk, replace(HARBOR, audience="urn:a"), actor=operator)
    assert not AuditEvent.objects.filter(action="application.updated").exists()


def test_rotation_asks_for_the_name_and_ends_the_old_secret(operator: Actor) -> None:
    first = register_application(HARBOR, actor=operator)
    with pytest.raises(ValidationFailed):
        rotate_application_secret(first.application.pk, confirm_name="harbor", actor=operator)
    second = rotate_application_secret(first.application.pk, confirm_name="Harbor", actor=operator)
    kept = Application.objects.get()
    assert kept.check_secret(second.secret)
    assert not kept.check_secret(first.secret)


def test_the_dashboard_itself_is_left_alone(operator: Actor) -> None:
    builtin = ApplicationFactory.create(is_builtin=True, name="Dashboard")
    with pytest.raises(Conflict):
        update_application(builtin.pk, HARBOR, actor=operator)
    with pytest.raises(Conflict):
        rotate_application_secret(builtin.pk, confirm_name="Dashboard", actor=operator)


def test_an_unknown_application_is_not_found(operator: Actor) -> None:
    with pytest.raises(NotFound):
        update_application(uuid.uuid4(), HARBOR, actor=operator)
