"""A sample application of the test's own, told nothing but issuer, client id and secret."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from local.stack.demo import SampleCredentials, sample_application
from local.stack.processes import Supervisor
from tests.support.stack_plugin import LOCAL_PYTHON


@contextmanager
def running_sample(issuer: str, credentials: SampleCredentials, port: int, log: Path) -> Iterator[str]:
    """Run it on `port` for the length of the block, which gets its address."""
    service = sample_application(issuer, credentials, port, log)
    supervisor = Supervisor()
    supervisor.start(replace(service, command=(str(LOCAL_PYTHON), *service.command[1:])))
    try:
        supervisor.wait_ready()
        yield f"http://localhost:{port}"
    finally:
        supervisor.stop_all()
