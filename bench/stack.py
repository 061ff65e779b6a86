"""What benchmarks run on: real servers, a local Cognito with AWS's quotas at real speed, a worker and beat."""

import logging
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from bench.cpu import CpuOf
from local.stack.environment import Secrets, Urls, product_environment
from local.stack.ports import Ports
from local.stack.processes import Service
from local.stack.product import beat, worker
from local.stack.services import ServiceAddresses

ROOT = Path(__file__).resolve().parents[1]


def say_command() -> None:
    """Print how the benchmark was started, and on what."""
    print(
        f"command: python {' '.join(sys.orig_argv[1:])}   ({os.cpu_count()} cores, Python {sys.version.split()[0]})",
        flush=True,
    )


@dataclass(frozen=True)
class Servers:
    """Where the servers are, and the process that runs them."""

    addresses: ServiceAddresses
    ports: Ports
    folder: Path
    process: subprocess.Popen[str]

    def environment(self) -> dict[str, str]:
        """What the product's processes read, with secrets that are new each time."""
        return product_environment(self.addresses, Urls.on(self.ports), Secrets.generate())

    def control(self, method: str, what: str, body: Any = None) -> dict[str, Any]:
        """Ask the control address of the local Cognito (`local/cognito/control.py`)."""
        answer = httpx.request(method, f"{self.addresses.cognito_url}/_local/{what}", json=body, timeout=60)
        answer.raise_for_status()
        content: dict[str, Any] = answer.json() if answer.content else {}
        return content

    def calls(self) -> Counter[str]:
        """How many calls of each operation came since they were forgotten."""
        return Counter(entry["operation"] for entry in self.control("GET", "calls")["calls"])

    def quota(self, category: str) -> dict[str, int]:
        """What was allowed and throttled of a category since the counts were forgotten."""
        rows = self.control("GET", "quotas")["categories"]
        return next(row for row in rows if row["category"] == category)

    def throttled(self) -> int:
        """How many calls were refused for their rate since the counts were forgotten."""
        return sum(row["throttled"] for row in self.control("GET", "quotas")["categories"])


@contextmanager
def servers() -> Iterator[Servers]:
    """The bare servers, with Django set up on them in this process."""
    with bare_servers() as found:
        _set_up_django(found)
        yield found


@contextmanager
def bare_servers() -> Iterator[Servers]:
    """PostgreSQL, Redis and the local Cognito on free ports, with AWS's default quotas, until the block ends."""
    with tempfile.TemporaryDirectory(prefix="lifeguard-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        ports = Ports.unused()
        chosen = [f"--port={port}={number}" for port, number in ports.by_name().items()]
        python = str(ROOT / ".local" / "venv" / "bin" / "python")
        command = [python, "-m", "local.stack", "services", "--quota-scale=1", "--data", str(folder / "data"), *chosen]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        try:
            yield Servers(ServiceAddresses.from_json(process.stdout.readline()), ports, folder, process)
        finally:
            process.terminate()
            process.wait()


def _set_up_django(found: Servers) -> None:
    os.environ.update(found.environment())
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    # The figures are what is read here; workers log to files of their own.
    logging.disable(logging.INFO)


@contextmanager
def product(found: Servers) -> Iterator[dict[str, int]]:
    """A worker with two processes, and beat; yields whose time is counted: the first processes of process trees."""
    python, environment = Path(sys.executable), dict(os.environ)
    services = [
        worker(python, environment, found.ports.redis, found.folder / "worker.log"),
        beat(python, environment, found.folder / "beat.log", found.folder),
    ]
    running = [_started(service) for service in services]
    try:
        for service in services:
            while not service.ready():
                time.sleep(0.1)
        roots = {service.name: process.pid for service, process in zip(services, running, strict=True)}
        yield {**roots, **CpuOf.children(found.process.pid, {"postgres": "postgres", "redis": "redis-server"})}
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


def _started(service: Service) -> subprocess.Popen[bytes]:
    with service.log.open("ab") as log:
        return subprocess.Popen(service.command, env=dict(service.environment), stdout=log, stderr=log)
