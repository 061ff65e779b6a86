"""What is named inside a form or a body: a neighbour's is refused as what nobody has, in the same words."""

import json
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from federation.models import Connection, DomainRule
from federation.services.signing_keys import ensure_signing_keys
from identity.models import Group
from tests.identity.api.tokens import token_of
from tests.isolation.neighbours import House
from tests.support.telling import Told, differences, told


@pytest.fixture
def client(ours: House) -> Client:
    """Globex' owner's browser, which has been on its pages."""
    client = Client()
    client.force_login(ours.cast.account_of(ours.cast.owner))
    client.get("/t/globex/")
    return client


def domain_page(ours: House, name: str) -> str:
    """A page about Globex' domain."""
    return reverse(f"tenant:{name}", args=["globex", ours.ids["domain_id"]])


@pytest.mark.parametrize("page", ["domain-rule-new", "domain-default"])
def test_a_rule_names_no_connection_of_a_neighbours(client: Client, ours: House, theirs: House, page: str) -> None:
    """Nobody's people are sent to a neighbour's identity provider."""
    found = []
    for named in (theirs.ids["connection_id"], uuid.uuid4()):
        form = {"addresses": f"bob@{ours.domain}", "destination": "connections", "connections": str(named)}
        found.append(told(client.post, domain_page(ours, page), form, asked=[named]))
    assert differences(*found) == []
    assert found[0].status == 422
    assert all(theirs.ids["connection_id"] not in rule.connections for rule in DomainRule.objects.all())


def call(ours: House, method: str, where: str, body: dict[str, Any], *, asked: object) -> Told:
    """Call the API as Globex' owner."""
    ensure_signing_keys()
    headers, sent = {"Authorization": f"Bearer {token_of(ours.cast.owner)}"}, json.dumps(body)
    # The first call of a process fetches the keys.
    Client().get(reverse("api:connections"), headers=headers)
    return told(Client().generic, method, where, sent, content_type="application/json", headers=headers, asked=[asked])


@pytest.mark.parametrize(("method", "name"), [("POST", "domain-rules"), ("PUT", "domain-default")])
def test_the_api_takes_no_connection_of_a_neighbours(ours: House, theirs: House, method: str, name: str) -> None:
    where, found = reverse(f"api:{name}", args=[ours.ids["domain_id"]]), []
    for named in (theirs.ids["connection_id"], uuid.uuid4()):
        body = {"scope": "addresses", "addresses": [f"bob@{ours.domain}"], "destination": "connections"}
        found.append(call(ours, method, where, {**body, "connections": [str(named)]}, asked=named))
    assert differences(*found) == []
    assert found[0].status == 422


def test_a_mapping_names_no_group_of_a_neighbours(ours: House, theirs: House) -> None:
    """Groups go by their names, of which each tenant has its own."""
    where, found = reverse("api:connection-people", args=[ours.ids["connection_id"]]), []
    for named in (Group.objects.get(pk=theirs.ids["group_id"]).name, "nobodys"):
        mapping = {"email": "email", "groups": "groups", "rules": [{"value": "IT", "group": named}]}
        found.append(call(ours, "PUT", where, {"mapping": mapping, "jit": "on"}, asked=named))
    assert differences(*found) == []
    assert found[0].status == 422
    assert not Connection.objects.get(pk=ours.ids["connection_id"]).mapping.rules


def test_a_neighbours_names_are_free(ours: House, theirs: House) -> None:
    """A connection, a directory and a name in Cognito that the neighbour has are no reason to refuse anything."""
    theirs_now = Connection.objects.get(pk=theirs.ids["connection_id"])
    ours_now = Connection.objects.get(pk=ours.ids["connection_id"])
    assert ours_now.settings == theirs_now.settings
    where = reverse("api:connection", args=[ours_now.pk])
    assert call(ours, "PATCH", where, {"name": theirs_now.name}, asked="").status == 200
    assert theirs_now.provider_name.rpartition("-")[2] == ours_now.provider_name.rpartition("-")[2]
    assert theirs_now.provider_name != ours_now.provider_name


def test_an_address_leads_by_ones_own_domains_alone(ours: House, theirs: House) -> None:
    """Also where it is tried out: a neighbour's domain is nobody's."""
    found = []
    for domain in (theirs.domain, "nowhere.halden.com"):
        address = f"ada@{domain}"
        where = f"{reverse('api:domains-lead')}?address={address}"
        found.append(call(ours, "GET", where, {}, asked=address))
    assert differences(*found) == []
