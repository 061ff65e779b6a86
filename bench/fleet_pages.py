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
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.request import urlopen

import psycopg

from bench.fleet.report import Row, failures, table
from bench.stack import ROOT, Servers, bare_servers, say_command
from local.stack.ports import LOOPBACK, Ports

SMALL = {"tenants": 100, "users": 10_000, "events": 4_000}
# One process and one thread, so that the memory is that of the pages asked for, and nothing runs beside them.
GUNICORN = ("--preload", "--workers", "1", "--worker-class", "gthread", "--threads", "1", "--no-control-socket")
READY_SECONDS = 60


def main() -> int:
    """Measure both fleets and print the table; the exit code is 1 where a limit is missed."""
    options = _options()
    large = {"tenants": options.tenants, "users": options.users, "events": options.events}
    say_command()
    with bare_servers() as found:
        measured = {}
        for name, sizes in (("small", SMALL), ("large", large)):
            environment = _environment(_database(found, name))
            _manage(environment, "migrate", "--verbosity", "0")
            _manage(environment, "setup")
            began = time.monotonic()
            _manage(environment, "generate_fleet", *(f"--{what}={number}" for what, number in sizes.items()))
            print(f"generated the {name} fleet in {time.monotonic() - began:.0f} s", flush=True)
            with _dashboard(environment, found.ports):
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


def _database(found: Servers, name: str) -> Servers:
    """The servers, with an empty database of that name."""
    url = found.addresses.database_url
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE fleet_{name}")
    return replace(found, addresses=replace(found.addresses, database_url=f"{url.rpartition('/')[0]}/fleet_{name}"))


def _environment(found: Servers) -> dict[str, str]:
    return {**found.environment(), "DJANGO_SETTINGS_MODULE": "bench.fleet.settings", "LIFEGUARD_SITE": "dashboard"}


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
