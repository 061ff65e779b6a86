"""What a cell's look-ups make of AWS's answers."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from botocore.stub import Stubber

from config.doctor.cells import compared_with_quotas
from config.doctor.finding import Level
from identity.cognito import errors, probes
from identity.cognito.categories import Category
from identity.cognito.checkup import Identity, Verdict, service_quotas
from identity.cognito.endpoint import CellEndpoint
from identity.cognito.policy import needed_operations
from tenants.models import Cell

ROLE = "arn:aws:iam::123456789012:role/teams/lifeguard"


@pytest.mark.parametrize(
    ("arn", "role", "source"),
    [
        ("arn:aws:sts::123456789012:assumed-role/lifeguard/lifeguard", ROLE, ROLE),
        (
            "arn:aws-cn:sts::123456789012:assumed-role/lifeguard/i-1",
            None,
            "arn:aws-cn:iam::123456789012:role/lifeguard",
        ),
        ("arn:aws:iam::123456789012:user/lifeguard", None, "arn:aws:iam::123456789012:user/lifeguard"),
    ],
)
def test_whose_policies_are_asked_about(arn: str, role: str | None, source: str) -> None:
    assert Identity("123456789012", arn, 0.0).policy_source(role) == source


def test_access_that_is_denied_is_told_from_every_other_answer(endpoint: CellEndpoint, stub: Stubber) -> None:
    stub.add_client_error("list_user_pools", "AccessDeniedException")
    stub.add_client_error("describe_user_pool_domain", "ResourceNotFoundException")
    verdicts = probes.probe(endpoint, None)
    assert set(verdicts) == set(needed_operations())
    assert verdicts.pop("ListUserPools") is Verdict.DENIED
    assert verdicts.pop("DescribeUserPoolDomain") is Verdict.ALLOWED
    assert set(verdicts.values()) == {Verdict.UNKNOWN}


def test_what_could_not_be_asked_is_unknown(endpoint: CellEndpoint, stub: Stubber) -> None:
    stub.add_client_error("list_user_pools", "TooManyRequestsException")
    stub.add_client_error("describe_user_pool_domain", "InternalErrorException", http_status_code=500)
    assert set(probes.probe(endpoint, None).values()) == {Verdict.UNKNOWN}


@dataclass
class Aws:
    """Service Quotas and GetProvisionedLimit of an AWS account, over HTTP."""

    quotas: dict[str, float] = field(default_factory=dict)
    provisioned: dict[str, int] = field(default_factory=dict)
    url: str = ""

    def answer(self, operation: str, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        if operation == "ListServiceQuotas":
            if not self.quotas:
                return 400, {"__type": "AccessDeniedException", "Message": "not authorized"}
            # A quota a page, so that the listing has to be followed.
            names = sorted(self.quotas)
            place = int(asked.get("NextToken", "0"))
            page = {"Quotas": [{"QuotaName": names[place], "Value": self.quotas[names[place]]}]}
            return 200, page | ({"NextToken": str(place + 1)} if place + 1 < len(names) else {})
        category = asked["LimitDefinition"]["Attributes"]["Category"]
        if category not in self.provisioned:
            return 400, {"__type": "AccessDeniedException", "Message": "not authorized"}
        return 200, {"Limit": {"ProvisionedLimitValue": self.provisioned[category], "FreeLimitValue": 1}}


@pytest.fixture
def aws() -> Iterator[Aws]:
    known = Aws()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, body = known.answer(self.headers["X-Amz-Target"].rpartition(".")[2], asked)
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.end_headers()
            self.wfile.write(json.dumps(body).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        known.url = f"http://127.0.0.1:{server.server_port}"
        yield known
        server.shutdown()


def compared(aws: Aws, **cell: Any) -> list[tuple[Level, str]]:
    """What doctor says of a cell whose account is this one."""
    endpoint = CellEndpoint("c", "eu-west-1", endpoint_url=aws.url)
    return [
        (each.level, each.message)
        for each in compared_with_quotas(Cell(name="c", region="eu-west-1", **cell), endpoint)
    ]


def test_rates_and_pools_are_read_from_all_pages(aws: Aws) -> None:
    aws.quotas = {
        "Rate of UserCreation requests": 80.0,
        "Rate of UserPoolClientRead requests per account": 15.0,
        "Rate of UserPoolClientRead requests per user pool": 5.0,
        "User pools per account": 2000.0,
        "Rate of something new requests": 7.0,
    }
    found = service_quotas(CellEndpoint("c", "eu-west-1", endpoint_url=aws.url))
    assert found.rates == {Category.USER_CREATION: 80.0, Category.USER_POOL_CLIENT_READ: 15.0}
    assert found.user_pools == 2000.0


def test_a_cell_that_knows_its_quotas(aws: Aws) -> None:
    aws.quotas = {
        "Rate of UserCreation requests": 80.0,
        "Rate of UserList requests": 30.0,
        "User pools per account": 1000.0,
    }
    aws.provisioned = {"UserCreation": 80}
    assert compared(aws, raised_quotas={"UserCreation": 80}) == [(Level.OK, "The cell's figures are those of AWS.")]


def test_a_budget_that_grants_more_or_less_than_aws(aws: Aws) -> None:
    aws.quotas = {
        "Rate of UserCreation requests": 200.0,
        "Rate of UserRead requests": 240.0,
        "User pools per account": 2000.0,
    }
    aws.provisioned = {"UserCreation": 50, "UserRead": 240}
    pools, creation, read = compared(aws, raised_quotas={"UserCreation": 200})
    assert pools == (Level.WARNING, "AWS allows 2000 user pools; the cell says 1000.")
    assert creation[0] is Level.WARNING
    assert "AWS allows 50 UserCreation requests per second (its ceiling is 200; UpdateProvisionedLimit" in creation[1]
    assert "the budget grants 200" in creation[1]
    assert read == (Level.WARNING, "AWS allows 240 UserRead requests per second; the budget grants 120 of them.")


def test_where_the_provisioned_limit_may_not_be_read_the_ceiling_counts(aws: Aws) -> None:
    aws.quotas = {"Rate of UserCreation requests": 50.0}
    assert [level for level, _ in compared(aws)] == [Level.OK]


def test_a_role_that_may_not_read_quotas(aws: Aws) -> None:
    with pytest.raises(errors.AccessDenied):
        service_quotas(CellEndpoint("c", "eu-west-1", endpoint_url=aws.url))
    assert compared(aws) == [(Level.WARNING, "Not compared: the role may not read Service Quotas.")]
