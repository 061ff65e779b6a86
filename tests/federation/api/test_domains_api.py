"""Domains and their rules by the REST API."""

import uuid

import pytest

from federation.models import DomainRule, EmailDomain
from tests.factories import Cast, TenantCast
from tests.identity.api.test_api import Call, assert_problem, call
from tests.support.connections import activated, oidc_connection
from tests.support.domains import listing, proved

__all__ = ["call"]
NAME = "acme-works.com"


@pytest.fixture
def acme(cast: Cast) -> TenantCast:
    """The cast's tenant with a dedicated pool, of which Cognito knows nothing."""
    return cast.acme


def test_a_domain_from_its_claim_to_its_end(call: Call, acme: TenantCast) -> None:
    made = call("POST", "domains", body={"name": f"Ada@{NAME.upper()}"})
    assert (made.status_code, made.json()["name"], made.json()["status"]) == (201, NAME, "awaiting_proof")
    token = EmailDomain.objects.get().token
    assert made.json()["record_name"] == f"_lifeguard-challenge.{NAME}"
    assert made.json()["record_value"] == f"lifeguard-domain-verification={token}"
    key = made.json()["id"]
    assert call("POST", "domain-check", key).status_code == 202
    assert [each["name"] for each in call("GET", "domains").json()["domains"]] == [NAME]
    assert_problem(call("POST", "domains", body={"name": "gmail.com"}), 422, "validation_failed")
    assert call("DELETE", "domain", key).status_code == 204
    assert_problem(call("GET", "domain", key), 404, "not_found")


def test_rules_and_where_an_address_leads_by_them(call: Call, acme: TenantCast) -> None:
    entra = activated(oidc_connection(acme.tenant))
    key = proved(acme.tenant, NAME).pk
    pilot = {"scope": "addresses", "addresses": [f"anna@{NAME}"], "destination": "connections"}
    rule = call("POST", "domain-rules", key, body={**pilot, "connections": [str(entra.pk)]})
    assert (rule.status_code, rule.json()["addresses"]) == (201, [f"anna@{NAME}"])
    default = call("PUT", "domain-default", key, body={"destination": "password"}).json()
    assert (default["scope"], default["destination"]) == ("default", "password")
    assert len(call("GET", "domain-rules", key).json()["rules"]) == 2
    lead = {"covered": True, "rule": rule.json()["id"], "connections": [str(entra.pk)]}
    assert call("GET", "domains-lead", query={"address": f"Anna@{NAME}"}).json() == lead
    bob = call("GET", "domains-lead", query={"address": f"bob@{NAME}"}).json()
    assert bob == {"covered": True, "rule": default["id"], "connections": []}
    stranger = call("GET", "domains-lead", query={"address": "bob@other.example"}).json()
    assert stranger == {"covered": False, "rule": None, "connections": []}
    changed = {"addresses": [f"anna@{NAME}", f"bob@{NAME}"], "destination": "every"}
    answer = call("PUT", "domain-rule", key, rule.json()["id"], body=changed).json()
    assert (answer["scope"], answer["destination"], answer["connections"]) == ("addresses", "every", [])
    refused = call("POST", "domain-rules", key, body={**changed, "scope": "addresses"})
    assert "addresses" in assert_problem(refused, 422, "validation_failed")["errors"]
    assert call("DELETE", "domain-rule", key, rule.json()["id"]).status_code == 204
    assert_problem(call("GET", "domain-rule", key, rule.json()["id"]), 404, "not_found")


def test_a_neighbours_domain_and_connection_are_not_found(call: Call, acme: TenantCast, globex: TenantCast) -> None:
    claim = proved(acme.tenant, NAME)
    rule = listing(claim, f"anna@{NAME}")
    body = {"scope": "subdomain", "subdomain": "emea", "addresses": [f"a@{NAME}"], "destination": "password"}
    for method, name, *more in (
        ("GET", "domain"),
        ("DELETE", "domain"),
        ("POST", "domain-check"),
        ("GET", "domain-rules"),
        ("POST", "domain-rules"),
        ("PUT", "domain-default"),
        ("GET", "domain-rule", rule.pk),
        ("PUT", "domain-rule", rule.pk),
        ("DELETE", "domain-rule", rule.pk),
    ):
        answer = call(method, name, claim.pk, *more, by=globex.owner, body=body)
        assert_problem(answer, 404, "not_found")
    assert DomainRule.objects.get() == rule
    ours = proved(globex.tenant, "globex-works.com")
    theirs = activated(oidc_connection(acme.tenant))
    told = [
        call(
            "PUT",
            "domain-default",
            ours.pk,
            by=globex.owner,
            body={"destination": "connections", "connections": [str(each)]},
        )
        for each in (theirs.pk, uuid.uuid4())
    ]
    assert {answer.status_code for answer in told} == {422}
    assert told[0].json()["errors"] == told[1].json()["errors"] == {"connections": "There is no such connection."}
