"""What each page, export and API list costs the server in a large fleet, against 100 ms and against a small fleet.

Starts PostgreSQL and Redis, generates two fleets (`manage.py generate_fleet`), one as large as asked for and one of 100
tenants, starts one web process on each in turn, and asks for every page as an operator, as an owner of a small and of
the largest tenant, and over the API: with filters, searches, sorts and pages deep in a list.

    .venv/bin/python -m bench.fleet_pages [--tenants 10000] [--users 1000000] [--requests 50] [--only TEXT]
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psycopg

from bench.fleet.report import Row, failures, table
from local.stack.environment import Secrets, Urls, product_environment
from local.stack.ports import LOOPBACK, Ports
from local.stack.services import ServiceAddresses

ROOT = Path(__file__).resolve().parents[1]
SMALL = {"tenants": 100, "users": 10_000, "events": 4_000}
# One process and one thread, so that the memory is that of the pages asked for, and nothing runs beside them.
GUNICORN = ("--preload", "--workers", "1", "--worker-class", "gthread", "--threads", "1", "--no-control-socket")
READY_SECONDS = 60


def main() -> int:
    """Measure both fleets and print the table; the exit code is 1 where a limit is missed."""
    options = _options()
    large = {"tenants": options.tenants, "users": options.users, "events": options.events}
    print(f"command: {' '.join(sys.orig_argv)}   ({os.cpu_count()} cores, Python {sys.version.split()[0]})", flush=True)
    with tempfile.TemporaryDirectory(prefix="lifeguard-bench-") as folder, _services(Path(folder)) as (found, ports):
        measured = {}
        for name, sizes in (("small", SMALL), ("large", large)):
            environment = _environment(_database(found, name), ports)
            _manage(environment, "migrate", "--verbosity", "0")
            _manage(environment, "setup")
            began = time.monotonic()
            _manage(environment, "generate_fleet", *(f"--{what}={number}" for what, number in sizes.items()))
            print(f"generated the {name} fleet in {time.monotonic() - began:.0f} s", flush=True)
            with _dashboard(environment, ports):
                requests = options.requests if name == "large" else SMALL_REQUESTS
                measured[name] = _drive(environment, requests, options.only)
    rows = [Row(large=row, small=measured["small"].get(key)) for key, row in measured["large"].items()]
    print(f"load average {os.getloadavg()[0]:.1f}; above 1.5, something else took part of the time")
    print(table(rows))
    missed = failures(rows)
    print("\n".join(missed) if missed else "Every page is within its limits.")
    return 1 if missed else 0


# Enough to meet each filter once.
SMALL_REQUESTS = 10


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tenants", type=int, default=10_000)
    parser.add_argument("--users", type=int, default=1_000_000)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--requests", type=int, default=50, help="for each page, at least")
    parser.add_argument("--only", default="", help="pages whose place or name contains this")
    return parser.parse_args()


@contextmanager
def _services(folder: Path) -> Iterator[tuple[ServiceAddresses, Ports]]:
    """PostgreSQL, Redis and the rest of the local stack, on unused ports, until the block ends."""
    folder.chmod(0o711)
    ports = Ports.unused()
    chosen = [f"--port={name}={number}" for name, number in ports.by_name().items()]
    command = [str(ROOT / ".local/venv/bin/python"), "-m", "local.stack", "services", "--data", str(folder / "data")]
    process = subprocess.Popen([*command, *chosen], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield ServiceAddresses.from_json(process.stdout.readline()), ports
    finally:
        process.terminate()
        process.wait()


def _database(found: ServiceAddresses, name: str) -> ServiceAddresses:
    with psycopg.connect(found.database_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE fleet_{name}")
    return replace(found, database_url=f"{found.database_url.rpartition('/')[0]}/fleet_{name}")


def _environment(found: ServiceAddresses, ports: Ports) -> dict[str, str]:
    own = product_environment(found, Urls.on(ports), Secrets.generate())
    return {**own, "DJANGO_SETTINGS_MODULE": "bench.fleet.settings", "LIFEGUARD_SITE": "dashboard"}


def _manage(environment: Mapping[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=dict(environment), check=True)


@contextmanager
def _dashboard(environment: Mapping[str, str], ports: Ports) -> Iterator[None]:
    """The dashboard as production runs it, until the block ends."""
    command = [sys.executable, "-m", "gunicorn", "--bind", f"{LOOPBACK}:{ports.dashboard}", *GUNICORN]
    process = subprocess.Popen([*command, "config.wsgi:application"], cwd=ROOT, env=dict(environment))
    try:
        _wait_ready(f"http://localhost:{ports.dashboard}/healthz", process)
        yield
    finally:
        process.terminate()
        process.wait()


def _wait_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        try:
            with urlopen(url, timeout=5):  # noqa: S310  # Our own server, over http on loopback.
                return
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.1)
    raise SystemExit("The dashboard did not start.")


def _drive(environment: Mapping[str, str], requests: int, only: str) -> dict[str, dict[str, Any]]:
    """Measure, in a process of its own because Django's settings name one database."""
    command = [sys.executable, "-m", "bench.fleet.drive", "--requests", str(requests), "--only", only]
    result = subprocess.run(command, cwd=ROOT, env=dict(environment), stdout=subprocess.PIPE, text=True, check=True)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    return {f"{row['place']}: {row['page']}": row for row in rows}


if __name__ == "__main__":
    sys.exit(main())
