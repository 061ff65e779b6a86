"""The flow of a test of a connection: out to Cognito, and what its answer would have led to. Nobody is signed in."""

from urllib.parse import urlencode

from django.utils.translation import gettext as _

from federation.connections import failures
from federation.connections.claims import claims_of
from federation.connections.mapping import Mapping
from federation.connections.test_report import request_of
from federation.models import Connection, ConnectionTest
from federation.services.arrivals import Arrival
from federation.services.connection_test_visits import Opened, keep_guest, keep_sent, take_answer
from federation.services.connection_tests import close_failed, close_passed
from federation.signin.cognito import TenantMismatch, client_ref
from federation.signin.context import NotReady
from federation.signin.federated import Answer
from federation.signin.rehearsal import rehearse
from federation.signin.vouching import subject_at, verified
from federation.sync.steps_of_test import callback_url_of_tests, end_url_of_tests
from identity import auth
from identity.cells import hosted_url
from identity.cognito_tokens import CognitoClaims
from identity.models import AppClient
from identity.token_keys import KeysUnavailable
from tenants.actor import Actor


def leave_for_test(opened: Opened) -> str:
    """Return the address to which the browser of a test goes, and keep what is asked."""
    test = opened.test
    client = _client(test)
    asked = auth.FederatedRequest(
        provider=test.provider_name,
        redirect_uri=callback_url_of_tests(),
        state=opened.state,
        nonce=test.nonce,
        verifier=opened.verifier,
    )
    address = auth.federated_sign_in_url(client_ref(client), hosted_url(test.tenant.pool), asked)
    keep_sent(test, "ours", request_of(address).to_json())
    return address


def come_back_from_test(test: ConnectionTest, answer: Answer, *, visitor: Actor) -> str:
    """Keep what came of a test, and return where the browser goes on: to Cognito, to be signed out there.

    Otherwise Cognito's own session would answer for the person of the test at the next sign-in of this browser.
    """
    verifier = test.verifier
    end = _sign_out_address(test)
    if not take_answer(test):
        return end
    if answer.error or not answer.code:
        said = f"{answer.error}: {answer.description}" if answer.error else "no code came back"
        close_failed(test, code="refused", detail=said, visitor=visitor)
        return end
    if test.is_overtaken:
        close_failed(test, code="changed", detail="", visitor=visitor)
        return end
    try:
        identity, arrival, connection = _redeem(test, answer.code, verifier)
    except auth.SessionExpired as error:
        close_failed(test, code="expired", detail=f"Cognito: {error}", visitor=visitor)
    except TenantMismatch as error:
        close_failed(test, code="other_session", detail=error.reason, visitor=visitor)
    except (auth.AuthError, KeysUnavailable) as error:
        close_failed(test, code="unavailable", detail=f"Cognito: {error}", visitor=visitor)
    else:
        report = rehearse(connection, arrival, identity, visitor=visitor)
        if report.reason == "no_email":
            told = str(failures.in_words("no_email", connection.name))
            close_failed(test, code="no_email", detail=told, report=report.to_json(), visitor=visitor)
        else:
            close_passed(test, report.to_json(), visitor=visitor)
    return end


def _redeem(test: ConnectionTest, code: str, verifier: str) -> tuple[CognitoClaims, Arrival, Connection]:
    client = _client(test)
    tokens = auth.exchange_code(
        client_ref(client),
        hosted_url(client.pool),
        code=code,
        verifier=verifier,
        redirect_uri=callback_url_of_tests(),
    )
    identity = verified(client, tokens, nonce=test.nonce)
    subject = subject_at(test.provider_name, test.tenant, client, identity)
    if test.connection.is_social:
        keep_guest(test, identity.username)
    connection = _as_tested(test)
    arrival = Arrival(
        subject=subject,
        # What they are called when they come by the connection itself.
        username=f"{connection.provider_name}_{subject}",
        cognito_sub=identity.subject,
        claims=claims_of(identity.attributes, Mapping.from_json(connection.current.mapping)),
    )
    return identity, arrival, connection


def _as_tested(test: ConnectionTest) -> Connection:
    """The connection at the version that is tested, whatever was saved meanwhile; never to be saved itself."""
    connection = test.connection
    connection.tenant = test.tenant
    connection.newest = connection.versions.get(number=test.version)
    return connection


def _sign_out_address(test: ConnectionTest) -> str:
    query = urlencode({"client_id": _client(test).client_id, "logout_uri": end_url_of_tests()})
    return f"{hosted_url(test.tenant.pool)}/logout?{query}"


def _client(test: ConnectionTest) -> AppClient:
    rows = AppClient.objects.select_related("pool__cell", "tenant")
    found = rows.filter(tenant=test.tenant, pool=test.tenant.pool, purpose=test.purpose).first()
    if found is None:
        # It ended at this very moment.
        raise NotReady(_("This test is over. Go back to the dashboard and begin a new one."))
    return found
