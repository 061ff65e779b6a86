"""The operator's APIs: what can be one, whose a scope is, and what an application may have of it."""

import uuid
from dataclasses import replace
from typing import Any

import pytest

from tenants.actor import Actor
from tenants.errors import Conflict, NotFound, ValidationFailed
from tenants.models import Application, AuditEvent, ResourceScope, ResourceServer
from tenants.services.resource_servers import (
    ResourceServerSettings,
    add_resource_server,
    remove_resource_server,
    resources_of,
    set_application_resources,
    update_resource_server,
)
from tests.factories import ApplicationFactory

ORDERS = ResourceServerSettings(
    name="Orders", identifier="https://orders.example", scopes={"orders:read": "Read orders", "orders:write": "Write"}
)


@pytest.fixture
def orders(operator: Actor) -> ResourceServer:
    """An API with two scopes."""
    return add_resource_server(ORDERS, actor=operator)


@pytest.fixture
def harbor(db: None) -> Application:
    """An application."""
    made: Application = ApplicationFactory.create(name="Harbor")
    return made


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        *(
            ({"identifier": wrong}, "identifier")
            for wrong in ("", "orders", "//orders.example", "https://a.example#x", "https://a.example?x", "https://a b")
        ),
        *(({"scopes": {wrong: "x"}}, "scopes") for wrong in ("", "two words", '"', "openid", "groups", "x" * 65)),
        ({"scopes": {"orders:read": ""}}, "scopes"),
    ],
)
def test_what_cannot_be_used_is_refused(operator: Actor, change: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        add_resource_server(replace(ORDERS, **change), actor=operator)
    assert set(refused.value.fields) == {field}
    assert not ResourceServer.objects.exists()


def test_no_two_have_anything_in_common(orders: ResourceServer, operator: Actor) -> None:
    other = ResourceServerSettings(name="Stock", identifier="urn:stock", scopes={"stock:read": "Read"})
    for change, field in (
        ({"name": "Orders"}, "name"),
        ({"identifier": "https://orders.example"}, "identifier"),
        ({"scopes": {"orders:read": "Read"}}, "scopes"),
    ):
        with pytest.raises(ValidationFailed) as refused:
            add_resource_server(replace(other, **change), actor=operator)
        assert set(refused.value.fields) == {field}
    add_resource_server(other, actor=operator)


def test_the_dashboards_own_api_is_nobodys(operator: Actor) -> None:
    ApplicationFactory.create(is_builtin=True, audience="https://dashboard.example/api")
    with pytest.raises(ValidationFailed):
        add_resource_server(replace(ORDERS, identifier="https://dashboard.example/api"), actor=operator)


def test_an_application_has_what_was_chosen(orders: ResourceServer, harbor: Application, operator: Actor) -> None:
    set_application_resources(harbor.pk, {orders.pk: ["orders:read"]}, actor=operator)
    set_application_resources(harbor.pk, {orders.pk: ["orders:read"]}, actor=operator)
    assert resources_of(harbor) == {"https://orders.example": ["orders:read"]}
    assert AuditEvent.objects.get(action="application.apis_set").after == resources_of(harbor)
    with pytest.raises(ValidationFailed):
        set_application_resources(harbor.pk, {orders.pk: ["stock:read"]}, actor=operator)
    with pytest.raises(NotFound):
        set_application_resources(harbor.pk, {uuid.uuid4(): []}, actor=operator)
    builtin = ApplicationFactory.create(is_builtin=True)
    with pytest.raises(Conflict):
        set_application_resources(builtin.pk, {orders.pk: []}, actor=operator)


def test_a_scope_that_goes_goes_everywhere(orders: ResourceServer, harbor: Application, operator: Actor) -> None:
    set_application_resources(harbor.pk, {orders.pk: ["orders:read", "orders:write"]}, actor=operator)
    changed = replace(ORDERS, name="Bookings", scopes={"orders:write": "Write orders"})
    update_resource_server(orders.pk, changed, actor=operator)
    assert resources_of(harbor) == {"https://orders.example": ["orders:write"]}
    assert ResourceScope.objects.get().description == "Write orders"
    event = AuditEvent.objects.get(action="api.updated")
    assert (event.before["name"], event.after["name"]) == ("Orders", "Bookings")
    with pytest.raises(ValidationFailed):
        update_resource_server(orders.pk, replace(changed, identifier="urn:other"), actor=operator)


def test_one_is_removed_by_its_name(orders: ResourceServer, harbor: Application, operator: Actor) -> None:
    set_application_resources(harbor.pk, {orders.pk: []}, actor=operator)
    with pytest.raises(ValidationFailed):
        remove_resource_server(orders.pk, confirm_name="orders", actor=operator)
    remove_resource_server(orders.pk, confirm_name="Orders", actor=operator)
    assert resources_of(harbor) == {}
    assert AuditEvent.objects.filter(action="api.removed").exists()
