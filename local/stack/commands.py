"""What the command line runs: each starts, follows and stops, and gives the exit code."""

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.stack import lock
from local.stack.accounts import lent_account
from local.stack.demo import start_demo
from local.stack.ports import Ports
from local.stack.postgres import data_folder
from local.stack.processes import ServiceFailed, Supervisor, end_with_parent
from local.stack.services import start_services


def run_services(data_dir: Path, ports: Ports, *, keep: bool, quota_scale: float) -> int:
    """Run the four servers until SIGTERM, SIGINT, or the end of the parent process.

    Prints one line of JSON, `ServiceAddresses`, when all of them answer.

    Args:
        data_dir: holds their data and logs.
        ports: where they listen.
        keep: False removes `data_dir` at the end, and lets the servers work without waiting for the disk.
        quota_scale: the local Cognito's request rates, 1 for AWS's defaults and 0 for none.
    """
    end_with_parent()
    with lock.hold(data_dir):
        try:
            with _supervised() as supervisor:
                log_dir = data_dir / "log"
                addresses = start_services(supervisor, data_dir, log_dir, ports, durable=keep, quota_scale=quota_scale)
                print(addresses.to_json(), flush=True)
                supervisor.follow()
        finally:
            if not keep:
                _remove_data(data_dir)
    return 0


def run_demo(data_dir: Path, ports: Ports) -> int:
    """Run everything on data that stays, until SIGTERM or SIGINT."""
    with lock.hold(data_dir), _supervised() as supervisor:
        start_demo(supervisor, data_dir, ports)
        supervisor.follow()
        print("\nStopping…", flush=True)
    print("Stopped. The data is kept for the next start.", flush=True)
    return 0


def clean(data_dir: Path) -> int:
    """Remove everything that the servers kept."""
    with lock.hold(data_dir):
        _remove_data(data_dir)
    return 0


def _remove_data(data_dir: Path) -> None:
    # PostgreSQL's folder may lie elsewhere: where the account it runs as can get to it.
    elsewhere = data_folder(data_dir, lent_account())
    if elsewhere.parent != data_dir and elsewhere.parent.exists():
        shutil.rmtree(elsewhere.parent)
    shutil.rmtree(data_dir)


@contextmanager
def _supervised() -> Iterator[Supervisor]:
    """A supervisor whose servers are stopped however the block ends.

    Raises:
        ServiceFailed: a server had to be ended by force, so what it had not written yet may be lost.
    """
    supervisor = Supervisor()
    supervisor.handle_signals()
    try:
        yield supervisor
    finally:
        forced = supervisor.stop_all()
        if forced:
            print(f"Ended by force, because they did not stop in time: {', '.join(forced)}", file=sys.stderr)
    if forced:
        raise ServiceFailed("Not everything was stopped cleanly.")
