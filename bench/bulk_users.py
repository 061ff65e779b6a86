"""How fast a bulk job creates users within AWS's default quotas, what it costs, and whether all of them are there.

Runs PostgreSQL, Redis and a local Cognito that enforces AWS's default quotas at real speed (UserCreation: 50 a second),
a Celery worker with two processes and beat, as production does. One job creates the users in a shared pool; afterwards
they are counted by ListUsers. Beside it: the same calls by a bare boto3 loop, for which the quotas are lifted.

    .venv/bin/python -m bench.bulk_users [--users 10000]
"""

import argparse
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
from typing import TYPE_CHECKING, Any

import httpx

from bench.cpu import CpuOf
from local.stack.environment import Secrets, Urls, product_environment
from local.stack.ports import Ports
from local.stack.processes import Service
from local.stack.product import beat, worker
from local.stack.services import ServiceAddresses

if TYPE_CHECKING:
    from identity.models import BulkJob
    from tenants.models import Tenant

ROOT = Path(__file__).resolve().parents[1]
QUOTA, WANTED_RATE, WANTED_THROTTLED, WANTED_CPU = 50, 0.97, 0.01, 4.0
BARE_LOOP = 1000


@dataclass(frozen=True)
class Servers:
    """The stack: where its servers are, and the processes whose time is counted."""

    addresses: ServiceAddresses
    ports: Ports
    folder: Path
    process: subprocess.Popen[str]


def main() -> int:
    """Run the job and print the figures; the exit code says whether every target was met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=10_000)
    users = parser.parse_args().users
    print(f"command: python {' '.join(sys.orig_argv[1:])}   ({os.cpu_count()} cores, Python {sys.version.split()[0]})")
    with tempfile.TemporaryDirectory(prefix="lifeguard-bench-") as folder, _servers(Path(folder)) as servers:
        tenant = _set_up(servers)
        bare = _bare_loop(servers, tenant.pool.cognito_id)
        with _product(servers) as processes:
            job, cpu, seconds = _run(servers, tenant, users, processes)
        return _report(servers, tenant, job, cpu=cpu, seconds=seconds, bare=bare)


def _report(
    servers: Servers, tenant: "Tenant", job: "BulkJob", *, cpu: dict[str, float], seconds: float, bare: float
) -> int:
    calls = _calls(servers)
    created, groups = calls["AdminCreateUser"], sum(calls[name] for name in calls if "Group" in name)
    category = _quotas(servers)
    rate = job.done / seconds
    throttled = category["throttled"] / max(1, created)
    found = _count(servers, tenant)
    each = sum(cpu.values()) * 1000 / max(1, job.done)
    print(f"users      {job.done} done, {job.failed} not done, {found} found by ListUsers")
    ratio = f"ratio to the quota {rate / QUOTA:.3f} (wanted {WANTED_RATE})"
    print(f"rate       {job.done} in {seconds:.1f} s: {rate:.2f}/s, {ratio}")
    print(f"throttled  {category['throttled']} of {created} calls, {throttled:.2%} (at most {WANTED_THROTTLED:.0%})")
    print(f"calls      {dict(calls)}; {groups} about groups")
    parts = ", ".join(f"{name} {spent * 1000 / max(1, job.done):.2f}" for name, spent in cpu.items())
    print(f"CPU        {each:.2f} ms a user (wanted {WANTED_CPU:.0f} at most): {parts}")
    print(f"           {bare:.2f} ms a user in a bare boto3 loop; ours is {each / bare:.1f} times that")
    met = (
        job.done == found == job.total
        and rate / QUOTA >= WANTED_RATE
        and throttled <= WANTED_THROTTLED
        and not groups
        and each <= WANTED_CPU
    )
    print("every target is met" if met else "a target is missed")
    return 0 if met else 1


def _run(
    servers: Servers, tenant: "Tenant", users: int, processes: dict[str, int]
) -> tuple["BulkJob", dict[str, float], float]:
    """Carry the job out; returns it, the CPU seconds that each part spent, and how long it took."""
    from identity.models import BulkJob, BulkKind, BulkState
    from identity.services.bulk_input import Person
    from identity.services.bulk_jobs import prepare_job, start_job
    from tenants.actor import system

    people = (Person(line, f"person-{line}@bench.example", f"Person {line}") for line in range(2, users + 2))
    job = prepare_job(tenant, BulkKind.CREATE, people, actor=system("bench"))
    _control(servers, "DELETE", "calls")
    _control(servers, "DELETE", "quotas")
    cpu = CpuOf(processes)
    start_job(tenant, job.pk, actor=system("bench"))
    while job.state != BulkState.DONE:
        # Seldom: what PostgreSQL does for us here counts as the job's.
        time.sleep(1)
        job = BulkJob.objects.get(pk=job.pk)
        print(f"\r{job.settled} of {job.total}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    assert job.going_since is not None
    assert job.finished_at is not None
    return job, cpu.spent(), (job.finished_at - job.going_since).total_seconds()


def _set_up(servers: Servers) -> "Tenant":
    """Migrate, and make a tenant in a shared pool, in sync."""
    environment = product_environment(servers.addresses, Urls.on(servers.ports), Secrets.generate())
    os.environ.update(environment)
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from tenants.models import PoolKind
    from tests.factories import CellFactory, TenantFactory, UserPoolFactory
    from tests.support.sync import request_tenant, run_tenant

    cell = CellFactory.create(name="bench", endpoint_url=servers.addresses.cognito_url)
    tenant = TenantFactory.create(pool=UserPoolFactory.create(cell=cell, kind=PoolKind.SHARED))
    request_tenant(tenant)
    run_tenant(tenant)
    tenant.pool.refresh_from_db()
    return tenant


def _bare_loop(servers: Servers, pool_id: str) -> float:
    """CPU milliseconds a user of AdminCreateUser in a loop, in a process of its own that does nothing else."""
    script = f"""
import time, boto3
client = boto3.client("cognito-idp", region_name="us-east-1", endpoint_url={servers.addresses.cognito_url!r})
def create(number):
    client.admin_create_user(UserPoolId={pool_id!r}, Username=f"bare-{{number}}", MessageAction="SUPPRESS",
        UserAttributes=[{{"Name": "email", "Value": f"bare-{{number}}@bench.example"}},
                        {{"Name": "email_verified", "Value": "true"}}, {{"Name": "name", "Value": "Bare"}}])
create(0)
began = time.process_time()
for number in range(1, {BARE_LOOP} + 1):
    create(number)
print((time.process_time() - began) * 1000 / {BARE_LOOP})
"""
    _control(servers, "POST", "quotas", {"scale": 0})
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    _control(servers, "POST", "quotas", {"scale": 1})
    return float(done.stdout)


def _count(servers: Servers, tenant: "Tenant") -> int:
    from identity.cells import pool_ref
    from identity.cognito import users
    from identity.cognito.calls import Priority

    _control(servers, "POST", "quotas", {"scale": 0})
    listed = users.list_by_prefix(pool_ref(tenant.pool), f"{tenant.key}.", priority=Priority.SIGN_IN)
    return len({user.username for user in listed})


def _calls(servers: Servers) -> Counter[str]:
    return Counter(entry["operation"] for entry in _control(servers, "GET", "calls")["calls"])


def _quotas(servers: Servers) -> dict[str, Any]:
    rows = _control(servers, "GET", "quotas")["categories"]
    row: dict[str, Any] = next(row for row in rows if row["category"] == "UserCreation")
    return row


def _control(servers: Servers, method: str, what: str, body: Any = None) -> dict[str, Any]:
    answer = httpx.request(method, f"{servers.addresses.cognito_url}/_local/{what}", json=body, timeout=60)
    answer.raise_for_status()
    content: dict[str, Any] = answer.json() if answer.content else {}
    return content


@contextmanager
def _product(servers: Servers) -> Iterator[dict[str, int]]:
    """A worker with two processes, and beat; yields whose time is counted: the first processes of process trees."""
    python, environment = Path(sys.executable), dict(os.environ)
    services = [
        worker(python, environment, servers.ports.redis, servers.folder / "worker.log"),
        beat(python, environment, servers.folder / "beat.log", servers.folder),
    ]
    running = [_started(service) for service in services]
    try:
        for service in services:
            while not service.ready():
                time.sleep(0.1)
        roots = {service.name: process.pid for service, process in zip(services, running, strict=True)}
        yield {**roots, **CpuOf.children(servers.process.pid, {"postgres": "postgres", "redis": "redis-server"})}
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait()


def _started(service: Service) -> subprocess.Popen[bytes]:
    with service.log.open("ab") as log:
        return subprocess.Popen(service.command, env=dict(service.environment), stdout=log, stderr=log)


@contextmanager
def _servers(folder: Path) -> Iterator[Servers]:
    """PostgreSQL, Redis and the local Cognito on free ports, with AWS's default quotas."""
    folder.chmod(0o711)
    python = str(ROOT / ".local" / "venv" / "bin" / "python")
    ports = Ports.unused()
    chosen = [f"--port={name}={number}" for name, number in ports.by_name().items()]
    command = [python, "-m", "local.stack", "services", "--quota-scale=1", "--data", str(folder / "data"), *chosen]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield Servers(ServiceAddresses.from_json(process.stdout.readline()), ports, folder, process)
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    raise SystemExit(main())
