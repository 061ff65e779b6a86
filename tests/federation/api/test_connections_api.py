"""Connections by the REST API: the whole way, and what is refused."""

from pathlib import Path

import pytest

from federation.models import Connection, ConnectionStatus
from tests.factories import Cast, TenantCast
from tests.identity.api.test_api import Call, assert_problem, call
from tests.support.connections import SECRET, oidc_connection, saml_connection

__all__ = ["call"]


@pytest.fixture
def acme(cast: Cast) -> TenantCast:
    """The cast's tenant with a dedicated pool, of which Cognito knows nothing."""
    return cast.acme


OKTA = (Path(__file__).resolve().parents[1] / "metadata" / "samples" / "okta-saml.xml").read_text()
PEOPLE = {
    "mapping": {"email": "email", "groups": "groups", "rules": [{"value": "IT", "role": "auditor"}]},
    "jit": "invited",
}


def test_a_connection_from_its_beginning_to_its_end(call: Call, acme: TenantCast) -> None:
    """As a program sets it up."""
    made = call("POST", "connections", body={"guide": "okta-saml"})
    assert (made.status_code, made.json()["name"], made.json()["kind"]) == (201, "Okta", "saml")
    key = made.json()["id"]
    configured = call("PUT", "connection-metadata", key, body={"by": "paste", "document": OKTA}).json()
    assert configured["settings"]["entity_id"] == "http://www.okta.com/exk1sample2okta3Xy5d7"
    people = call("PUT", "connection-people", key, body=PEOPLE).json()
    assert (people["jit"], people["mapping"]["rules"]) == ("invited", [{"value": "IT", "group": "", "role": "auditor"}])
    refused = assert_problem(call("POST", "connection-activate", key, body={}), 422, "validation_failed")
    assert "reason" in refused["errors"]
    assert call("POST", "connection-activate", key, body={"reason": "A test"}).json()["status"] == "active"
    assert call("POST", "connection-disable", key).json()["status"] == "disabled"
    assert call("POST", "connection-enable", key).json()["status"] == "active"
    assert call("PATCH", "connection", key, body={"name": "Staff"}).json()["name"] == "Staff"
    versions = call("GET", "connection-versions", key).json()["versions"]
    assert [version["number"] for version in versions] == [3, 2, 1]
    assert [each["name"] for each in call("GET", "connections").json()["connections"]] == ["Staff"]
    assert call("DELETE", "connection", key).status_code == 204
    assert_problem(call("GET", "connection", key), 404, "not_found")


def test_what_cannot_work_is_said_by_its_code(call: Call, acme: TenantCast) -> None:
    """And nothing of it is kept."""
    key = call("POST", "connections", body={"guide": "okta-saml"}).json()["id"]
    document = OKTA.replace("HTTP-Redirect", "HTTP-POST")
    refused = call("PUT", "connection-metadata", key, body={"by": "paste", "document": document})
    assert "sso_no_redirect" in assert_problem(refused, 422, "validation_failed")["errors"]
    html = call("PUT", "connection-metadata", key, body={"by": "paste", "document": "<html></html>"})
    assert_problem(html, 422, "html")
    assert_problem(call("POST", "connections", body={"guide": "no-such"}), 422, "validation_failed")
    assert Connection.objects.get(pk=key).current.number == 1


def test_a_secret_is_never_answered(call: Call, acme: TenantCast) -> None:
    """Only that there is one."""
    connection = oidc_connection(acme.tenant)
    for name in ("connection", "connection-versions"):
        answer = call("GET", name, connection.pk)
        assert SECRET not in answer.content.decode()
    assert call("GET", "connection", connection.pk).json()["has_secret"] is True


def test_a_social_provider_and_an_openid_provider(call: Call, acme: TenantCast) -> None:
    """Of the first the values are kept; the second is asked, and must be one."""
    key = call("POST", "connections", body={"guide": "google-social"}).json()["id"]
    values = {"client_id": "google", "client_secret": SECRET, "scopes": "openid email"}
    answer = call("PUT", "connection-social", key, body=values)
    assert (answer.json()["settings"]["client_id"], answer.json()["has_secret"]) == ("google", True)
    openid = {"issuer": "https://127.0.0.1", "client_id": "a"}
    assert_problem(call("PUT", "connection-openid", key, body=openid), 409, "conflict")
    other = oidc_connection(acme.tenant)
    assert call("PUT", "connection-openid", other.pk, body=openid).status_code == 422
    assert Connection.objects.get(pk=other.pk).current.number == other.current.number


def test_a_neighbours_connection_is_not_found(call: Call, acme: TenantCast, globex: TenantCast) -> None:
    """By any method."""
    theirs = saml_connection(acme.tenant)
    bodies = {"connection-metadata": {"by": "paste", "document": OKTA}, "connection-people": PEOPLE}
    for method, name in (
        ("GET", "connection"),
        ("DELETE", "connection"),
        ("GET", "connection-versions"),
        ("PUT", "connection-metadata"),
        ("PUT", "connection-people"),
        ("POST", "connection-activate"),
        ("POST", "connection-disable"),
    ):
        answer = call(method, name, theirs.pk, by=globex.owner, body=bodies.get(name, {}))
        assert_problem(answer, 404, "not_found")
    assert Connection.objects.get(pk=theirs.pk).status == ConnectionStatus.DRAFT
