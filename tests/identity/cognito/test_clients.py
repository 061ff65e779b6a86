"""How clients are shared, how they fork, and as whom they call."""

import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from identity.cognito.calls import Priority
from identity.cognito.clients import client_for
from identity.cognito.endpoint import CellEndpoint
from identity.cognito.gate import call


def test_threads_share_one_client(endpoint: CellEndpoint) -> None:
    clients: list[object] = []
    start = threading.Barrier(8)

    def fetch() -> None:
        start.wait()
        clients.append(client_for(endpoint))

    threads = [threading.Thread(target=fetch) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(client) for client in clients}) == 1


def test_cells_do_not_share_clients(endpoint: CellEndpoint) -> None:
    other = CellEndpoint("other", "us-east-1")
    assert client_for(endpoint) is not client_for(other)
    assert client_for(other).meta.region_name == "us-east-1"
    assert client_for(other).meta.endpoint_url == "https://cognito-idp.us-east-1.amazonaws.com"


def test_a_forked_child_makes_its_own_client(endpoint: CellEndpoint) -> None:
    inherited = client_for(endpoint)
    read_end, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        answer = b"shared" if client_for(endpoint) is inherited else b"own"
        os.write(write_end, answer)
        os._exit(0)
    os.close(write_end)
    with os.fdopen(read_end, "rb") as answers:
        assert answers.read() == b"own"
    assert os.waitpid(child, 0)[1] == 0
    assert client_for(endpoint) is inherited


def test_timeouts_are_short_and_nothing_is_retried(endpoint: CellEndpoint) -> None:
    config = client_for(endpoint).meta.config
    assert (config.connect_timeout, config.read_timeout) == (2, 5)
    assert config.retries["total_max_attempts"] == 1
    assert config.user_agent.endswith("lifeguard")


@dataclass
class Account:
    """What an AWS account's STS and Cognito were asked: the forms of AssumeRole, the session tokens of the rest."""

    url: str = ""
    lifetime: timedelta = timedelta(hours=1)
    assumed: list[dict[str, list[str]]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)

    def assume_role(self, form: dict[str, list[str]]) -> bytes:
        self.assumed.append(form)
        expiry = (datetime.now(UTC) + self.lifetime).strftime("%Y-%m-%dT%H:%M:%SZ")
        # The answer's form is that of the AssumeRole example in the AWS STS API reference.
        return (
            '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>'
            f"<AccessKeyId>ASIA{len(self.assumed)}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
            f"<SessionToken>token-{len(self.assumed)}</SessionToken><Expiration>{expiry}</Expiration>"
            "</Credentials></AssumeRoleResult></AssumeRoleResponse>"
        ).encode()


@pytest.fixture
def account() -> Iterator[Account]:
    """An AWS account on a port of this machine."""
    account = Account()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if "X-Amz-Target" in self.headers:
                account.tokens.append(self.headers["X-Amz-Security-Token"])
                answer = b"{}"
            else:
                answer = account.assume_role(parse_qs(body.decode()))
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        account.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield account
        server.shutdown()
        thread.join()


def delete_twice(account: Account, external_id: str | None) -> None:
    endpoint = CellEndpoint("assumed", "eu-west-1", account.url, "arn:aws:iam::111122223333:role/cell", external_id)
    for _ in range(2):
        call(endpoint, "DeleteUserPool", {"UserPoolId": "eu-west-1_a"}, priority=Priority.CONFIGURATION)


def test_a_role_is_assumed_once_with_its_external_id(account: Account) -> None:
    delete_twice(account, "between-us")
    (form,) = account.assumed
    assert form["Action"] == ["AssumeRole"]
    assert form["RoleArn"] == ["arn:aws:iam::111122223333:role/cell"]
    assert form["ExternalId"] == ["between-us"]
    assert form["RoleSessionName"] == ["lifeguard"]
    assert account.tokens == ["token-1", "token-1"]


def test_credentials_near_their_end_are_renewed(account: Account) -> None:
    # botocore renews credentials in the background from 15 minutes before their end, and at once from 10.
    account.lifetime = timedelta(minutes=5)
    delete_twice(account, None)
    assert len(account.assumed) >= 2
    assert "ExternalId" not in account.assumed[0]
    assert account.tokens[0] != account.tokens[1]
