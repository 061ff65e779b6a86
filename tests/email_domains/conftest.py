"""A name server whose records a test writes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from federation.domains.dns import record_name, record_value
from federation.models import EmailDomain
from local.dns.records import write_records
from tests.support.stack_plugin import Stack

Publish = Callable[..., None]


@pytest.fixture
def publish(stack: Stack) -> Iterator[Publish]:
    """Put the proofs of some claims into DNS, and nothing else; without claims DNS is empty."""
    file = Path(stack.addresses.dns_records)

    def put(*claims: EmailDomain) -> None:
        records: dict[str, list[str]] = {}
        for claim in claims:
            records.setdefault(record_name(claim.name), ["v=spf1 -all"]).append(record_value(claim.token))
        write_records(file, records)

    put()
    yield put
    put()
