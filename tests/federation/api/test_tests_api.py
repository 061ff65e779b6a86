"""Tests of connections, and the log of sign-ins, by the REST API."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from federation.connections.test_report import Report
from federation.models import Connection, ConnectionTest, ConnectionTestState, FederatedSignIn, SignInOutcome
from federation.services.connection_test_visits import issue_ticket, mark_ready
from federation.services.connection_tests import cancel_test, close_failed, close_passed, start_test
from tenants.errors import Conflict
from tenants.models import UserPool
from tests.factories import Cast, TenantCast
from tests.identity.api.test_api import Call, assert_problem, call
from tests.support.connections import ACTOR, oidc_connection

__all__ = ["call"]


@pytest.fixture
def acme(cast: Cast) -> TenantCast:
    """The cast's tenant with a dedicated pool. Cognito has it."""
    UserPool.objects.filter(pk=cast.acme.tenant.pool_id).update(cognito_id="us-east-1_Tests")
    cast.acme.tenant.pool.refresh_from_db()
    return cast.acme


@pytest.fixture
def connection(acme: TenantCast) -> Connection:
    """A complete draft."""
    return oidc_connection(acme.tenant)


def begun(call: Call, connection: Connection) -> ConnectionTest:
    """A test that a program began, which a worker has prepared."""
    answer = call("POST", "connection-tests", connection.pk)
    assert answer.status_code == 201, answer.content
    test = ConnectionTest.objects.get(pk=answer.json()["id"])
    mark_ready(test)
    return test


def test_a_program_begins_it_and_a_person_opens_it(call: Call, acme: TenantCast, connection: Connection) -> None:
    """The first session of the dashboard that opens it has it; the program only learns where that is done."""
    answer = call("POST", "connection-tests", connection.pk)
    told = answer.json()
    assert (answer.status_code, told["state"], told["version"]) == (201, "preparing", connection.current.number)
    path = reverse("tenant:connection-test-run", args=[acme.tenant.slug, connection.pk, told["id"]])
    assert told["page"].endswith(path)
    assert "ticket" not in answer.content.decode()
    test = ConnectionTest.objects.get(pk=told["id"])
    mark_ready(test)
    issue_ticket(test, session="the first")
    with pytest.raises(Conflict, match="another browser session"):
        issue_ticket(ConnectionTest.objects.get(pk=test.pk), session="the second")
    issue_ticket(ConnectionTest.objects.get(pk=test.pk), session="the first")
    assert_problem(call("POST", "connection-tests", connection.pk), 409, "conflict")


def test_what_came_of_it(call: Call, connection: Connection) -> None:
    """Is told with what was sent and what came back; the list leaves both out."""
    passed = begun(call, connection)
    ConnectionTest.objects.update(sent={"ours": {"address": "https://x.example", "parameters": {}, "document": ""}})
    report = Report(attributes={"email": "ada@acme.example"}, status="new", email="ada@acme.example", role="auditor")
    close_passed(passed, report.to_json(), visitor=ACTOR)
    told = call("GET", "connection-test", connection.pk, passed.pk).json()
    assert (told["state"], told["report"]["status"], told["report"]["role"]) == ("passed", "new", "auditor")
    assert told["sent"]["ours"]["address"] == "https://x.example"
    ConnectionTest.objects.update(closed_at=timezone.now())
    failed = begun(call, connection)
    close_failed(failed, code="refused", detail="invalid_client: no", visitor=ACTOR)
    told = call("GET", "connection-test", connection.pk, failed.pk).json()
    assert (told["state"], told["code"], told["detail"]) == ("failed", "refused", "invalid_client: no")
    assert told["cause"]
    assert told["report"] is None
    first = call("GET", "connection-tests", connection.pk, query={"limit": "1"}).json()
    assert [each["id"] for each in first["tests"]] == [str(failed.pk)]
    assert "report" not in first["tests"][0]
    second = call("GET", "connection-tests", connection.pk, query={"cursor": first["next_cursor"]}).json()
    assert [each["id"] for each in second["tests"]] == [str(passed.pk)]


def test_one_that_is_overdue_is_told_as_abandoned(call: Call, connection: Connection) -> None:
    """Before anybody has written it down."""
    test = begun(call, connection)
    ConnectionTest.objects.update(expires_at=timezone.now())
    told = call("GET", "connection-test", connection.pk, test.pk).json()
    assert (told["state"], told["code"]) == ("abandoned", "abandoned")
    assert ConnectionTest.objects.get().state == ConnectionTestState.READY


def test_canceling(call: Call, connection: Connection) -> None:
    """Whoever began it; what is over stays as it is."""
    test = begun(call, connection)
    told = call("POST", "connection-test-cancel", connection.pk, test.pk).json()
    assert (told["state"], told["code"]) == ("abandoned", "canceled_here")
    again = call("POST", "connection-test-cancel", connection.pk, test.pk).json()
    assert again["finished_at"] == told["finished_at"]


def test_a_test_is_found_only_under_its_connection(
    call: Call, acme: TenantCast, globex: TenantCast, connection: Connection
) -> None:
    """Not under another one, and not by a neighbour."""
    test = start_test(acme.tenant, connection.pk, session="one", actor=ACTOR)
    other = oidc_connection(acme.tenant, name="Other")
    theirs = oidc_connection(globex.tenant)
    assert_problem(call("GET", "connection-test", other.pk, test.pk), 404, "not_found")
    for key in (connection.pk, theirs.pk):
        answer = call("POST", "connection-test-cancel", key, test.pk, by=globex.owner)
        assert_problem(answer, 404, "not_found")
    for name in ("connection-tests", "connection-sign-ins"):
        assert_problem(call("GET", name, connection.pk, by=globex.owner), 404, "not_found")
    assert_problem(call("POST", "connection-tests", connection.pk, by=globex.owner), 404, "not_found")
    assert cancel_test(test)


def sign_in(connection: Connection, outcome: str, *, minutes_ago: int, **values: object) -> FederatedSignIn:
    """A line of the log."""
    at = timezone.now() - timedelta(minutes=minutes_ago)
    row = FederatedSignIn.objects.create(
        tenant_id=connection.tenant_id,
        connection=connection,
        version=1,
        state_hash=f"{minutes_ago:064}",
        nonce="n",
        expires_at=at + timedelta(minutes=10),
        outcome=outcome,
        **values,
    )
    FederatedSignIn.objects.filter(pk=row.pk).update(started_at=at)
    return row


def test_the_log(call: Call, acme: TenantCast, connection: Connection) -> None:
    """By pages, the newest first, by outcome and by time; what failed comes with cause, next step and words."""
    late = sign_in(connection, SignInOutcome.STARTED, minutes_ago=30)
    refused = sign_in(
        connection, SignInOutcome.REFUSED, minutes_ago=20, code="disabled", detail="the user is", user=acme.outsider
    )
    came = sign_in(connection, SignInOutcome.SUCCEEDED, minutes_ago=10, user=acme.owner)

    def found(**query: str) -> list[str]:
        answer = call("GET", "connection-sign-ins", connection.pk, query=query)
        assert answer.status_code == 200, answer.content
        return [each["id"] for each in answer.json()["sign_ins"]]

    assert found() == [str(came.pk), str(refused.pk), str(late.pk)]
    assert found(outcome="abandoned") == [str(late.pk)]
    assert found(outcome="started") == []
    assert found(since=(timezone.now() - timedelta(minutes=25)).isoformat()) == [str(came.pk), str(refused.pk)]
    assert found(until=(timezone.now() - timedelta(minutes=15)).isoformat(), outcome="refused") == [str(refused.pk)]
    first = call("GET", "connection-sign-ins", connection.pk, query={"limit": "2"}).json()
    assert found(cursor=first["next_cursor"]) == [str(late.pk)]
    told = first["sign_ins"][1]
    assert (told["outcome"], told["code"], told["email"]) == ("refused", "disabled", acme.outsider.email)
    assert told["cause"]
    assert told["next_step"]
    wrong = call("GET", "connection-sign-ins", connection.pk, query={"outcome": "maybe"})
    assert "outcome" in assert_problem(wrong, 400, "invalid")["errors"]["fields"]


def test_the_schema_describes_it(call: Call) -> None:
    """Each operation by its name, with what it answers."""
    schema = call("GET", "schema").json()
    operations = {each["operationId"] for path in schema["paths"].values() for each in path.values()}
    wanted = {
        "list_connection_tests", "start_connection_test", "get_connection_test", "cancel_connection_test",
        "list_connection_sign_ins", "set_connection_metadata", "set_connection_openid", "set_connection_social",
        "set_connection_people",
    }  # fmt: skip
    assert wanted <= operations
    assert schema["components"]["schemas"]["ConnectionTestDetail"]["properties"]["report"]
