"""A pytest plugin that runs PostgreSQL, Redis, the local Cognito and the mail sink for the whole session.

It is a plugin (`-p` in pyproject.toml) and not a conftest.py because Django's settings need the servers' addresses, and
pytest-django reads them before any conftest.py.
"""

import os
import subprocess
import tempfile
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

from local.stack.environment import Secrets, Urls, product_environment
from local.stack.ports import Ports
from local.stack.services import ServiceAddresses

ROOT = Path(__file__).resolve().parents[2]
LOCAL_PYTHON = ROOT / ".local" / "venv" / "bin" / "python"
# Short, so that tests which kill a worker see its leases end soon.
_SYNC = {
    "LIFEGUARD_SYNC_LEASE_SECONDS": "8",
    "LIFEGUARD_SYNC_SWEEP_SECONDS": "1",
    "LIFEGUARD_SYNC_CREATE_GRACE_SECONDS": "3",
}


@dataclass(frozen=True)
class Stack:
    """The running servers: their addresses, and ports that are free for the product's own sites."""

    addresses: ServiceAddresses
    urls: Urls
    ports: Ports
    data_dir: Path

    @property
    def maildir(self) -> Path:
        """Where all mail arrives."""
        return Path(self.addresses.maildir)

    @property
    def log_dir(self) -> Path:
        """Where the servers' logs are."""
        return self.data_dir / "log"


class _RunningStack:
    def __init__(self) -> None:
        self.ports = Ports.unused()
        self.data_dir = Path(tempfile.mkdtemp(prefix="lifeguard-tests-"))
        # PostgreSQL runs as another account when we are root, and must get to its folder in here.
        self.data_dir.chmod(0o711)
        chosen = [f"--port={name}={number}" for name, number in self.ports.by_name().items()]
        self._process: subprocess.Popen[str] = subprocess.Popen(
            # Tests call as fast as they can; those about request rates set the scale themselves.
            [str(LOCAL_PYTHON), "-m", "local.stack", "services", f"--data={self.data_dir}", "--quota-scale=0", *chosen],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )

    def wait(self) -> Stack:
        line = _stdout(self._process).readline()
        if not line:
            raise pytest.UsageError(f"The local stack did not start (exit code {self._process.wait()}); see above.")
        return Stack(ServiceAddresses.from_json(line), Urls.on(self.ports), self.ports, self.data_dir)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()
        _stdout(self._process).close()


_STACK = pytest.StashKey[Stack]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None]:
    """Start the servers before pytest-django reads the settings, and tell the settings where they are."""
    if not LOCAL_PYTHON.exists():
        raise pytest.UsageError("The local stack is not installed: run the tests with `make test`, which installs it.")
    running = _RunningStack()
    early_config.add_cleanup(running.stop)
    stack = running.wait()
    early_config.stash[_STACK] = stack
    os.environ.update(product_environment(stack.addresses, stack.urls, Secrets.generate()))
    os.environ.update(_SYNC)
    return (yield)


@pytest.fixture(scope="session")
def stack(pytestconfig: pytest.Config) -> Stack:
    """The servers that this session runs against."""
    return pytestconfig.stash[_STACK]


def _stdout(process: subprocess.Popen[str]) -> IO[str]:
    assert process.stdout is not None
    return process.stdout
