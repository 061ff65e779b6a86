"""An application's role catalogue: what can be in it, and who has what by it."""

from dataclasses import replace
from typing import Any

import pytest

from tenants.actor import Actor
from tenants.errors import Conflict, NotFound, ValidationFailed
from tenants.models import Application, ApplicationRole, AuditEvent
from tenants.services.application_roles import (
    RoleSettings,
    add_application_role,
    held_roles,
    remove_application_role,
    update_application_role,
)
from tests.factories import ApplicationFactory

EDITOR = RoleSettings(name="editor", tenant_roles=("admin",), group_names=("Editors", "Writers"))


@pytest.fixture
def harbor(db: None) -> Application:
    """An application."""
    made: Application = ApplicationFactory.create(name="Harbor")
    return made


@pytest.mark.parametrize(
    ("tenant_role", "groups", "held"),
    [
        ("", [], ("member",)),
        ("admin", [], ("editor", "member")),
        ("auditor", [], ("member",)),
        ("", ["Writers"], ("editor", "member")),
        ("", ["writers", "Editor", "admin", ""], ("member",)),
    ],
)
def test_who_has_what(tenant_role: str, groups: list[str], held: tuple[str, ...]) -> None:
    catalogue = [
        ApplicationRole(name="editor", tenant_roles=["admin"], group_names=["Editors", "Writers"]),
        ApplicationRole(name="member", everybody=True),
        ApplicationRole(name="nobody"),
    ]
    assert held_roles(catalogue, tenant_role=tenant_role, groups=groups) == held


@pytest.mark.parametrize(
    ("change", "field"),
    [
        *(({"name": wrong}, "name") for wrong in ("", "two words", "-x", "x" * 65, 'a"b')),
        ({"tenant_roles": ("emperor",)}, "tenant_roles"),
        ({"group_names": ("x" * 65,)}, "group_names"),
        ({"group_names": ("a\x00b",)}, "group_names"),
        ({"tenant_roles": (), "group_names": ()}, "everybody"),
    ],
)
def test_what_cannot_be_used_is_refused(
    harbor: Application, operator: Actor, change: dict[str, Any], field: str
) -> None:
    with pytest.raises(ValidationFailed) as refused:
        add_application_role(harbor.pk, replace(EDITOR, **change), actor=operator)
    assert set(refused.value.fields) == {field}
    assert not ApplicationRole.objects.exists()


def test_each_change_is_audited(harbor: Application, operator: Actor) -> None:
    role = add_application_role(harbor.pk, EDITOR, actor=operator)
    with pytest.raises(ValidationFailed):
        add_application_role(harbor.pk, EDITOR, actor=operator)
    for _ in range(2):
        update_application_role(harbor.pk, role.pk, replace(EDITOR, everybody=True), actor=operator)
    event = AuditEvent.objects.get(action="application.role_changed")
    assert (event.before["everybody"], event.after["everybody"]) == (False, True)
    remove_application_role(harbor.pk, role.pk, actor=operator)
    assert AuditEvent.objects.get(action="application.role_removed").target_id == str(harbor.pk)


def test_a_role_is_its_own_applications(harbor: Application, operator: Actor) -> None:
    role = add_application_role(harbor.pk, EDITOR, actor=operator)
    other, builtin = ApplicationFactory.create(), ApplicationFactory.create(is_builtin=True)
    with pytest.raises(NotFound):
        update_application_role(other.pk, role.pk, EDITOR, actor=operator)
    with pytest.raises(NotFound):
        remove_application_role(other.pk, role.pk, actor=operator)
    with pytest.raises(Conflict):
        add_application_role(builtin.pk, EDITOR, actor=operator)
    add_application_role(other.pk, EDITOR, actor=operator)
