"""How fast a bulk job creates users within AWS's default quotas, what it costs, and whether all of them are there.

Runs PostgreSQL, Redis and a local Cognito that enforces AWS's default quotas at real speed (UserCreation: 50 a second),
a Celery worker with two processes and beat, as production does. One job creates the users in a shared pool; afterwards
they are counted by ListUsers. Beside it: the same calls by a bare boto3 loop, for which the quotas are lifted.

    .venv/bin/python -m bench.bulk_users [--users 10000]
"""

import argparse
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from bench.cpu import CpuOf
from bench.stack import Servers, product, say_command, servers

if TYPE_CHECKING:
    from identity.models import BulkJob
    from tenants.models import Tenant

QUOTA, WANTED_RATE, WANTED_THROTTLED, WANTED_CPU = 50, 0.97, 0.01, 4.0
BARE_LOOP = 1000


def main() -> int:
    """Run the job and print the figures; the exit code says whether every target was met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=10_000)
    users = parser.parse_args().users
    say_command()
    with servers() as found:
        tenant = _set_up(found)
        bare = _bare_loop(found, tenant.pool.cognito_id)
        with product(found) as processes:
            job, cpu, seconds = _run(found, tenant, users, processes)
        return _report(found, tenant, job, cpu=cpu, seconds=seconds, bare=bare)


def _report(
    found: Servers, tenant: "Tenant", job: "BulkJob", *, cpu: dict[str, float], seconds: float, bare: float
) -> int:
    calls = found.calls()
    created, groups = calls["AdminCreateUser"], sum(calls[name] for name in calls if "Group" in name)
    category = found.quota("UserCreation")
    rate = job.done / seconds
    throttled = category["throttled"] / max(1, created)
    there = _count(found, tenant)
    each = sum(cpu.values()) * 1000 / max(1, job.done)
    print(f"users      {job.done} done, {job.failed} not done, {there} found by ListUsers")
    ratio = f"ratio to the quota {rate / QUOTA:.3f} (wanted {WANTED_RATE})"
    print(f"rate       {job.done} in {seconds:.1f} s: {rate:.2f}/s, {ratio}")
    print(f"throttled  {category['throttled']} of {created} calls, {throttled:.2%} (at most {WANTED_THROTTLED:.0%})")
    print(f"calls      {dict(calls)}; {groups} about groups")
    parts = ", ".join(f"{name} {spent * 1000 / max(1, job.done):.2f}" for name, spent in cpu.items())
    print(f"CPU        {each:.2f} ms a user (wanted {WANTED_CPU:.0f} at most): {parts}")
    print(f"           {bare:.2f} ms a user in a bare boto3 loop; ours is {each / bare:.1f} times that")
    met = (
        job.done == there == job.total
        and rate / QUOTA >= WANTED_RATE
        and throttled <= WANTED_THROTTLED
        and not groups
        and each <= WANTED_CPU
    )
    print("every target is met" if met else "a target is missed")
    return 0 if met else 1


def _run(
    found: Servers, tenant: "Tenant", users: int, processes: dict[str, int]
) -> tuple["BulkJob", dict[str, float], float]:
    """Carry the job out; returns it, the CPU seconds that each part spent, and how long it took."""
    from identity.models import BulkJob, BulkKind, BulkState
    from identity.services.bulk_input import Person
    from identity.services.bulk_jobs import prepare_job, start_job
    from tenants.actor import system

    people = (Person(line, f"person-{line}@bench.example", f"Person {line}") for line in range(2, users + 2))
    job = prepare_job(tenant, BulkKind.CREATE, people, actor=system("bench"))
    found.control("DELETE", "calls")
    found.control("DELETE", "quotas")
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


def _set_up(found: Servers) -> "Tenant":
    """Make a tenant in a shared pool, in sync."""
    from tenants.models import PoolKind
    from tests.factories import CellFactory, TenantFactory, UserPoolFactory
    from tests.support.sync import request_tenant, run_tenant

    cell = CellFactory.create(name="bench", endpoint_url=found.addresses.cognito_url)
    tenant = TenantFactory.create(pool=UserPoolFactory.create(cell=cell, kind=PoolKind.SHARED))
    request_tenant(tenant)
    run_tenant(tenant)
    tenant.pool.refresh_from_db()
    return tenant


def _bare_loop(found: Servers, pool_id: str) -> float:
    """CPU milliseconds a user of AdminCreateUser in a loop, in a process of its own that does nothing else."""
    script = f"""
import time, boto3
client = boto3.client("cognito-idp", region_name="us-east-1", endpoint_url={found.addresses.cognito_url!r})
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
    found.control("POST", "quotas", {"scale": 0})
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    found.control("POST", "quotas", {"scale": 1})
    return float(done.stdout)


def _count(found: Servers, tenant: "Tenant") -> int:
    from identity.cells import pool_ref
    from identity.cognito import users
    from identity.cognito.calls import Priority

    found.control("POST", "quotas", {"scale": 0})
    listed = users.list_by_prefix(pool_ref(tenant.pool), f"{tenant.key}.", priority=Priority.SIGN_IN)
    return len({user.username for user in listed})


if __name__ == "__main__":
    raise SystemExit(main())
